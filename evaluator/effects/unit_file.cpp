#include "evaluator/effects/unit_file.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

constexpr std::array suffixes{".service", ".socket", ".timer", ".target",    ".path",  ".mount",
                              ".swap",    ".slice",  ".scope", ".automount", ".device"};

bool is_unit_name(std::string_view name) {
    return std::any_of(suffixes.begin(), suffixes.end(), [&](std::string_view suffix) {
        return name.size() > suffix.size() && name.ends_with(suffix);
    });
}

bool has_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
    });
}

/// Lines with continuations joined by a space and comments dropped, also between continued lines.
std::vector<std::string> logical_lines(std::string_view text) {
    std::vector<std::string> out;
    std::string current;
    bool continued = false;
    for (const auto line : core::lines(text)) {
        const auto trimmed = core::trim(line);
        if (trimmed.empty() && !continued)
            continue;
        if (!trimmed.empty() && (trimmed.front() == '#' || trimmed.front() == ';'))
            continue;
        const bool goes_on = line.ends_with('\\');
        current += goes_on ? line.substr(0, line.size() - 1) : line;
        continued = goes_on;
        if (goes_on) {
            current += ' ';
            continue;
        }
        out.push_back(std::string(core::trim(current)));
        current.clear();
    }
    if (const auto rest = core::trim(current); !rest.empty())
        out.emplace_back(rest);
    return out;
}

void mark(Unit& unit, std::string why) {
    unit.readable = false;
    unit.trouble = std::move(why);
}

void merge_node(Unit& unit, const std::string& path, const Node& node) {
    unit.paths.insert(path);
    if (node.kind == Node::Kind::outside && node.target == "/dev/null")
        unit.masked = true;
    else if (node.kind == Node::Kind::outside)
        mark(unit, "it is a link to " + node.target + ", which lies outside the store");
    else if (node.kind != Node::Kind::file)
        mark(unit, "it is " + (node.why.empty() ? "not a file" : node.why));
    else if (node.bytes().empty() && path.find(".d/") == std::string::npos)
        unit.masked = true;
    else if (!merge_unit_text(node.bytes(), unit.settings))
        mark(unit, "it holds lines that are no settings");
}

/// A link to the very file of another unit is that unit under this name. Of any other file what
/// counts is what it says, whatever it is called: systemd runs it under the link's name.
bool is_alias(const Tree& tree, const std::string& path, std::string_view name,
              const std::string& real, const Node& node) {
    if (node.kind != Node::Kind::file || real == name || !is_unit_name(real))
        return false;
    const auto* other = tree.find(path.substr(0, path.size() - name.size()) + real);
    return other != nullptr && other->kind == Node::Kind::file && other->target == node.target;
}

void read_entry(const Tree& tree, const std::string& path, std::string_view rest, const Node& node,
                Units& units) {
    const auto slash = rest.find('/');
    const auto name = std::string(rest.substr(0, slash));
    if (slash == std::string_view::npos) {
        if (!is_unit_name(name))
            return;
        auto& unit = units[name];
        const auto real = node.target.substr(node.target.rfind('/') + 1);
        if (is_alias(tree, path, name, real, node)) {
            unit.aliases.insert(real);
            unit.paths.insert(path);
        } else {
            merge_node(unit, path, node);
        }
        return;
    }
    const auto inner = std::string(rest.substr(slash + 1));
    if (inner.find('/') != std::string::npos)
        return;
    for (const std::string_view how : {".wants", ".requires", ".upholds"})
        if (name.ends_with(how) && is_unit_name(inner)) {
            auto& unit = units[inner];
            unit.pulled_in_by.insert(name.substr(0, name.size() - how.size()));
            unit.paths.insert(path);
        }
}

/// Drop-ins come after the unit's own file, in the order of their names.
void read_drop_in(const std::string& path, std::string_view rest, const Node& node, Units& units) {
    const auto slash = rest.find(".d/");
    if (slash == std::string_view::npos || !rest.ends_with(".conf"))
        return;
    const auto name = std::string(rest.substr(0, slash));
    const bool for_a_type =
        std::find(suffixes.begin(), suffixes.end(), "." + name) != suffixes.end();
    if (is_unit_name(name) || for_a_type)
        merge_node(units[for_a_type ? name + ".d" : name], path, node);
}

} // namespace

