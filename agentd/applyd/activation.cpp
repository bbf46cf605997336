#include "agentd/applyd/activation.hpp"

#include "agentd/applyd/acts.hpp"
#include "agentd/applyd/apply.hpp"
#include "agentd/applyd/intent.hpp"
#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::applyd {

namespace {

std::string describe(const std::vector<CheckResult>& checks) {
    std::string text;
    for (const CheckResult& check : checks) {
        if (!check.ok && check.required) {
            text += (text.empty() ? "" : "; ") + check.name + ": " + check.detail;
        }
    }
    return "not healthy: " + text;
}

std::string said_no(Apply& apply, const Word& word) {
    const std::string who =
        word.name + (word.uid ? " (uid " + std::to_string(*word.uid) + ")" : "");
    apply.step(
        "cancelled_by", who,
        {{"by", {{"name", word.name}, {"uid", word.uid ? core::Json(*word.uid) : core::Json()}}}});
    apply.cancelled();
    return "cancelled by " + who;
}

/// Why it may not last, when nobody who has to agree did, or somebody cancelled.
std::optional<std::string> somebody_agrees(Apply& apply, const Tools& tools, core::Instant since) {
    const std::string& because = apply.in_flight().confirm;
    if (!because.empty() && !tools.confirmation.cancelled().stop_requested()) {
        const auto wait = tools.config.apply.confirm_wait;
        const Wanted wanted{.nonce = core::hex_encode(core::random_bytes(32)),
                            .since = since,
                            .until = tools.clock.now() + wait,
                            .because = because};
        apply.reach(Phase::confirming);
        apply.step("confirm_wanted",
                   "by an approver, from a new connection, until " +
                       core::format_instant(wanted.until) + ": " + because,
                   {{"confirm", to_json(wanted)}});
        const auto word = tools.confirmation.wait(wanted, wait);
        if (!word) {
            return "nobody confirmed within " + core::format_duration(wait) +
                   " that the machine can still be reached";
        }
        if (word->confirmed) {
            apply.step("confirmed_by", word->name + " (" + word->presence->key_id + ")",
                       {{"presence", proposals::to_json(*word->presence)}});
        }
    }
    const auto cancelled = tools.confirmation.make_lasting();
    return cancelled ? std::optional(said_no(apply, *cancelled)) : std::nullopt;
}

/// While it lives, requests find what is under way.
class UnderWay {
  public:
    UnderWay(Confirmation& confirmation, const std::string& proposal)
        : confirmation_(confirmation) {
        confirmation_.begin(proposal);
    }
    ~UnderWay() { confirmation_.finish(); }
    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;

  private:
    Confirmation& confirmation_;
};

/// Who agreed is root's own finding; whose it was, the statement's word.
TrustNote note_of(const VerifiedStatement& verified) {
    using policy::trust::AgreedBy;
    const auto& statement = verified.statement();
    const auto& people = verified.approvers();
    const bool root =
        std::find(people.begin(), people.end(), proposals::glass_breaker) != people.end();
    return {.author = statement.author,
            .effect_class = class_of(verified.effects(), policy::Origin{}),
            .trial = statement.mode == proposals::Mode::test,
            .by = root                ? AgreedBy::root
                  : !people.empty()   ? AgreedBy::person
                  : verified.waited() ? AgreedBy::objection_period
                                      : AgreedBy::policy,
            .targets = targets_of(verified.effects())};
}

Outcome carry_out(Apply& apply, const VerifiedStatement& verified, const Tools& tools) {
    const InFlight& in_flight = apply.in_flight();
    Switcher::sync_file_system("/nix/store");
    if (in_flight.mode == "boot") {
        const auto frozen = tools.brake.frozen();
        return frozen ? apply.end("failed", "nothing was touched: " + *frozen, {}, false)
                      : apply.make_lasting({}, false);
    }
    const Baseline before = tools.health.baseline({});
    const auto time = time_left(in_flight, tools.config.apply, tools.clock.now());
    const auto armed = std::chrono::steady_clock::now();
    tools.way_back.arm(in_flight.nonce, time);
    if (!tools.switcher.nobody_switches()) {
        return apply.end("failed", "somebody else is switching; nothing was touched", {}, false);
    }
    if (tools.machine.links().running != verified.from()) {
        return apply.end("failed", "somebody switched to another system meanwhile", {}, false);
    }
    if (const auto why = tools.brake.frozen()) { // pulled while the statement was verified
        return apply.end("failed", "nothing was touched: " + *why, {}, false);
    }
    apply.prepare_brake();
    if (!apply.step("way_back_armed", "back to " + in_flight.from + " at " +
                                          core::format_instant(in_flight.deadline))) {
        // The disk had room for the intent and for nothing more: the rest would go unrecorded.
        return apply.end("failed", "the log takes no more entries; nothing was touched", {}, false);
    }
    apply.reach(Phase::armed);
    // The way back cannot begin while this goes on: it has until then, and no longer.
    const auto left = time - (std::chrono::steady_clock::now() - armed);
    const auto test = tools.switcher.run(
        in_flight.nonce, verified.to(), "test",
        std::max(std::chrono::ceil<std::chrono::seconds>(left), std::chrono::seconds(1)));
    if (test.exit_status != 0 && test.exit_status != 4) {
        return apply.take_back("switch-to-configuration ended with status " +
                                   std::to_string(test.exit_status) + ": " + test.said,
                               {}, false);
    }
    apply.reach(Phase::activated);
    apply.step("activated", test.exit_status == 4 ? "some units failed: " + test.said
                                                  : "running " + in_flight.to);
    const auto since = tools.clock.now();
    auto checks = tools.health.look(before, verified.effects(), tools.confirmation.cancelled(),
                                    [&](const std::string& what) { apply.step("watching", what); });
    if (!tools.confirmation.cancelled().stop_requested() && !all_well(checks)) {
        const std::string reason = describe(checks);
        return apply.take_back(reason, std::move(checks), false);
    }
    if (!tools.confirmation.cancelled().stop_requested()) {
        apply.step("healthy", std::to_string(checks.size()) + " checks");
    }
    if (const auto refused = somebody_agrees(apply, tools, since)) {
        return apply.take_back(*refused, std::move(checks), false);
    }
    apply.reach(Phase::healthy);
    return apply.make_lasting(std::move(checks), false);
}

} // namespace

