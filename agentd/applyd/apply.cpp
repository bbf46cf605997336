#include "agentd/applyd/apply.hpp"

#include "agentd/applyd/boot_try.hpp"
#include "agentd/applyd/intent.hpp"
#include "agentd/applyd/last_good.hpp"
#include "agentd/applyd/record.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <filesystem>

namespace agentd::applyd {

namespace {

constexpr auto log_patience = std::chrono::seconds(20);

/// An apply writes some ten entries: the log must not take the first and have no room for the rest.
core::Result<core::Done> room_in_the_log(const Config& config) {
    constexpr std::uintmax_t wanted = 2U << 20;
    std::error_code error; // where that cannot be asked the log itself answers
    const auto space = std::filesystem::space(config.audit.directory, error);
    if (!error && space.available < wanted) {
        return core::Problem{.code = "disk_full",
                             .message = "the disk that holds the log is full (" +
                                        config.audit.directory + "; make room: at least 2 MiB)"};
    }
    return core::Done{};
}

} // namespace

audit::Draft Apply::intent() const {
    return intent_of(in_flight_, tools_.clock, tools_.trust.note_of(in_flight_.proposal));
}

void Apply::intend() {
    in_flight_.boot_id = tools_.switcher.this_boot();
    reach(Phase::intent);
    auto problem = room_in_the_log(tools_.config);
    if (problem) {
        const auto taken = tools_.log.append(std::array{intent()});
        if (taken) {
            return;
        }
        problem = taken.problem();
        if (taken.problem().code == "unavailable") {
            // Its disk broke while it wrote: the entry may be found there. `settle` asks again.
            throw core::Failure(core::FailureKind::unavailable,
                                "nothing was done: whether the log took the entry is not known: " +
                                    taken.problem().message);
        }
    }
    tools_.journal.clear();
    tools_.journal.give_back(in_flight_.nonce);
    remember(policy::trust::EventKind::dropped, "the log did not take its intent");
    throw core::Failure(core::FailureKind::unavailable,
                        "nothing was done: the log does not take the entry: " +
                            problem.problem().message);
}

void Apply::send(const audit::Draft& outcome) {
    if (record_patiently(tools_.log, outcome, log_patience)) {
        tools_.journal.clear(); // else the next start sends it again
        tools_.switcher.release();
    }
}

Outcome Apply::nothing_touched() {
    if (!record_patiently(tools_.log, intent(), log_patience)) {
        return {.outcome = "failed", .reason = "the log does not answer", .settled = true};
    }
    return end("failed", "interrupted before anything was touched", {}, true);
}

bool Apply::step(std::string_view name, std::string_view detail, const core::Json& more) {
    core::Json body{{"step", name}, {"detail", core::to_utf8(core::shorten(detail, 2000))}};
    if (more.is_object()) {
        body.update(more);
    }
    if (on_step_) {
        core::Json event = body;
        event["event"] = "step";
        on_step_(event);
    }
    // The machine may have moved already: a log that hangs must not keep it from going on or
    // back, so it is waited for once only.
    log_answers_ =
        log_answers_ && record_patiently(tools_.log, tools_.clock, "apply.step",
                                         in_flight_.proposal, body, std::chrono::seconds(2));
    return log_answers_;
}

bool Apply::step(std::string_view name, std::string_view detail) {
    return step(name, detail, core::Json());
}

void Apply::reach(Phase phase) {
    in_flight_.phase = phase;
    tools_.journal.write(in_flight_);
}

Outcome Apply::end(std::string outcome, std::string reason, std::vector<CheckResult> checks,
                   bool settled) {
    Outcome result{.outcome = std::move(outcome),
                   .reason = std::move(reason),
                   .from = in_flight_.from,
                   .to = in_flight_.to,
                   .checks = std::move(checks),
                   .settled = settled};
    if (result.outcome == "rolled_back") {
        unwell_ = true;
        result.residue = in_flight_.residue;
    }
    using policy::trust::EventKind;
    if (unwell_ && !cancelled_) {
        put_aside(result.reason);
        remember(EventKind::rolled_back, result.reason);
    } else {
        acquit();
        remember(result.outcome == "confirmed" ? EventKind::confirmed : EventKind::dropped,
                 result.reason);
    }
    const auto draft = entry(tools_.clock, "apply.outcome", in_flight_.proposal,
                             to_json(result, tools_.machine.links()));
    try {
        const auto to = core::StorePath::parse(in_flight_.to);
        const bool ran = in_flight_.mode == "switch" || in_flight_.mode == "rollback";
        if (result.outcome == "confirmed" && to && ran) {
            LastGood(tools_.journal.directory()).remember(*to);
        }
        tools_.journal.write_outcome(in_flight_.nonce, draft);
    } catch (const core::Failure& failure) {
        // A full disk must not undo what is done: the log may have room where we have none.
        core::log(core::Level::error, failure.what());
    }
    send(draft);
    tools_.way_back.disarm(in_flight_.nonce);
    return result;
}

/// Before the trial, which throws when there is no room for it.
Outcome Apply::take_back(const std::string& reason, std::vector<CheckResult> checks, bool settled) {
    const auto from = core::StorePath::parse(in_flight_.from);
    AGENTD_CHECK(from.has_value());
    unwell_ = true; // also when going back fails: it must not be tried again by itself
    if (const auto other = somebody_elses()) {
        return end("failed",
                   reason + "; somebody switched to " + other->str() + " meanwhile, which stays",
                   std::move(checks), settled);
    }
    if (in_flight_.phase > Phase::confirming) {
        // Whoever picks this up goes back too, not forward. Before that he does so anyway, and a
        // full disk must not keep anybody from going back.
        try {
            reach(Phase::activated);
        } catch (const core::Failure& failure) {
            core::log(core::Level::error, failure.what());
        }
    }
    step("taking_back", reason);
    std::string trouble = booted_again() || never_left() ? "" : run_again(*from);
    if (trouble.empty()) {
        trouble = restore_profile();
    }
    if (!trouble.empty()) {
        return end("failed", reason + "; taking it back failed with " + trouble, std::move(checks),
                   settled);
    }
    return end("rolled_back", reason, std::move(checks), settled);
}

Outcome Apply::make_lasting(std::vector<CheckResult> checks, bool settled) {
    const auto to = core::StorePath::parse(in_flight_.to);
    AGENTD_CHECK(to.has_value());
    if (in_flight_.mode == "test") {
        return end("confirmed", "runs until the next boot, as asked", std::move(checks), settled);
    }
    if (const auto other = somebody_elses()) {
        return end("failed", "somebody switched to " + other->str() + " meanwhile, which stays",
                   std::move(checks), settled);
    }
    if (const auto set = tools_.switcher.set_profile(in_flight_.nonce, *to); !set) {
        return take_back(set.problem().message, std::move(checks), settled);
    }
    reach(Phase::profile_set);
    step("profile_set", tools_.machine.profile());
    auto boot = tools_.switcher.run(in_flight_.nonce, *to, "boot");
    if (boot.exit_status != 0) { // once more: what killed it may have been a passing thing
        boot = tools_.switcher.run(in_flight_.nonce, *to, "boot");
    }
    if (boot.exit_status != 0) {
        // What runs is healthy, and what boots next would be another: one whole system is kept.
        return take_back("the boot entry could not be written: " + boot.said, std::move(checks),
                         settled);
    }
    step("boot_set", "the next boot takes this system");
    BootTry{.proposal = in_flight_.proposal,
            .system = in_flight_.to,
            .boot_id = tools_.switcher.this_boot()}
        .write(tools_.config.apply.directory);
    return end("confirmed",
               in_flight_.mode == "boot" ? "the next boot takes it, and is judged" : "healthy",
               std::move(checks), settled);
}

Outcome Apply::broken(const std::string& what) {
    if (in_flight_.phase == Phase::intent && !profile_moved()) {
        return end("failed", what + "; nothing was touched", {}, false);
    }
    return take_back(what, {}, false);
}

bool Apply::profile_moved() const {
    const auto profile = tools_.machine.links().profile;
    return profile && profile->str() == in_flight_.to && in_flight_.profile != in_flight_.to;
}

/// What runs, when it is neither of the two systems this is about.
std::optional<core::StorePath> Apply::somebody_elses() const {
    const auto running = tools_.machine.links().running;
    const bool ours =
        !running || running->str() == in_flight_.from || running->str() == in_flight_.to;
    return ours ? std::nullopt : running;
}

/// A power cut did it already: this boot began, and went on, with the old system.
bool Apply::booted_again() const {
    const auto links = tools_.machine.links();
    return in_flight_.boot_id != tools_.switcher.this_boot() && links.booted &&
           links.running == links.booted && links.running->str() == in_flight_.from;
}

/// Meant for the next boot only: no switch was begun, and none has to be undone.
bool Apply::never_left() const {
    const auto running = tools_.machine.links().running;
    return in_flight_.mode == "boot" && running && running->str() == in_flight_.from;
}

/// The old system's own switch. Says what went wrong, else "".
std::string Apply::run_again(const core::StorePath& from) {
    const auto verb = tools_.switcher.run(in_flight_.nonce, from, "test");
    if (verb.busy) {
        throw core::Failure(core::FailureKind::busy,
                            "it cannot be taken back while somebody else is switching");
    }
    const bool done = verb.exit_status == 0 || verb.exit_status == 4;
    return done && tools_.machine.links().running == from
               ? ""
               : "status " + std::to_string(verb.exit_status) + ": " + verb.said;
}

/// The next boot takes what it took before. Says what went wrong, else "".
std::string Apply::restore_profile() {
    const auto before = core::StorePath::parse(in_flight_.profile);
    if (!profile_moved() || !before) {
        return {};
    }
    if (const auto set = tools_.switcher.set_profile(in_flight_.nonce, *before); !set) {
        return set.problem().message;
    }
    const auto boot = tools_.switcher.run(in_flight_.nonce, *before, "boot");
    return boot.exit_status == 0 ? "" : "the boot entry: " + boot.said;
}

} // namespace agentd::applyd
