// Entries of the root helper about applying, and about landing. What it reports has happened: the
// rows say so even where the table of transitions disagrees.
#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"
#include "store/fold.hpp"

#include <nlohmann/json.hpp>

namespace agentd::store {

using core::Json;
using core::ObjectReader;
using proposals::State;

namespace {

/// Text as it is, anything else as canonical JSON, null as null.
std::optional<std::string> loose_text(const Json& value) {
    if (value.is_null()) {
        return std::nullopt;
    }
    return value.is_string() ? value.get<std::string>() : core::canonical(value);
}

std::optional<std::int64_t> open_apply(const Fold& fold) {
    Statement last = fold.database.prepare(
        "SELECT entry FROM apply WHERE proposal = ? ORDER BY entry DESC LIMIT 1");
    return last.bind(fold.subject).step() ? last.optional_integer(0) : std::nullopt;
}

State state_after(std::string_view outcome) {
    // The table has a way for each of them; a refusal after the intent touched nothing.
    return outcome == "confirmed"     ? State::confirmed
           : outcome == "rolled_back" ? State::rolled_back
           : outcome == "refused"     ? State::refused
                                      : State::failed;
}

void check_checks(const Json& checks) {
    if (!checks.is_array() || checks.size() > 4096) {
        malformed("`checks` has to be a list of at most 4096");
    }
    for (const Json& check : checks) {
        ObjectReader in(check, "check");
        in.text("name", 1024);
        in.boolean("ok");
        in.text("detail");
        sound(in.finish());
    }
}

} // namespace

std::string fold_intent(const Fold& fold, const Json& body) {
    ObjectReader in(body, "apply.intent");
    const std::string digest = digest_text(in.text("statement_sha256", 64), "statement_sha256");
    const std::string nonce = in.text("nonce", 256);
    const std::string mode = in.text("mode", 64);
    const auto from = loose_text(in.any("from")), to = loose_text(in.any("to"));
    const auto deadline = loose_text(in.any("deadline"));
    in.any("trust"); // for who works out trust, which is no row
    sound(in.finish());
    const Standing standing = standing_of(fold);
    Statement used = fold.database.prepare("SELECT entry FROM apply WHERE statement_sha256 = ?");
    if (used.bind(digest).step()) {
        malformed("the statement was used up by log entry " + used.text(0));
    }
    go_as_reported(fold, standing, State::applying);
    fold.database.run("INSERT INTO apply VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", fold.index,
                      fold.subject, digest, nonce, mode, from, to, deadline, fold.at());
    fold.database.run("UPDATE proposal SET outcome = NULL WHERE id = ?", fold.subject);
    return "applying (" + mode + ")";
}

std::string fold_announced(const Fold& fold, const Json& body) {
    ObjectReader in(body, "apply.announced");
    const std::string statement = in.text("statement");
    const std::string digest = digest_text(in.text("statement_sha256", 64), "statement_sha256");
    sound(in.finish());
    if (core::sha256(statement).hex() != digest) {
        malformed("`statement_sha256` is not the digest of `statement`");
    }
    const Standing standing = standing_of(fold);
    fold.database.run("INSERT INTO announced VALUES (?, ?, ?, ?, ?, ?)", fold.index, fold.subject,
                      standing.round, statement, digest, fold.at());
    return "announced: it happens after its delay unless somebody objects";
}

std::string fold_objected(const Fold& fold, const Json& body) {
    ObjectReader in(body, "apply.objected");
    const std::string by = in.text("by", 256);
    const std::string reason = in.text("reason", 4096);
    in.any("peer_uid");
    sound(in.finish());
    const Standing standing = standing_of(fold);
    if (proposals::may_go(standing.state, State::denied)) {
        go(fold, standing, State::denied);
    }
    return by + " objected" + (reason.empty() ? "" : ": " + reason);
}

std::string fold_brake(const Fold&, const Json& body) {
    ObjectReader in(body, "apply.brake");
    const std::string brake = in.one_of("brake", {"frozen", "unfrozen", "quarantined", "lifted",
                                                 "glass_broken"});
    const auto path = in.optional_text("path", 512);
    const std::string reason = in.text("reason");
    in.any("peer_uid");
    sound(in.finish());
    return brake + (path ? " " + *path : "") + (reason.empty() ? "" : ": " + reason);
}

std::string fold_step(const Fold& fold, const Json& body) {
    ObjectReader in(body, "apply.step");
    const std::string step =
        in.one_of("step", {"way_back_armed", "activated", "watching", "healthy", "profile_set",
                           "boot_set", "disarmed", "taking_back", "confirm_wanted", "confirmed_by",
                           "cancelled_by", "booted", "carrying_out"});
    const std::string detail = in.text("detail");
    const auto confirm = in.has("confirm") ? loose_text(in.any("confirm")) : std::nullopt;
    for (const char* key : {"presence", "by"}) {
        if (in.has(key)) {
            in.any(key); // proof for who reads the log; no row needs it
        }
    }
    sound(in.finish());
    standing_of(fold);
    const auto apply = open_apply(fold);
    if (!apply) {
        malformed("a step without an apply.intent before it");
    }
    fold.database.run("INSERT INTO apply_step (entry, apply, step, detail, at, confirm) "
                      "VALUES (?, ?, ?, ?, ?, ?)",
                      fold.index, apply, step, detail, fold.at(), confirm);
    return step + (detail.empty() ? "" : ": " + detail);
}

std::string fold_outcome(const Fold& fold, const Json& body) {
    ObjectReader in(body, "apply.outcome");
    const std::string outcome =
        in.one_of("outcome", {"confirmed", "rolled_back", "failed", "refused"});
    const std::string reason = in.text("reason");
    in.any("from");
    in.any("to");
    in.any("running");
    const Json& checks = in.any("checks");
    in.texts("residue");
    const bool settled = in.boolean("settled");
    sound(in.finish());
    check_checks(checks);
    const Standing standing = standing_of(fold);
    const auto apply = open_apply(fold);
    // A refusal before any intent touched nothing: the proposal stands where it stood.
    if (outcome != "refused" || standing.state == State::applying) {
        go_as_reported(fold, standing, state_after(outcome));
    }
    const bool of_this_try = standing.state == State::applying || outcome != "refused";
    fold.database.run("INSERT INTO apply_outcome VALUES (?, ?, ?, ?, ?, ?, ?, ?)", fold.index,
                      fold.subject, of_this_try ? apply : std::nullopt, outcome, reason, settled,
                      core::canonical(body), fold.at());
    fold.database.run("UPDATE proposal SET outcome = ?, updated = ? WHERE id = ?", outcome,
                      fold.at(), fold.subject);
    return outcome + (settled ? " (settled after an interruption)" : "") +
           (reason.empty() ? "" : ": " + reason);
}

std::string fold_landed(const Fold& fold, const Json& body) {
    ObjectReader in(body, "landing.done");
    const std::string branch = in.text("branch", 256), commit = in.text("commit", 64);
    const std::string how = in.one_of("how", {"fast-forward", "pull"});
    sound(in.finish());
    standing_of(fold);
    fold.database.run("INSERT INTO landing VALUES (?, ?, 1, ?, ?, ?, '', '', ?)", fold.index,
                      fold.subject, branch, commit, how, fold.at());
    fold.database.run("UPDATE proposal SET landed = 1, updated = ? WHERE id = ?", fold.at(),
                      fold.subject);
    return "landed on " + branch + " (" + how + ") as " + commit;
}

std::string fold_landing_refused(const Fold& fold, const Json& body) {
    ObjectReader in(body, "landing.refused");
    const std::string branch = in.text("branch", 256), reason = in.text("reason", 4096);
    const std::string hint = in.optional_text("hint", 4096).value_or("");
    sound(in.finish());
    standing_of(fold);
    fold.database.run("INSERT INTO landing VALUES (?, ?, 0, ?, '', '', ?, ?, ?)", fold.index,
                      fold.subject, branch, reason, hint, fold.at());
    return "did not land on " + branch + ": " + reason;
}

} // namespace agentd::store