Outcome activate(const VerifiedStatement& verified, const Tools& tools, const OnStep& on_step) {
    Apply apply(begin(verified, tools.machine, tools.config.apply, tools.clock), tools, on_step);
    const InFlight& in_flight = apply.in_flight();
    try {
        tools.trust.begun(in_flight.proposal, note_of(verified));
    } catch (...) { // nothing was done: the statement is good for another try
        tools.journal.give_back(in_flight.nonce);
        throw;
    }
    apply.intend();
    const UnderWay under_way(tools.confirmation, in_flight.proposal);
    try {
        return carry_out(apply, verified, tools);
    } catch (const std::exception& error) {
        core::log(core::Level::error, in_flight.proposal + ": " + error.what());
        return apply.broken(std::string("it broke off: ") + error.what());
    }
}

std::optional<Outcome> settle(const Tools& tools, const std::optional<std::string>& nonce) {
    const auto found = tools.journal.in_flight();
    if (!found && !tools.journal.unsettled()) {
        std::vector<std::string> faults;
        for (const auto& aside : tools.brake.list()) {
            faults.push_back(aside.proposal);
        }
        tools.trust.settle(faults);
    }
    if (!found || (nonce && found->nonce != *nonce)) {
        return std::nullopt;
    }
    if (const auto said = tools.journal.outcome(found->nonce)) {
        // All was done but the telling: the same entry again is in the log once.
        Apply(*found, tools, {}).send(*said);
        return outcome_from_json(core::Json::parse(said->body));
    }
    core::log(core::Level::warning, found->proposal + ": was interrupted while it was " +
                                        std::string(to_string(found->phase)) + "; settling it");
    // The way back itself comes when the time is up, whatever a clock says that was set meanwhile.
    const auto now = tools.clock.now();
    tools.switcher.end_what_goes_on(found->nonce, nonce ? now : found->deadline, now);
    if (found->mode == "act") {
        return settle_act(tools, *found);
    }
    Apply apply(*found, tools, {});
    const auto running = tools.machine.links().running;
    const bool runs_new = running && running->str() == found->to;
    switch (found->phase) {
    case Phase::intent:
        return apply.profile_moved()
                   ? apply.make_lasting({}, true) // mode `boot`: only the boot entry may be missing
                   : apply.nothing_touched();
    case Phase::healthy:
    case Phase::profile_set:
        if (runs_new || found->mode == "boot") {
            return apply.make_lasting({}, true);
        }
        return apply.take_back("interrupted, and the old system came up again", {}, true);
    case Phase::armed:
    case Phase::activated:
    case Phase::confirming:
        break;
    }
    return apply.take_back("interrupted before it was known to be healthy", {}, true);
}

} // namespace agentd::applyd
