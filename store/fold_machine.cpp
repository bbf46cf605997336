// Entries about the machine, its approvers, the programs and the log itself.
#include "agentd/core/text.hpp"
#include "store/fold.hpp"

#include <nlohmann/json.hpp>

namespace agentd::store {

using core::Json;
using core::ObjectReader;

namespace {

void has_to_be_open(const Fold& fold) {
    if (fold.database.changes() == 0) {
        malformed("the observation `" + core::printable(core::shorten(fold.subject, 80)) +
                  "` is not open");
    }
}

std::string severity_in(ObjectReader& in) {
    return in.one_of("severity", {"info", "warning", "critical"});
}

} // namespace

std::string fold_opened(const Fold& fold, const Json& body) {
    ObjectReader in(body, "observation.opened");
    const std::string key = in.text("key", 1024), kind = in.text("kind", 64);
    const std::string title = in.text("title", 1024), detail = in.text("detail");
    const std::string severity = severity_in(in);
    const bool trusted = in.boolean("trusted");
    const auto remedy = in.optional_text("remedy", 4096);
    sound(in.finish());
    if (key != fold.subject) {
        malformed("`key` is not the subject of the entry");
    }
    // Opened twice is one life that is told anew: a restarted observer may not know what it said.
    fold.database.run("UPDATE observation SET kind = ?, title = ?, detail = ?, severity = ?, "
                      "trusted = ?, remedy = ?, changed = ? WHERE key = ? AND resolved IS NULL",
                      kind, title, detail, severity, trusted, remedy, fold.at(), key);
    if (fold.database.changes() == 0) {
        fold.database.run("INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                          fold.index, key, kind, title, detail, severity, trusted, remedy,
                          fold.at(), fold.at());
    }
    return severity + ": " + title;
}

std::string fold_changed(const Fold& fold, const Json& body) {
    ObjectReader in(body, "observation.changed");
    const std::string detail = in.text("detail");
    const std::string severity = severity_in(in);
    sound(in.finish());
    fold.database.run("UPDATE observation SET detail = ?, severity = ?, changed = ? "
                      "WHERE key = ? AND resolved IS NULL",
                      detail, severity, fold.at(), fold.subject);
    has_to_be_open(fold);
    return severity + ": " + detail;
}

std::string fold_resolved(const Fold& fold, const Json& body) {
    ObjectReader in(body, "observation.resolved");
    const std::string detail = in.text("detail");
    sound(in.finish());
    fold.database.run("UPDATE observation SET changed = ?, resolved = ? "
                      "WHERE key = ? AND resolved IS NULL",
                      fold.at(), fold.at(), fold.subject);
    has_to_be_open(fold);
    return "resolved" + (detail.empty() ? std::string() : ": " + detail);
}

std::string fold_enrolled(const Fold& fold, const Json& body) {
    ObjectReader in(body, "approver.enrolled");
    const std::string key = in.text("key_id", 256), method = in.text("method", 64);
    const std::string label = in.text("label", 256);
    const auto name = in.optional_text("name", 64); // who it is; not in entries from before
    sound(in.finish());
    fold.database.run("INSERT INTO approver VALUES (?, ?, ?, ?, ?) ON CONFLICT (key_id) DO UPDATE "
                      "SET method = excluded.method, label = excluded.label, "
                      "entry = excluded.entry, enrolled = excluded.enrolled",
                      key, method, label, fold.index, fold.at());
    return "enrolled `" + label + "` (" + method + (name ? " of " + *name : "") + ")";
}

/// No row: trust is worked out from the log. Of history a line.
std::string fold_trust(const Fold&, const Json& body) {
    ObjectReader in(body, "trust.changed");
    const std::string what = in.one_of("what", {"granted", "revoked"});
    const Json& proposer = in.any("proposer");
    const auto id = proposer.is_object() ? proposer.find("id") : proposer.end();
    const bool named = proposer.is_object() && id != proposer.end() && id->is_string();
    const std::string whose = named ? id->get<std::string>() : "everybody";
    const std::string about = in.optional_text("class", 64).value_or("every class");
    const std::string by = in.text("by", 256), because = in.text("because");
    for (const char* key : {"host_class", "proposal", "grant", "presence"}) {
        in.any(key);
    }
    sound(in.finish());
    return "trust of `" + whose + "` (" + about + ") " + what + " by " + by +
           (because.empty() ? "" : ": " + because);
}

std::string fold_statement_refused(const Fold&, const Json& body) {
    // No proposal is asked for: a hostile statement may name any id, and its refusal is on record.
    ObjectReader in(body, "statement.refused");
    const std::string code = in.text("code", 64), message = in.text("message");
    in.integer("peer_uid", 0, 0xffffffffLL);
    sound(in.finish());
    return "the helper refused a statement (" + code + "): " + message;
}

std::string fold_log_opened(const Fold&, const Json& body) {
    ObjectReader in(body, "log.opened");
    const std::string origin = in.text("origin", 1024);
    in.text("vkey", 1024);
    sound(in.finish());
    return "the log of " + origin + " begins";
}

std::string fold_tail_discarded(const Fold&, const Json& body) {
    ObjectReader in(body, "audit.tail_discarded");
    const auto bytes = in.integer("bytes", 0, (std::int64_t{1} << 53) - 1);
    digest_text(in.text("sha256", 64), "sha256");
    sound(in.finish());
    return std::to_string(bytes) + " torn bytes at the end of the log were set aside";
}

std::string fold_adopted(const Fold& fold, const Json& body) {
    ObjectReader in(body, "generation.adopted");
    const std::string what = in.one_of("what", {"running", "profile"});
    const auto from = in.optional_text("from", 4096);
    const std::string to = in.text("to", 4096);
    const auto effects = in.optional_text("effects_sha256", 64);
    const auto blob = in.optional_text("effects_blob", 64);
    const std::string headline = in.text("headline", 1024);
    const std::string by = in.one_of("by", {"hand", "boot"});
    sound(in.finish());
    for (const auto& digest : {effects, blob}) {
        if (digest) {
            digest_text(*digest, "effects");
        }
    }
    fold.database.run("INSERT INTO adopted VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", fold.index, what,
                      from, to, effects, blob, headline, by, fold.at());
    return (by == "boot" ? "booted: " : "changed by hand: ") + headline;
}

std::string fold_daemon(const Fold& fold, const Json& body) {
    ObjectReader in(body, fold.type);
    const std::string program = in.text("program", 64), version = in.text("version", 64);
    sound(in.finish());
    return program + " " + version + (fold.type == "daemon.started" ? " started" : " stopped");
}

} // namespace agentd::store
