#include "evaluator/switching/mounts.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::evaluator::switching {
namespace {

using effects::Side;
using proposals::UnitAction;

struct Mount {
    std::string device{};
    std::string type{};
    std::string options{};
};

/// By place; of swap by `swap <device>`.
using Mounts = std::map<std::string, Mount>;

Mounts mounts_of(const Side& side) {
    Mounts out;
    const auto* text = side.tree.file("etc/fstab");
    for (const auto line : text == nullptr ? std::vector<std::string_view>{} : core::lines(*text)) {
        std::vector<std::string> fields;
        for (const auto word : core::split(line, ' ')) {
            for (const auto field : core::split(word, '\t')) {
                if (!field.empty()) {
                    fields.emplace_back(field);
                }
            }
        }
        if (fields.size() >= 3 && !fields[0].starts_with('#')) {
            const auto& place = fields[2] == "swap" ? "swap " + fields[0] : fields[1];
            out[place] = {fields[0], fields[2], fields.size() > 3 ? fields[3] : ""};
        }
    }
    return out;
}

/// As `systemd-escape --path`.
std::string escaped(const std::string& path) {
    std::string out;
    for (const auto part : core::split(path, '/')) {
        if (part.empty()) {
            continue;
        }
        out += out.empty() ? "" : "-";
        for (const char c : part) {
            const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                               (c >= '0' && c <= '9') || c == '_' || c == ':' ||
                               (c == '.' && !out.empty());
            constexpr std::string_view hex = "0123456789abcdef";
            const auto byte = static_cast<unsigned char>(c);
            out +=
                plain ? std::string(1, c) : std::string("\\x") + hex[byte >> 4U] + hex[byte & 15U];
        }
    }
    return out.empty() ? "-" : out;
}

bool is_swap(const Mount& mount) {
    return mount.type == "swap";
}

std::string unit_of(const std::string& place, const Mount& mount) {
    return is_swap(mount) ? escaped(mount.device) + ".swap" : escaped(place) + ".mount";
}

bool has_option(const Mount& mount, std::string_view option) {
    const auto all = core::split(mount.options, ',');
    return std::find(all.begin(), all.end(), option) != all.end();
}

/// NixOS up to 22.11 unmounts also the root and the store when their device is another. Its switch
/// is a program in Perl that can be read; what is none is newer.
bool keeps_the_root(const Side& side) {
    const auto* text = side.tree.file("bin/switch-to-configuration");
    if (text == nullptr || !text->starts_with("#!") ||
        std::string_view(*text).substr(0, text->find('\n')).find("perl") ==
            std::string_view::npos) {
        return true;
    }
    const auto lines = core::lines(*text);
    return std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
        line = line.substr(0, line.find('#'));
        return line.find("eq '/nix'") != line.npos || line.find("eq \"/nix\"") != line.npos;
    });
}

UnitAction changed(const Mount& before, const Mount& after, bool kept) {
    const bool other = before.device != after.device || before.type != after.type;
    if (is_swap(before)) {
        return UnitAction::none;
    }
    if (before.options != after.options && (!other || kept)) {
        return UnitAction::reload;
    }
    return !other ? UnitAction::none : kept ? UnitAction::keep : UnitAction::restart;
}

/// What is mounted on demand is waited for, and mounted then.
std::string started_unit(const std::string& place, const Mount& mount) {
    return has_option(mount, "x-systemd.automount") ? escaped(place) + ".automount"
                                                    : unit_of(place, mount);
}

bool is_started(const Mount& mount) {
    return !has_option(mount, "noauto") || has_option(mount, "x-systemd.automount");
}

} // namespace

void add_mounts(const Side& before, const Side& after,
                std::map<std::string, proposals::UnitMove>& out) {
    const auto old_ones = mounts_of(before), new_ones = mounts_of(after);
    const bool keeps = keeps_the_root(after);
    for (const auto& [place, mount] : old_ones) {
        const auto found = new_ones.find(place);
        const auto unit = unit_of(place, mount);
        const auto action =
            found == new_ones.end()
                ? UnitAction::stop
                : changed(mount, found->second, keeps && (place == "/" || place == "/nix"));
        if (action != UnitAction::none) {
            out[unit] = {.unit = unit, .action = action};
        }
    }
    for (const auto& [place, mount] : new_ones) {
        const auto found = old_ones.find(place);
        if (is_started(mount) && (found == old_ones.end() || !is_started(found->second))) {
            const auto unit = started_unit(place, mount);
            out[unit].unit = unit;
            out[unit].wanted = true;
        }
    }
}

} // namespace agentd::evaluator::switching
