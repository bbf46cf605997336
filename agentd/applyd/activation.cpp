#include "agentd/applyd/activation.hpp"

#include "agentd/applyd/intent.hpp"
#include "agentd/applyd/record.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace agentd::applyd {

namespace {

using core::Json;
using proposals::Mode;

constexpr auto log_patience = std::chrono::seconds(20);

/// One apply from its intent to its outcome.
class Apply {
  public:
    Apply(InFlight in_flight, const Tools& tools, OnStep on_step)
        : in_flight_(std::move(in_flight)), tools_(tools), on_step_(std::move(on_step)) {}

    /// On disk, then in the log; whatever happens in between, `settle` finds it. When the log says
    /// no, all is as before and the statement still good; when it is silent, it may have it or not.
    void intend() {
        reach(Phase::intent);
        const auto taken = tools_.log.append(std::array{intent_of(in_flight_, tools_.clock)});
        if (!taken) {
            tools_.journal.clear();
            tools_.journal.give_back(in_flight_.nonce);
            throw core::Failure(core::FailureKind::unavailable,
                                "nothing was done: the log does not take the entry: " +
                                    taken.problem().message);
        }
    }

    /// Interrupted with the intent on disk, and perhaps not in the log: there it is once.
    Outcome nothing_touched() {
        if (!record_patiently(tools_.log, intent_of(in_flight_, tools_.clock), log_patience)) {
            return {.outcome = "failed", .reason = "the log does not answer", .settled = true};
        }
        return end("failed", "interrupted before anything was touched", {}, true);
    }

    /// False when the log did not take it.
    bool step(std::string_view name, std::string_view detail) {
        if (on_step_) {
            on_step_(name, detail);
        }
        // The machine may have moved already: a log that hangs must not keep it from going on or
        // back, so it is waited for once only.
        log_answers_ = log_answers_ &&
                       record_patiently(
                           tools_.log, tools_.clock, "apply.step", in_flight_.proposal,
                           {{"step", name}, {"detail", core::to_utf8(core::shorten(detail, 2000))}},
                           std::chrono::seconds(2));
        return log_answers_;
    }

    void reach(Phase phase) {
        in_flight_.phase = phase;
        tools_.journal.write(in_flight_);
    }

    Outcome end(std::string outcome, std::string reason, std::vector<CheckResult> checks,
                bool settled) {
        Outcome result{.outcome = std::move(outcome),
                       .reason = std::move(reason),
                       .from = in_flight_.from,
                       .to = in_flight_.to,
                       .checks = std::move(checks),
                       .settled = settled};
        if (result.outcome == "rolled_back") {
            result.residue = {"files that services wrote while the new system ran are still there",
                              "users and groups that the new system made are still there"};
        }
        const bool written =
            record_patiently(tools_.log, tools_.clock, "apply.outcome", in_flight_.proposal,
                             to_json(result, tools_.machine.links()), log_patience);
        if (written) {
            tools_.journal.clear(); // else the next start settles, and says so in the log
            tools_.switcher.release();
        }
        tools_.way_back.disarm(in_flight_.nonce);
        return result;
    }

    /// @throws core::Failure when not even that can be tried: the journal and the way back stay as
    /// they are.
    Outcome take_back(const std::string& reason, std::vector<CheckResult> checks, bool settled) {
        const auto from = core::StorePath::parse(in_flight_.from);
        AGENTD_CHECK(from.has_value());
        if (const auto other = somebody_elses()) {
            return end("failed",
                       reason + "; somebody switched to " + other->str() +
                           " meanwhile, which stays",
                       std::move(checks), settled);
        }
        if (in_flight_.phase > Phase::activated) {
            reach(Phase::activated); // whoever picks this up goes back too, not forward
        }
        step("taking_back", reason);
        const auto verb = tools_.switcher.run(*from, "test");
        const auto running = tools_.machine.links().running;
        std::string trouble;
        if (running != from || (verb.exit_status != 0 && verb.exit_status != 4)) {
            trouble = "status " + std::to_string(verb.exit_status) + ": " + verb.said;
        } else {
            trouble = restore_profile();
        }
        if (!trouble.empty()) {
            return end("failed", reason + "; taking it back failed with " + trouble,
                       std::move(checks), settled);
        }
        return end("rolled_back", reason, std::move(checks), settled);
    }

    /// Healthy: make it last. Also picks up after an interruption, so each act may be repeated.
    Outcome confirm(std::vector<CheckResult> checks, bool settled) {
        const auto to = core::StorePath::parse(in_flight_.to);
        AGENTD_CHECK(to.has_value());
        if (in_flight_.mode == "test") {
            return end("confirmed", "runs until the next boot, as asked", std::move(checks),
                       settled);
        }
        if (const auto other = somebody_elses()) {
            return end("failed", "somebody switched to " + other->str() + " meanwhile, which stays",
                       std::move(checks), settled);
        }
        if (const auto set = tools_.switcher.set_profile(*to); !set) {
            return take_back(set.problem().message, std::move(checks), settled);
        }
        reach(Phase::profile_set);
        step("profile_set", tools_.machine.profile());
        const auto boot = tools_.switcher.run(*to, "boot");
        if (boot.exit_status != 0) {
            // What runs is healthy; only the next boot would not find it. A person has to look.
            return end("failed", "the boot entry could not be written: " + boot.said,
                       std::move(checks), settled);
        }
        step("boot_set", "the next boot takes this system");
        return end("confirmed", "healthy", std::move(checks), settled);
    }

    /// Something that should work did not, between the intent and the outcome.
    Outcome broken(const std::string& what) {
        if (in_flight_.phase == Phase::intent && !profile_moved()) {
            return end("failed", what + "; nothing was touched", {}, false);
        }
        return take_back(what, {}, false);
    }

