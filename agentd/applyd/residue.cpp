#include "agentd/applyd/residue.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::applyd {

namespace {

using proposals::Effect;

constexpr std::size_t most_lines = 24;
constexpr std::size_t longest_name = 120;

bool runs_a_program(const Effect& effect) {
    return effect.subject.ends_with(".service");
}

std::string one_line(const std::string& text) {
    std::string line = core::printable(core::shorten(core::to_utf8(text), longest_name));
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
}

/// The folders that systemd makes for a service bear its name, as a rule.
std::string folder_of(const std::string& unit) {
    return "/var/lib/" + unit.substr(0, unit.find_first_of("@."));
}

/// "" when going back undoes it.
std::string left_by(const Effect& effect) {
    const std::string name = one_line(effect.subject);
    if (name.starts_with("specialisation/")) {
        return {}; // a system that was not started
    }
    if (effect.kind == "user_added") {
        return "user " + name + ", its home, and every file it owns are still there";
    }
    if (effect.kind == "group_added") {
        return "group " + name + " is still there";
    }
    if (effect.kind == "user_removed") {
        return "user " + name + " was taken away for a while: what it ran was ended";
    }
    if (effect.kind == "unit_added" && runs_a_program(effect)) {
        return "what " + name + " wrote while it ran is still there; look in " + folder_of(name);
    }
    if (effect.kind == "unit_changed" && runs_a_program(effect)) {
        return "what " + name +
               " wrote in its new form is still there: a database it migrated is not migrated back";
    }
    if (effect.kind == "unit_removed" && runs_a_program(effect)) {
        return name + " was stopped for a while: what it did not do then is not done";
    }
    if (effect.area == "scripts") {
        return "what " + name + " of the new system did outside of /etc and /run is not undone";
    }
    if (effect.kind.find("data_loss") != std::string::npos) {
        return "data that is gone stays gone: " + one_line(effect.sentence);
    }
    return {};
}

} // namespace

std::vector<std::string> residue_of(const proposals::Effects& effects) {
    std::vector<std::string> lines;
    std::size_t more = 0;
    for (const Effect& effect : effects.effects) {
        std::string line = left_by(effect);
        if (line.empty()) {
            continue;
        }
        if (lines.size() + 1 < most_lines) {
            lines.push_back(std::move(line));
        } else {
            ++more;
        }
    }
    if (more > 0 || effects.truncated) {
        lines.push_back(effects.truncated ? "and more: the list of changes was cut off"
                                          : "and " + std::to_string(more) + " more like these");
    }
    return lines;
}

} // namespace agentd::applyd
