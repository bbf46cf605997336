#include "agentd/applyd/boot.hpp"

#include "agentd/applyd/boot_try.hpp"
#include "agentd/applyd/last_good.hpp"
#include "agentd/applyd/record.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::applyd {

namespace {

void tell(const Tools& tools, const BootTry& trial, const std::string& what) {
    record_patiently(tools.log, tools.clock, "apply.step", trial.proposal,
                     {{"step", "booted"}, {"detail", core::to_utf8(core::shorten(what, 2000))}},
                     std::chrono::seconds(20));
}

std::string unwell(const std::vector<CheckResult>& checks) {
    std::string text;
    for (const CheckResult& check : checks) {
        if (!check.ok && check.required) {
            text += (text.empty() ? "" : "; ") + check.name + ": " + check.detail;
        }
    }
    return text;
}

/// A switch starts the unit that runs this, and the restart of a unit may: to wait for them here
/// would be to wait for ourselves.
bool may_wait_for_us(const Tools& tools, const InFlight& found) {
    const auto act = proposals::parse_act(found.act);
    const bool starts_units = found.act.empty() || (act && proposals::unit_of(*act) != nullptr);
    return starts_units && found.phase >= Phase::armed && tools.switcher.is_at_work(found.nonce);
}

} // namespace

bool leave_alone(const Tools& tools) {
    const auto found = tools.journal.in_flight();
    const std::string boot = found ? tools.switcher.this_boot() : "";
    if (!found || found->boot_id != boot) {
        return false;
    }
    const auto trial = BootTry::read(tools.config.apply.directory);
    if (!trial || trial->boot_id == boot) {
        return true;
    }
    if (may_wait_for_us(tools, *found)) {
        throw core::Failure(core::FailureKind::misconfigured,
                            "the system that was made the default was not found well at this boot, "
                            "and is not judged while a change is under way");
    }
    return false;
}

std::string settle_and_judge(const Tools& tools) {
    // Of an earlier boot, or of a helper that died in this one: whoever is at work has the lock.
    settle(tools, std::nullopt);
    const std::string& directory = tools.config.apply.directory;
    auto trial = BootTry::read(directory);
    if (!trial || trial->boot_id == tools.switcher.this_boot()) {
        return {};
    }
    const auto booted = tools.machine.links().booted;
    if (!booted || booted->str() != trial->system) {
        tell(tools, *trial,
             "another system was booted than the one that was made the default: " +
                 (booted ? booted->str() : std::string("none of NixOS's")));
        BootTry::remove(directory);
        return {};
    }
    ++trial->tries;
    trial->write(directory); // also when the machine does not live to see the end of this
    const auto checks = tools.health.checks({});
    const std::string why = unwell(checks);
    if (why.empty()) {
        tell(tools, *trial, "well: " + std::to_string(checks.size()) + " checks");
        LastGood(directory).remember(*booted); // of a trial that never ran before nobody knew
        BootTry::remove(directory);
        return {};
    }
    tools.trust.ended(trial->proposal, policy::trust::EventKind::ill,
                      "its boot was unwell: " + why);
    tell(tools, *trial, "unwell, boot " + std::to_string(trial->tries) + ": " + why);
    return why;
}

} // namespace agentd::applyd
