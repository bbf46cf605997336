#include "agentd/applyd/acts.hpp"

#include "agentd/applyd/apply.hpp"
#include "agentd/applyd/garbage.hpp"
#include "agentd/applyd/intent.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"

#include <thread>
#include <unistd.h>

namespace agentd::applyd {

namespace {

using core::Problem;
using core::Result;
using Said = Result<std::string>; ///< what was done, for people

/// A job that hangs is a trouble of the unit; systemd has its own, shorter limits.
constexpr auto job_limit = std::chrono::minutes(10);

using Verb = Switcher::Verb;

/// A program of the machine's own system, or of the distribution it stands on.
Verb run_on_machine(const Course& course, const std::string& name,
                    std::vector<std::string> arguments) {
    const machine::Machine& machine = course.tools.machine;
    for (const std::string folder : {"/run/current-system/sw/bin/", "/usr/bin/"}) {
        if (::access(machine.on_host(folder + name).c_str(), X_OK) == 0) {
            return course.tools.switcher.carry_out(
                course.nonce, "act", machine.inside(folder + name, std::move(arguments)),
                job_limit);
        }
    }
    return {.exit_status = -1, .said = name + " is not there"};
}

std::string state_of(machine::Machine& machine, const std::string& name) {
    const auto units = machine.units().list();
    const auto* unit = machine::find_unit(units, name);
    return unit == nullptr ? name + " is not loaded"
                           : name + " is " + core::printable(unit->active) + " (" +
                                 core::printable(unit->sub) + ")";
}

/// By its own name only: behind an alias there may be what is never restarted.
Result<core::Done> by_own_name(machine::Machine& machine, const core::UnitName& unit) {
    const auto units = machine.units().list();
    const auto* found = machine::find_unit(units, unit.str());
    if (found != nullptr && found->load != "not-found") {
        return core::Done{};
    }
    return Problem{.code = "failed",
                   .message = "the machine has no unit " + unit.str() + " loaded under that name"};
}

Said systemctl(const Course& course, const std::string& verb, const core::UnitName& unit) {
    machine::Machine& machine = course.tools.machine;
    if (const auto known = by_own_name(machine, unit); !known) {
        return known.problem();
    }
    const Verb done = run_on_machine(course, "systemctl", {verb, "--", unit.str()});
    if (done.exit_status != 0) {
        return Problem{.code = "failed",
                       .message = "systemctl " + verb + " " + unit.str() + ": " + done.said + "; " +
                                  state_of(machine, unit.str())};
    }
    return state_of(machine, unit.str());
}

/// Started is not well: it has to be active still after the time that new systems get to settle.
Said restart(const Course& course, const core::UnitName& unit) {
    const auto done = systemctl(course, "restart", unit);
    if (!done) {
        return done;
    }
    std::this_thread::sleep_for(course.tools.config.apply.settle);
    const auto units = course.tools.machine.units().list();
    const auto* found = machine::find_unit(units, unit.str());
    const bool well = found != nullptr && !found->failed() && found->sub != "auto-restart";
    const auto now = state_of(course.tools.machine, unit.str());
    return well ? Said(now) : Said(Problem{.code = "failed", .message = "restarted, but " + now});
}

Said vacuum(const Course& course, const proposals::VacuumJournal& act) {
    const Verb done = run_on_machine(
        course, "journalctl", {"--vacuum-size=" + std::to_string(act.megabytes) + "M", "--quiet"});
    if (done.exit_status != 0) {
        return Problem{.code = "failed", .message = "journalctl: " + done.said};
    }
    const Verb now = run_on_machine(course, "journalctl", {"--disk-usage"});
    return now.exit_status == 0 ? now.said : "the journal was shrunk";
}

Said perform(const proposals::Act& act, const Course& course) {
    return core::match(
        act, [&](const proposals::GcOlderThan& gc) { return collect_garbage(gc, course); },
        [&](const proposals::VacuumJournal& journal) { return vacuum(course, journal); },
        [&](const proposals::RestartUnit& unit) { return restart(course, unit.unit); },
        [&](const proposals::ResetFailed& unit) {
            return systemctl(course, "reset-failed", unit.unit);
        });
}

} // namespace

Outcome carry_out_act(const VerifiedStatement& verified, const Tools& tools,
                      const OnStep& on_step) {
    AGENTD_CHECK(verified.act().has_value());
    Apply apply(begin(verified, tools.machine, tools.config.apply, tools.clock), tools, on_step);
    if (verified.approvers().empty()) {
        tools.trust.acted(apply.in_flight().proposal);
    }
    apply.intend();
    try {
        if (!apply.step("carrying_out", proposals::describe(*verified.act()))) {
            return apply.end("failed", "the log takes no more entries; nothing was touched", {},
                             false);
        }
        if (const auto why = tools.brake.frozen()) { // pulled while the statement was verified
            return apply.end("failed", "nothing was touched: " + *why, {}, false);
        }
        apply.reach(Phase::activated);
        const auto said = perform(*verified.act(), {tools, verified.statement().nonce});
        return said ? apply.end("confirmed", *said, {}, false)
                    : apply.end("failed", said.problem().message, {}, false);
    } catch (const std::exception& error) {
        core::log(core::Level::error, apply.in_flight().proposal + ": " + error.what());
        return apply.end("failed", std::string("it broke off: ") + error.what(), {}, false);
    }
}

Outcome settle_act(const Tools& tools, const InFlight& found) {
    Apply apply(found, tools, {});
    if (found.phase == Phase::intent) {
        return apply.nothing_touched();
    }
    std::string now;
    const auto act = proposals::parse_act(found.act);
    const auto* unit = act ? proposals::unit_of(*act) : nullptr;
    try {
        now = unit != nullptr ? "; now " + state_of(tools.machine, unit->str()) : "";
    } catch (const core::Failure& failure) {
        core::log(core::Level::warning, failure.what());
    }
    return apply.end("failed",
                     "interrupted in the middle of: " +
                         (act ? proposals::describe(*act) : std::string("an act")) + now +
                         "; it is not done again by itself",
                     {}, true);
}

} // namespace agentd::applyd
