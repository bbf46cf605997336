#include "store/fold.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/id.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace agentd::store {

using core::Failure;
using core::FailureKind;
using core::Json;
using core::ObjectReader;

namespace {

constexpr std::array<std::pair<std::string_view, Folder>, 27> folders{{
    {"log.opened", fold_log_opened},
    {"audit.tail_discarded", fold_tail_discarded},
    {"proposal.drafted", fold_drafted},
    {"proposal.refused", fold_proposal_refused},
    {"proposal.state", fold_state},
    {"evidence.recorded", fold_evidence},
    {"proposal.verified", fold_verified},
    {"decision.made", fold_decision},
    {"approval.granted", fold_granted},
    {"approval.rejected", fold_rejected},
    {"apply.announced", fold_announced},
    {"apply.objected", fold_objected},
    {"apply.brake", fold_brake},
    {"apply.intent", fold_intent},
    {"apply.step", fold_step},
    {"apply.outcome", fold_outcome},
    {"landing.done", fold_landed},
    {"landing.refused", fold_landing_refused},
    {"observation.opened", fold_opened},
    {"observation.changed", fold_changed},
    {"observation.resolved", fold_resolved},
    {"approver.enrolled", fold_enrolled},
    {"trust.changed", fold_trust},
    {"generation.adopted", fold_adopted},
    {"statement.refused", fold_statement_refused},
    {"daemon.started", fold_daemon},
    {"daemon.stopped", fold_daemon},
}};

constexpr std::size_t max_history_text = 300;

void read_actor(Fold& fold, const Json& value) {
    ObjectReader in(value, "actor");
    fold.actor_id = in.text("id", 256);
    fold.actor_kind = in.one_of("kind", {"human", "agent", "system", "planner"});
    in.integer("uid", 0, 0xffffffffLL);
    sound(in.finish());
}

void read_envelope(Fold& fold, const Json& value) {
    ObjectReader in(value, "entry");
    in.one_of("schema", {"agentd.audit/1"});
    fold.type = in.text("type", 64);
    fold.id = in.text("id", 26);
    fold.subject = in.text("subject", 1024);
    const std::string time = in.text("time", 64);
    in.text("boot_id", 64);
    in.integer("mono_us", 0, std::int64_t{1} << 52);
    in.optional_text("cause", 1024);
    in.any("actor");
    in.any("body");
    sound(in.finish());
    const auto instant = core::parse_instant(time);
    if (!instant) {
        malformed("`time` is not an RFC 3339 time in UTC with microseconds");
    }
    fold.time = *instant;
    if (!core::is_ulid(fold.id)) {
        malformed("`id` is not a ULID");
    }
    if (!value.contains("actor") || !value.contains("body")) {
        malformed("`actor` or `body` is missing");
    }
    read_actor(fold, value.at("actor"));
}

void remember(const Fold& fold, const std::string& text) {
    fold.database.run("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)", fold.index, fold.id,
                      fold.type, fold.subject, fold.at(), fold.actor_kind, fold.actor_id,
                      core::shorten(text, max_history_text));
}

void fold_body(const Fold& fold, const Json& body) {
    const auto known = std::find_if(folders.begin(), folders.end(),
                                    [&](const auto& row) { return row.first == fold.type; });
    if (known == folders.end()) {
        fold.database.run("INSERT INTO unknown_type VALUES (?, 1) "
                          "ON CONFLICT (type) DO UPDATE SET count = count + 1",
                          fold.type);
        return;
    }
    remember(fold, known->second(fold, body));
}

/// Two programs write one log: what one of them asked about first may not fit any more behind what
/// the other wrote meanwhile. The log cannot take it back, so nothing may stop at it.
std::optional<std::string> fold_or_note(const Fold& fold, const Json& body) {
    std::optional<std::string> misfit;
    fold.database.run("SAVEPOINT entry");
    try {
        fold_body(fold, body);
    } catch (const RowRefused& why) {
        fold.database.run("ROLLBACK TO entry");
        core::log(core::Level::warning, "log entry " + std::to_string(fold.index) + " (" +
                                            core::printable(fold.type) +
                                            ") does not fit and changes nothing: " + why.message());
        remember(fold, "does not fit what was on record, and changed nothing: " + why.message());
        misfit = why.message();
    }
    fold.database.run("RELEASE entry");
    return misfit;
}

/// A row the schema refuses is the entry's fault; a full disk is not.
[[noreturn]] void rethrow_naming(const Failure& failure, Index index, const std::string& type) {
    if (failure.kind() != FailureKind::corrupt) {
        throw failure;
    }
    const std::string shown = type.empty() ? "" : " (" + core::printable(type) + ")";
    throw Failure(FailureKind::corrupt, failure.message(),
                  "log entry " + std::to_string(index) + shown);
}

} // namespace

void malformed(std::string why) {
    throw RowRefused(std::move(why));
}

std::string digest_text(std::string hex, const char* key) {
    if (!core::Digest::parse(hex)) {
        malformed(std::string("`") + key + "` is not a SHA-256 in 64 lower-case hex digits");
    }
    return hex;
}

std::optional<std::string> fold_line(Database& database, Index index, std::string_view line,
                                     Misfit misfit) {
    std::optional<std::string> why;
    Fold fold{.database = database, .index = index};
    try {
        const auto expected = database.number("SELECT value FROM meta WHERE key = 'next_index'");
        if (!expected || static_cast<Index>(*expected) != index) {
            malformed("out of order: the next entry to fold is " +
                      std::to_string(expected.value_or(-1)));
        }
        const Json value = sound(core::parse_json(line));
        read_envelope(fold, value);
        if (misfit == Misfit::note) {
            why = fold_or_note(fold, value.at("body"));
        } else {
            fold_body(fold, value.at("body"));
        }
        database.run("UPDATE meta SET value = ? WHERE key = 'next_index'", index + 1);
    } catch (const Failure& failure) {
        rethrow_naming(failure, index, fold.type);
    }
    return why;
}

} // namespace agentd::store