    bool profile_moved() const {
        const auto profile = tools_.machine.links().profile;
        return profile && profile->str() == in_flight_.to && in_flight_.profile != in_flight_.to;
    }

    /// What runs, when it is neither of the two systems this is about.
    std::optional<core::StorePath> somebody_elses() const {
        const auto running = tools_.machine.links().running;
        const bool ours =
            !running || running->str() == in_flight_.from || running->str() == in_flight_.to;
        return ours ? std::nullopt : running;
    }

    const InFlight& in_flight() const noexcept { return in_flight_; }

  private:
    /// The next boot takes what it took before. Says what went wrong, else "".
    std::string restore_profile() {
        const auto before = core::StorePath::parse(in_flight_.profile);
        if (!profile_moved() || !before) {
            return {};
        }
        if (const auto set = tools_.switcher.set_profile(*before); !set) {
            return set.problem().message;
        }
        const auto boot = tools_.switcher.run(*before, "boot");
        return boot.exit_status == 0 ? "" : "the boot entry: " + boot.said;
    }

    InFlight in_flight_;
    const Tools& tools_;
    OnStep on_step_;
    bool log_answers_ = true;
};

std::string describe(const std::vector<CheckResult>& checks) {
    std::string text;
    for (const CheckResult& check : checks) {
        if (!check.ok && check.required) {
            text += (text.empty() ? "" : "; ") + check.name + ": " + check.detail;
        }
    }
    return "not healthy: " + text;
}

Outcome carry_out(Apply& apply, const VerifiedStatement& verified, const Tools& tools) {
    const InFlight& in_flight = apply.in_flight();
    Switcher::sync_file_system("/nix/store");
    if (in_flight.mode == "boot") {
        return apply.confirm({}, false);
    }
    const Baseline before = tools.health.baseline({});
    tools.way_back.arm(in_flight.nonce);
    if (tools.machine.links().running != verified.from()) {
        return apply.end("failed", "somebody switched to another system meanwhile", {}, false);
    }
    if (!apply.step("way_back_armed", "back to " + in_flight.from + " at " +
                                          core::format_instant(in_flight.deadline))) {
        // The disk had room for the intent and for nothing more: the rest would go unrecorded.
        return apply.end("failed", "the log takes no more entries; nothing was touched", {}, false);
    }
    apply.reach(Phase::armed);
    const auto test = tools.switcher.run(verified.to(), "test");
    if (test.exit_status != 0 && test.exit_status != 4) {
        return apply.take_back("switch-to-configuration ended with status " +
                                   std::to_string(test.exit_status) + ": " + test.said,
                               {}, false);
    }
    apply.reach(Phase::activated);
    apply.step("activated", test.exit_status == 4 ? "some units failed: " + test.said
                                                  : "running " + in_flight.to);
    auto checks = tools.health.look(before, verified.effects(), {});
    if (!all_well(checks)) {
        const std::string reason = describe(checks);
        return apply.take_back(reason, std::move(checks), false);
    }
    apply.reach(Phase::healthy);
    apply.step("healthy", std::to_string(checks.size()) + " checks");
    return apply.confirm(std::move(checks), false);
}

} // namespace

Json to_json(const Outcome& outcome, const machine::SystemLinks& links) {
    Json checks = Json::array();
    for (const CheckResult& check : outcome.checks) {
        checks.push_back({{"name", core::to_utf8(check.name)},
                          {"ok", check.ok},
                          {"detail", core::to_utf8(check.detail)}});
    }
    return {{"outcome", outcome.outcome},
            {"reason", core::to_utf8(core::shorten(outcome.reason, 4000))},
            {"from", outcome.from},
            {"to", outcome.to},
            {"running", links.running ? Json(links.running->str()) : Json()},
            {"checks", checks},
            {"residue", outcome.residue},
            {"settled", outcome.settled}};
}

Outcome activate(const VerifiedStatement& verified, const Tools& tools, const OnStep& on_step) {
    Apply apply(begin(verified, tools.machine, tools.config.apply.way_back, tools.clock), tools,
                on_step);
    const InFlight& in_flight = apply.in_flight();
    tools.switcher.keep(verified.from(), verified.to());
    apply.intend();
    try {
        return carry_out(apply, verified, tools);
    } catch (const std::exception& error) {
        core::log(core::Level::error, in_flight.proposal + ": " + error.what());
        return apply.broken(std::string("it broke off: ") + error.what());
    }
}

std::optional<Outcome> settle(const Tools& tools, const std::optional<std::string>& nonce) {
    const auto found = tools.journal.in_flight();
    if (!found || (nonce && found->nonce != *nonce)) {
        return std::nullopt;
    }
    core::log(core::Level::warning, found->proposal + ": was interrupted while it was " +
                                        std::string(to_string(found->phase)) + "; settling it");
    Apply apply(*found, tools, {});
    const auto running = tools.machine.links().running;
    const bool runs_new = running && running->str() == found->to;
    switch (found->phase) {
    case Phase::intent:
        return apply.profile_moved()
                   ? apply.confirm({}, true) // mode `boot`: only the boot entry may be missing
                   : apply.nothing_touched();
    case Phase::healthy:
    case Phase::profile_set:
        if (runs_new || found->mode == "boot") {
            return apply.confirm({}, true);
        }
        return apply.take_back("interrupted, and the old system came up again", {}, true);
    case Phase::armed:
    case Phase::activated:
        break;
    }
    return apply.take_back("interrupted before it was known to be healthy", {}, true);
}

} // namespace agentd::applyd