bool merge_unit_text(std::string_view text, UnitSettings& settings) {
    if (has_control_character(text) || !core::is_utf8(text))
        return false;
    std::string section;
    bool clear = true;
    for (const auto& line : logical_lines(text)) {
        if (line.empty())
            continue;
        if (line.front() == '[' && line.back() == ']') {
            section = line.substr(1, line.size() - 2);
            continue;
        }
        const auto equals = line.find('=');
        if (equals == std::string::npos || section.empty()) {
            clear = false;
            continue;
        }
        const auto key = section + "." + std::string(core::trim(line.substr(0, equals)));
        const auto value = std::string(core::trim(std::string_view(line).substr(equals + 1)));
        auto& values = settings[key];
        if (value.empty())
            values.clear();
        else
            values.push_back(value);
    }
    return clear;
}

std::string Unit::last(const std::string& key) const {
    const auto found = settings.find(key);
    return found == settings.end() || found->second.empty() ? std::string{} : found->second.back();
}

std::vector<std::string> Unit::commands() const {
    std::vector<std::string> out;
    for (const auto& [key, values] : settings)
        if (key.find(".Exec") != std::string::npos && key.find(".ExecSearchPath") == key.npos)
            for (const auto& value : values)
                out.push_back(key.substr(key.find('.') + 1) + "=" + value);
    return out;
}

bool Unit::has_commands() const {
    return !commands().empty();
}

Units read_units(const Tree& tree, std::string_view directory) {
    Units units;
    const auto start = std::string(directory) + "/";
    for (const bool drop_ins : {false, true})
        for (auto at = tree.nodes.lower_bound(start);
             at != tree.nodes.end() && at->first.starts_with(start); ++at) {
            const auto rest = std::string_view(at->first).substr(start.size());
            if (drop_ins)
                read_drop_in(at->first, rest, at->second, units);
            else
                read_entry(tree, at->first, rest, at->second, units);
        }
    return units;
}

bool runs_as_root(const Unit& unit) {
    const auto commands = unit.commands();
    if (commands.empty())
        return false;
    for (const auto& command : commands) {
        const auto value = std::string_view(command).substr(command.find('=') + 1);
        if (value.substr(0, value.find_first_not_of("@-:+!|")).find_first_of("+!") != value.npos)
            return true;
    }
    const auto user = unit.last("Service.User");
    const auto dynamic = core::to_lower(unit.last("Service.DynamicUser"));
    const bool is_dynamic =
        dynamic == "yes" || dynamic == "true" || dynamic == "1" || dynamic == "on";
    if (user.empty())
        return !is_dynamic;
    return user == "root" || user == "0" || user.find('%') != std::string::npos;
}

std::string mutable_program(const Unit& unit, std::string_view store_prefix) {
    static constexpr std::array shaky{"/tmp", "/var/tmp", "/dev/shm", "/home", "/run/user"};
    for (const auto& command : unit.commands()) {
        auto value = std::string_view(command).substr(command.find('=') + 1);
        value.remove_prefix(std::min(value.find_first_not_of("@-:+!| \""), value.size()));
        const auto program = value.substr(0, value.find_first_of(" \t\""));
        const bool fixed = program.starts_with(std::string(store_prefix) + "/") ||
                           program.starts_with("/run/current-system/") ||
                           program.starts_with("/run/wrappers/bin/") ||
                           program.starts_with("/run/booted-system/");
        if (!fixed || program.find("/../") != program.npos)
            return std::string(program);
        for (const std::string_view place : shaky)
            if (const auto at = value.find(std::string(" ") + std::string(place) + "/");
                at != value.npos)
                return std::string(
                    value.substr(at + 1, value.find_first_of(" \t\"", at + 1) - at - 1));
    }
    return {};
}

} // namespace agentd::evaluator::effects
