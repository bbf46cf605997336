#include "evaluator/effects/unit_file.hpp"

#include "evaluator/effects/unit_drop_ins.hpp"

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

/// Settings that an empty assignment clears (systemd.exec(5), systemd.service(5)). Of all others it
/// is passed over, or clears more than itself: then what was assigned tells.
constexpr std::array lists{"Environment",
                           "EnvironmentFile",
                           "PassEnvironment",
                           "UnsetEnvironment",
                           "ReadWritePaths",
                           "ReadOnlyPaths",
                           "InaccessiblePaths",
                           "ExecPaths",
                           "NoExecPaths",
                           "BindPaths",
                           "BindReadOnlyPaths",
                           "TemporaryFileSystem",
                           "SupplementaryGroups",
                           "SystemCallFilter",
                           "RestrictAddressFamilies",
                           "LoadCredential",
                           "SetCredential",
                           "DeviceAllow",
                           "IPAddressAllow",
                           "IPAddressDeny",
                           "AmbientCapabilities",
                           "CapabilityBoundingSet",
                           "User",
                           "Group",
                           "Documentation"};

/// Some that stand side by side, and are cleared together by an empty one of them.
std::string_view family_of(const std::string& key) {
    static constexpr std::array families{"Unit.Condition", "Unit.Assert", "Timer.On",
                                         "Socket.Listen", "Path."};
    for (const std::string_view start : families)
        if (key.starts_with(start))
            return start;
    return {};
}

/// An odd number of backslashes at its end: of two, one escapes the other.
bool goes_on(std::string_view line) {
    const auto last = line.find_last_not_of('\\');
    const auto slashes = last == line.npos ? line.size() : line.size() - last - 1;
    return slashes % 2 == 1;
}

void mark(Unit& unit, std::string why) {
    unit.readable = false;
    unit.trouble = std::move(why);
}

/// A link to nothing, or an empty file, switches the unit off; as a drop-in it is none.
bool is_nothing(const Node& node) {
    return node.kind == Node::Kind::outside ? node.target == "/dev/null"
                                            : node.kind == Node::Kind::file && node.size == 0;
}

void merge_node(Unit& unit, const std::string& path, const Node& node, bool drop_in) {
    unit.paths.insert(path);
    if (is_nothing(node))
        unit.masked = unit.masked || !drop_in;
    else if (node.kind == Node::Kind::outside)
        mark(unit, "it is a link to " + node.target + ", which lies outside the store");
    else if (node.kind != Node::Kind::file)
        mark(unit, "it is " + (node.why.empty() ? "not a file" : node.why));
    else if (!merge_unit_text(node.bytes(), unit.settings, unit.assigned))
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

/// That a unit be started: a link, of which the name alone counts; one to nothing is no wish.
void read_wish(Unit& unit, const std::string& path, std::string by, const Node& node) {
    unit.paths.insert(path);
    if (is_nothing(node))
        return;
    const auto folder = node.target.substr(0, node.target.rfind('/'));
    if (node.kind == Node::Kind::file &&
        (folder.ends_with(".wants") || folder.ends_with(".requires") ||
         folder.ends_with(".upholds")))
        mark(unit, "what wants it started is a file and no link");
    unit.pulled_in_by.insert(std::move(by));
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
            merge_node(unit, path, node, false);
        }
        return;
    }
    const auto inner = std::string(rest.substr(slash + 1));
    if (inner.find('/') != std::string::npos)
        return;
    for (const std::string_view how : {".wants", ".requires", ".upholds"})
        if (name.ends_with(how) && is_unit_name(inner))
            read_wish(units[inner], path, name.substr(0, name.size() - how.size()), node);
}

/// systemd reads those right in the folder that are not hidden; the rest is left to nobody.
void read_drop_in(const std::string& path, std::string_view rest, const Node& node, DropIns& out) {
    const auto slash = rest.find('/');
    const auto folder = rest.substr(0, slash);
    const auto file = slash == rest.npos ? std::string_view{} : rest.substr(slash + 1);
    if (!folder.ends_with(".d") || file.find('/') != file.npos || file.starts_with('.') ||
        !file.ends_with(".conf"))
        return;
    const auto name = std::string(folder.substr(0, folder.size() - 2));
    const bool for_a_type =
        std::find(suffixes.begin(), suffixes.end(), "." + name) != suffixes.end();
    if (is_unit_name(name) || for_a_type)
        out[for_a_type ? name + ".d" : name].push_back(
            {.file = std::string(file), .path = path, .node = &node});
}

} // namespace

bool is_list_setting(std::string_view key) {
    const auto name = key.substr(key.rfind('.') + 1);
    return name.starts_with("Exec") || std::find(lists.begin(), lists.end(), name) != lists.end();
}

std::vector<std::string> unit_lines(std::string_view text) {
    std::vector<std::string> out;
    std::string current;
    bool continued = false;
    for (const auto line : core::lines(text)) {
        const auto trimmed = core::trim(line);
        if (trimmed.empty() && !continued)
            continue;
        if (!trimmed.empty() && (trimmed.front() == '#' || trimmed.front() == ';'))
            continue;
        continued = goes_on(line);
        current += continued ? line.substr(0, line.size() - 1) : line;
        if (continued) {
            current += ' ';
            continue;
        }
        out.emplace_back(core::trim(current));
        current.clear();
    }
    if (const auto rest = core::trim(current); !rest.empty())
        out.emplace_back(rest);
    std::erase(out, "");
    return out;
}

bool merge_unit_text(std::string_view text, UnitSettings& settings, Assignments& assigned) {
    if (has_control_character(text) || !core::is_utf8(text))
        return false;
    std::string section;
    bool clear = true;
    for (const auto& line : unit_lines(text)) {
        if (line.front() == '[' && line.back() == ']') {
            section = line.substr(1, line.size() - 2);
            continue;
        }
        const auto equals = line.find('=');
        if (equals == std::string::npos || section.empty() || line.front() == '[') {
            clear = false;
            continue;
        }
        const auto key = section + "." + std::string(core::trim(line.substr(0, equals)));
        const auto value = std::string(core::trim(std::string_view(line).substr(equals + 1)));
        assigned[key].push_back(value);
        if (const auto family = family_of(key); !family.empty())
            assigned[std::string(family) + "*"].push_back(key + "=" + value);
        auto& values = settings[key];
        if (!value.empty())
            values.push_back(value);
        else if (is_list_setting(key))
            values.clear();
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
        if (key.find(".Exec") != std::string::npos && !key.ends_with("Path") &&
            !key.ends_with("Paths")) // ExecSearchPath, ExecPaths: no commands
            for (const auto& value : values)
                out.push_back(key.substr(key.find('.') + 1) + "=" + value);
    return out;
}

bool Unit::has_commands() const {
    return !commands().empty();
}

Units read_units(const Tree& tree, std::string_view directory) {
    Units units;
    DropIns drop_ins;
    const auto start = std::string(directory) + "/";
    for (auto at = tree.nodes.lower_bound(start);
         at != tree.nodes.end() && at->first.starts_with(start); ++at) {
        const auto rest = std::string_view(at->first).substr(start.size());
        read_entry(tree, at->first, rest, at->second, units);
        read_drop_in(at->first, rest, at->second, drop_ins);
    }
    // They come after the unit's own file.
    for (const auto& [name, list] : settled(std::move(drop_ins), units))
        for (const auto& each : list) {
            merge_node(units[name], each.path, *each.node, true);
            if (each.ambiguous)
                mark(units[name], "two of its names have a drop-in " + each.file);
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

} // namespace agentd::evaluator::effects
