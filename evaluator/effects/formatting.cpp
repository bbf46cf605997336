#include "evaluator/effects/formatting.hpp"

#include "evaluator/effects/store_text.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

constexpr std::array<std::string_view, 12> formatting{
    "mkswap",    "mkfs",         "wipefs",  "sgdisk",     "sfdisk",
    "parted",    "zpool create", "of=/dev", "luksFormat", "cryptsetup open --type plain",
    "plainOpen", "blkdiscard"};

bool formats(std::string_view line) {
    return std::any_of(formatting.begin(), formatting.end(),
                       [&](std::string_view word) { return line.find(word) != line.npos; });
}

/// Its commands and what the scripts say that they name, without the hashes.
std::set<std::string> lines_of(const Unit& unit, const Side& side) {
    constexpr std::size_t longest = 1U << 20;
    constexpr std::size_t most = 16;
    const auto& prefix = side.store.prefix();
    std::set<std::string> out;
    std::size_t scripts = 0;
    const auto take = [&](const std::string& text) {
        for (const auto line : core::lines(text))
            if (const auto clean = core::trim(line); formats(clean) && clean.front() != '#')
                out.insert(without_hashes(std::string(clean), prefix));
    };
    for (const auto& command : unit.commands()) {
        bool script = false; // the name of one says nothing
        for (const auto& reference : store_references(command, prefix)) {
            const auto path = command.substr(reference.begin, reference.full_end - reference.begin);
            const auto text = ++scripts > most ? std::nullopt : side.store.read(path, longest);
            if (text && text->starts_with("#!")) {
                take(*text);
                script = true;
            }
        }
        if (!script)
            take(command);
    }
    return out;
}

} // namespace

void tell_formatting(const Side& before, const Side& after, Sink& sink) {
    for (const auto& [name, unit] : after.units) {
        const auto old_unit = before.units.find(name);
        const bool known = old_unit != before.units.end();
        if (unit.masked || !unit.has_commands() || (known && old_unit->second == unit))
            continue;
        const auto had = known ? lines_of(old_unit->second, before) : std::set<std::string>{};
        std::vector<std::string> fresh;
        for (const auto& line : lines_of(unit, after))
            if (!had.contains(line))
                fresh.push_back(line);
        if (fresh.empty())
            continue;
        auto effect = effect_of("storage", "format_at_boot", name, Risk::critical,
                                name + " formats a disk or overwrites a file: what is there now "
                                       "is lost");
        effect.after = core::join(fresh, "\n");
        sink.add(std::move(effect));
    }
}

} // namespace agentd::evaluator::effects
