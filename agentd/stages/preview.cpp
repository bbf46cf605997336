#include "agentd/stages/preview.hpp"

#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "agentd/stages/dead_bytes.hpp"
#include "sandbox/run.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace agentd::stages {

namespace {

using core::Problem;
using core::Result;
using Notes = std::vector<std::string>;

constexpr std::size_t most_named = 24;

std::string day_of(core::Instant at) {
    return core::format_instant(at).substr(0, 10);
}

std::string bytes_text(std::uint64_t bytes) {
    constexpr double mib = 1024.0 * 1024.0;
    const double size = static_cast<double>(bytes) / mib;
    return size >= 1024.0 ? fmt::format("{:.1f} GiB", size / 1024.0)
                          : fmt::format("{:.1f} MiB", size);
}

Result<Notes> preview_gc(const proposals::GcOlderThan& gc, const PreviewTools& tools,
                         const std::stop_token& stop) {
    const auto kept = machine::kept_systems(tools.known.links, tools.known.confirmed, {});
    const auto plan =
        machine::plan_garbage(tools.known.generations, kept, tools.clock.now(), gc.days);
    Notes notes;
    const auto freed = dead_bytes(tools.nix, plan.removed, tools.machine, stop);
    if (stop.stop_requested()) {
        return Problem{.code = "cancelled", .message = "stopped on request"};
    }
    notes.push_back(
        fmt::format("deletes {} of {} generations of the system, and frees {}", plan.removed.size(),
                    tools.known.generations.size(),
                    freed ? "about " + bytes_text(freed->bytes) + " in " +
                                std::to_string(freed->paths) + " store paths"
                          : "an amount that could not be worked out: " + freed.problem().message));
    for (const auto& generation : plan.removed) {
        if (notes.size() == most_named) {
            notes.emplace_back("… and more");
            break;
        }
        notes.push_back(fmt::format("deletes generation {} of {}: {}", generation.number,
                                    day_of(generation.made), generation.path.name()));
    }
    for (const auto& each : kept) {
        notes.push_back("keeps " + std::string(each.path.name()) + ", because " + each.why);
    }
    return notes;
}

Result<Notes> preview_vacuum(const PreviewTools& tools, const std::stop_token& stop) {
    const std::string folder = tools.machine.on_host("/var/log/journal");
    const std::string volatile_folder = tools.machine.on_host("/run/log/journal");
    if (::access(folder.c_str(), F_OK) != 0 && ::access(volatile_folder.c_str(), F_OK) != 0) {
        return Problem{.code = "no_journal",
                       .message = "this machine has no journal of systemd to shrink",
                       .where = "/var/log/journal"};
    }
    for (const std::string program :
         {"/run/current-system/sw/bin/journalctl", "/usr/bin/journalctl"}) {
        if (::access(tools.machine.on_host(program).c_str(), X_OK) != 0) {
            continue;
        }
        const auto outcome = sandbox::run(tools.machine.inside(program, {"--disk-usage"}), stop);
        const auto said = core::lines(core::trim(outcome.out.bytes));
        if (outcome.succeeded() && !said.empty()) {
            return Notes{"now: " + core::printable(core::shorten(said.back(), 300))};
        }
    }
    return Notes{"how large the journal is now could not be read"};
}

Problem no_such_unit(const std::string& name) {
    return {.code = "no_such_unit",
            .message = "the machine has no unit " + name + " loaded; an alias is not taken",
            .where = name,
            .hint = "`systemctl list-units --all` names them"};
}

Result<Notes> preview_unit(const std::string& name, bool resets, const PreviewTools& tools) {
    const auto units = tools.machine.units().list();
    const auto* unit = machine::find_unit(units, name);
    if (unit == nullptr || unit->load == "not-found") {
        return no_such_unit(name);
    }
    if (resets && !unit->failed()) {
        return Problem{.code = "not_failed",
                       .message = name + " has not failed: it is " + unit->active,
                       .where = name,
                       .hint = "there is nothing to reset; `agentctl restart " + name +
                               "` proposes to start it anew"};
    }
    Notes notes{"now: " + name + " is " + core::printable(unit->active) + " (" +
                core::printable(unit->sub) + ")" +
                (unit->result.empty() || unit->result == "success"
                     ? ""
                     : ", its last result was " + core::printable(unit->result))};
    if (unit->restarts > 0) {
        notes.push_back("it restarted by itself " + std::to_string(unit->restarts) + " times");
    }
    return notes;
}

} // namespace

Result<Notes> preview(const proposals::Act& act, const PreviewTools& tools,
                      const std::stop_token& stop) {
    return core::match(
        act, [&](const proposals::GcOlderThan& gc) { return preview_gc(gc, tools, stop); },
        [&](const proposals::VacuumJournal&) { return preview_vacuum(tools, stop); },
        [&](const proposals::RestartUnit& restart) {
            return preview_unit(restart.unit.str(), false, tools);
        },
        [&](const proposals::ResetFailed& reset) {
            return preview_unit(reset.unit.str(), true, tools);
        });
}

} // namespace agentd::stages
