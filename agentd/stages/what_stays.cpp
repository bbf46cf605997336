#include "agentd/stages/what_stays.hpp"

#include "agentd/core/text.hpp"

#include <set>
#include <string_view>

namespace agentd::stages {

namespace {

using proposals::Effect;
using proposals::Effects;

constexpr std::size_t most_names = 12;
constexpr std::size_t most_notes = 40;

/// Subjects of these kinds, each once.
std::vector<std::string> subjects(const Effects& effects,
                                  std::initializer_list<std::string_view> kinds,
                                  std::string_view suffix = {}) {
    std::set<std::string> found;
    for (const Effect& effect : effects.effects) {
        for (const auto kind : kinds) {
            if (effect.kind == kind && effect.subject.ends_with(suffix) &&
                !effect.subject.starts_with("specialisation/")) { // that is not started
                found.insert(core::printable(core::shorten(effect.subject, 80)));
            }
        }
    }
    return {found.begin(), found.end()};
}

std::string listed(std::vector<std::string> names) {
    const std::size_t more = names.size() > most_names ? names.size() - most_names : 0;
    names.resize(names.size() - more);
    return core::join(names, ", ") + (more == 0 ? "" : " and " + std::to_string(more) + " more");
}

bool any(const Effects& effects, std::string_view kind) {
    return !subjects(effects, {kind}).empty();
}

void units(const Effects& effects, std::vector<std::string>& notes) {
    const auto gone = subjects(effects, {"unit_removed"}, ".service");
    if (!gone.empty()) {
        notes.push_back("what " + listed(gone) +
                        " wrote stays on disk (below /var/lib, databases too); nothing reads it "
                        "until the service comes back");
    }
    const auto changed = subjects(effects, {"unit_changed", "unit_root_exec"}, ".service");
    if (!changed.empty()) {
        notes.push_back("the data of " + listed(changed) +
                        " stays as the present version left it; a format that was migrated is not "
                        "migrated back");
    }
    const auto added = subjects(effects, {"unit_added"}, ".service");
    if (!added.empty()) {
        notes.push_back(listed(added) + " finds the data that it left, as old as it is");
    }
    const auto mounts = subjects(effects, {"unit_removed", "unit_changed"}, ".mount");
    if (!mounts.empty()) {
        notes.push_back("the file systems of " + listed(mounts) + " keep what is on them");
    }
}

void accounts(const Effects& effects, std::vector<std::string>& notes) {
    const auto gone = subjects(effects, {"user_removed"});
    if (!gone.empty()) {
        notes.push_back("homes and files of " + listed(gone) + " stay, owned by a bare number");
    }
    const auto changed = subjects(effects, {"user_changed", "user_added"});
    if (!changed.empty()) {
        notes.push_back("homes of " + listed(changed) +
                        " stay as they are, and passwords that were changed by hand");
    }
}

void system_parts(const Effects& effects, std::vector<std::string>& notes) {
    if (effects.closure.paths_removed > 0) {
        notes.push_back(std::to_string(effects.closure.paths_removed) +
                        " store paths of the present system stay in /nix/store until garbage is "
                        "collected; the way forward stays open as long");
    }
    if (any(effects, "kernel_changed") || any(effects, "initrd_changed") ||
        any(effects, "kernel_params") || effects.reboot_needed) {
        notes.push_back("the kernel that runs stays until the next boot");
    }
    if (any(effects, "activation_changed")) {
        notes.push_back("what activation scripts of the present system did outside /etc stays "
                        "done");
    }
    if (any(effects, "agentd_changed")) {
        notes.push_back("agentd's own log and state stay, written by the present version");
    }
    notes.emplace_back("the system profile keeps every generation and gets a new one; profiles of "
                       "users do not move, and neither does the flake");
}

} // namespace

std::vector<std::string> what_stays(const Effects& effects) {
    std::vector<std::string> notes;
    units(effects, notes);
    accounts(effects, notes);
    if (!subjects(effects, {"ssh_key_removed", "ssh_key_added"}).empty()) {
        notes.emplace_back("sessions that are open stay open, whatever keys come or go");
    }
    system_parts(effects, notes);
    if (effects.truncated) {
        notes.emplace_back("there are more effects than are listed, so more may stay");
    }
    if (notes.size() > most_notes) {
        notes.resize(most_notes);
    }
    return notes;
}

} // namespace agentd::stages
