/// The release the system was built from, and agentd itself.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/unit_file.hpp"

#include "agentd/core/text.hpp"

#include <array>

namespace agentd::evaluator::effects {
namespace {

std::string first_line(const std::string* text) {
    return text == nullptr ? std::string{} : std::string(core::trim(*text));
}

Effect system(std::string kind, const std::string& subject, Risk risk, std::string sentence) {
    return effect_of("system", std::move(kind), subject, risk, std::move(sentence));
}

void release(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    static constexpr std::array files{"nixos-version", "system", "init-interface-version"};
    for (const auto* path : files) {
        if (differing(before, after, path).count(path) == 0 ||
            !is_text_or_absent(before, after, path))
            continue;
        claims.claim(path);
        auto effect =
            system("release_changed", path, Risk::high,
                   "the system is built from another release (" + std::string(path) + ")");
        effect.before = first_line(before.tree.file(path));
        effect.after = first_line(after.tree.file(path));
        sink.add(std::move(effect));
    }
    // The commit a system was built from differs for every change; it acts on nothing, and neither
    // do a copy of the configuration and the list of what else is kept in the store.
    for (const auto* path : {"configuration-revision", "configuration-name", "configuration.nix",
                             "extra-dependencies"}) {
        if (differing(before, after, path).count(path) == 0 ||
            !is_text_or_absent(before, after, path))
            continue;
        claims.claim(path);
        sink.add({.area = "etc",
                  .kind = "etc_changed",
                  .subject = path,
                  .before = first_line(before.tree.file(path)),
                  .after = first_line(after.tree.file(path)),
                  .risk = Risk::none,
                  .sentence = "the name of what the system was built from changes"});
    }
    // The boot loader's menu is written with it.
    const auto* name = after.tree.file("configuration-name");
    if (name != nullptr && core::trim(*name).find_first_of("\"{}$\\\n") != std::string_view::npos &&
        differing(before, after, "configuration-name").contains("configuration-name"))
        sink.add(effect_of("unclassified", "unclassified_changed", "configuration-name", Risk::high,
                           "the name of the system holds signs that the boot loader may take for "
                           "commands"));
}

bool is_own_unit(const std::string& name) {
    return name.starts_with("agentd");
}

void own_units(const Side& before, const Side& after, Sink& sink) {
    std::set<std::string> names;
    for (const auto* units : {&before.units, &after.units})
        for (const auto& [name, unit] : *units)
            names.insert(name);
    static const Unit none;
    const auto of = [](const auto& units, const std::string& name) -> const Unit& {
        const auto found = units.find(name);
        return found == units.end() ? none : found->second;
    };
    for (const auto& name : names) {
        const auto& old_unit = of(before.units, name);
        const auto& new_unit = of(after.units, name);
        if (old_unit == new_unit)
            continue;
        if (is_own_unit(name))
            sink.add(system("agentd_changed", name, Risk::critical,
                            "agentd itself changes: " + name +
                                (new_unit.paths.empty() || new_unit.masked
                                     ? " is removed or switched off"
                                     : " is not what it was")));
        for (const auto* key : {"Unit.Conflicts", "Unit.PropagatesStopTo"})
            if (const auto found = new_unit.settings.find(key);
                found != new_unit.settings.end() && !is_own_unit(name))
                for (const auto& value : found->second)
                    if (value.find("agentd") != std::string::npos ||
                        value.find('%') != std::string::npos)
                        sink.add(system("agentd_changed", name, Risk::critical,
                                        name + " may stop agentd when it starts"));
    }
}

} // namespace

void classify_system(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    release(before, after, claims, sink);
    own_units(before, after, sink);
    Comparer comparer(before, after);
    for (const auto& path : differing(before, after, "etc/agentd/")) {
        if (!is_text_or_absent(before, after, path))
            continue;
        claim_file(before, after, path, claims);
        comparer.forget_lines();
        comparer.nodes(before.tree.find(path), after.tree.find(path));
        auto effect = system("agentd_changed", path, Risk::critical,
                             "what agentd is allowed or told changes: " + path + " is " +
                                 how_it_differs(before, after, path));
        if (!comparer.lines().empty())
            effect.after = core::join(comparer.lines(), "\n");
        sink.add(std::move(effect));
    }
}

} // namespace agentd::evaluator::effects
