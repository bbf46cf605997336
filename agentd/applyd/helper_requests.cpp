// What is asked of the helper while something else may be under way: a person's word about it, the
// brake.
#include "agentd/applyd/helper.hpp"
#include "agentd/applyd/record.hpp"
#include "agentd/applyd/trusted_file.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"
#include "policy/load.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

namespace agentd::applyd {

using core::Json;
using std::chrono::seconds;

namespace {

Json granted() {
    return {{"ok", true}};
}

} // namespace

Json refusal(const core::Problem& problem) {
    return {{"ok", false}, {"error", core::to_json(problem)}};
}

bool is_own(const core::Peer& peer) {
    return peer.uid == 0 || peer.uid == ::geteuid();
}

core::Result<core::Done> Helper::take_up(const VerifiedStatement& verified,
                                         const Presences& presences, const core::Peer& peer,
                                         const std::stop_token& stop) {
    for (const proposals::Presence& presence : presences) { // verified by now
        if (auto fresh = passkeys_.take(presence); !fresh) {
            return fresh;
        }
    }
    if (presences.empty()) {
        const std::lock_guard lock(announced_lock_);
        if (auto begun = announced_.begin(verified.statement(), verified.sha256()); !begun) {
            return begun;
        }
    }
    if (is_by_hand(presences)) { // loudly, and what follows from it, before anything is done
        brake_.broke_glass(clock_.now());
        trust_.glass_broken();
        record_brake("glass_broken", nullptr, verified.statement().proposal, peer);
    }
    if (!verified.act()) {
        switcher_.keep(verified.from(), verified.to());
        if (auto same = verifier_.still_the_same(verified, stop); !same) {
            return same;
        }
    }
    const auto& statement = verified.statement();
    return journal_.spend(statement.nonce, statement.expires, clock_.now());
}

Json Helper::confirm(const Json& request) {
    core::ObjectReader reader(request, "request");
    reader.text("op");
    const std::string proposal = reader.text("proposal", 64);
    const auto presence = proposals::presence_from_json(reader.any("presence"));
    if (const auto done = reader.finish(); !done || !presence) {
        return refusal(done ? presence.problem() : done.problem());
    }
    const auto loaded =
        policy::load_policy(read_trusted(config_.policy.file),
                            {.file = config_.policy.file,
                             .today = std::chrono::floor<std::chrono::days>(clock_.now())});
    if (!loaded.policy) { // who is a viewer is not known: nobody's word counts
        return refusal(loaded.problems.front());
    }
    const auto approvers =
        who_may_confirm(proposals::parse_approvers(read_trusted(config_.apply.approvers)).approvers,
                        *loaded.policy);
    if (const auto fresh = passkeys_.look(*presence); !fresh) {
        return refusal(fresh.problem());
    }
    const auto name = confirmation_.confirm(proposal, *presence, approvers);
    if (!name) {
        return refusal(name.problem());
    }
    (void)passkeys_.take(*presence); // it was looked at, and has counted
    Json answer = granted();
    answer["name"] = *name;
    return answer;
}

Json Helper::cancel(const Json& request) {
    core::ObjectReader reader(request, "request");
    reader.text("op");
    const std::string proposal = reader.text("proposal", 64);
    core::ObjectReader by(reader.any("by"), "by");
    Word word{.name = by.text("name", 256)};
    if (const Json& uid = by.any("uid"); !uid.is_null()) {
        word.uid = by.integer("uid", 0, 0xffffffffLL);
    }
    const auto who = by.finish();
    if (const auto done = reader.finish(); !done || !who) {
        return refusal(done ? who.problem() : done.problem());
    }
    const auto cancelled = confirmation_.cancel(proposal, std::move(word));
    return cancelled ? granted() : refusal(cancelled.problem());
}

void Helper::record_brake(const char* what, const Json& path, const std::string& reason,
                          const core::Peer& peer) {
    audit::Client log(config_.audit.socket, seconds(10));
    record(log, clock_, "apply.brake", "host:" + config_.host.str(),
           {{"brake", what}, {"path", path}, {"reason", reason}, {"peer_uid", peer.uid}});
}

Json Helper::brake(const Json& request, const core::Peer& peer) {
    core::ObjectReader reader(request, "request");
    const std::string op = reader.text("op");
    const std::string reason =
        op == "freeze" ? core::shorten(core::printable(reader.text("reason", 2000)), 500) : "";
    const std::string path = op == "quarantine.lift" ? reader.text("path", 512) : "";
    if (const auto done = reader.finish(); !done) {
        return refusal(done.problem());
    }
    if (op == "freeze") { // first, and then on record: nobody is kept from pulling it
        brake_.freeze(reason);
        forget_waiting();
        try {
            record_brake("frozen", nullptr, reason, peer);
        } catch (const core::Failure& failure) {
            return refusal(
                {.code = "unrecorded",
                 .message = "frozen: nothing is applied; but the log could not be told: " +
                            std::string(failure.what()),
                 .hint = "mend agentd-auditd.service, then freeze again to have it on record"});
        }
        return granted();
    }
    if (!is_own(peer)) {
        return refusal(
            {.code = "denied",
             .message = "only root may let changes in again",
             .hint = "sudo agentctl " + std::string(op == "unfreeze" ? op : "quarantine")});
    }
    if (op == "unfreeze") {
        forget_waiting(); // also where the brake was pulled by hand, or by two rollbacks
        if (brake_.frozen()) {
            record_brake("unfrozen", nullptr, "", peer);
            brake_.unfreeze();
        }
        return granted();
    }
    return lift(path, peer);
}

/// Lists them when no path is given.
Json Helper::lift(const std::string& path, const core::Peer& peer) {
    if (path.empty()) {
        Json answer = granted();
        answer["paths"] = Json::array();
        for (const Quarantined& what : brake_.list()) {
            answer["paths"].push_back({{"path", what.path},
                                       {"proposal", what.proposal},
                                       {"reason", what.reason},
                                       {"at", core::format_instant(what.at)}});
        }
        return answer;
    }
    const auto system = core::StorePath::parse(path);
    if (!system || !brake_.quarantined(*system)) {
        return refusal({.code = "not_found",
                        .message = "this system is not in quarantine",
                        .where = path,
                        .hint = "sudo agentctl quarantine"});
    }
    record_brake("lifted", path, "", peer);
    brake_.lift(*system);
    return granted();
}

Json Helper::health(const std::stop_token& stop) {
    const std::unique_lock lock(health_lock_, std::try_to_lock);
    if (!lock) {
        return refusal({.code = "busy", .message = "the checks are being made already"});
    }
    Json answer = granted();
    answer.update(health_.checks_now(stop));
    return answer;
}

} // namespace agentd::applyd
