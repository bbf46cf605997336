/// What the running kernel is told: sysctl, and which modules are loaded and how.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/hardening.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

Effect setting(std::string kind, const std::string& subject, Risk risk, std::string sentence) {
    return effect_of("boot", std::move(kind), subject, risk, std::move(sentence));
}

/// As systemd's sysctl_normalize does it: the first separator of the two says which one parts the
/// names; where it is a slash, a dot is of a name, and the other way round.
std::string normalized(std::string key) {
    if (const auto first = key.find_first_of("./"); first != key.npos && key[first] == '.')
        for (auto& c : key)
            c = c == '.' ? '/' : c == '/' ? '.' : c;
    return key;
}

/// Of the name of a file below /proc/sys: what people write.
std::string shown(std::string key) {
    for (auto& c : key)
        c = c == '/' ? '.' : c == '.' ? '/' : c;
    return key;
}

/// Key -> value of all files, the last file's name counting (sysctl.d(5)).
bool read_sysctl(const Side& side, std::map<std::string, std::string>& out) {
    constexpr std::string_view folder = "etc/sysctl.d/";
    for (auto at = side.tree.nodes.lower_bound(std::string(folder));
         at != side.tree.nodes.end() && at->first.starts_with(folder); ++at) {
        if (at->second.kind != Node::Kind::file)
            return false;
        for (const auto line : core::lines(at->second.bytes())) {
            const auto clean = core::trim(line);
            if (clean.empty() || clean.front() == '#' || clean.front() == ';')
                continue;
            const auto equals = clean.find('=');
            auto key = std::string(core::trim(clean.substr(0, equals)));
            if (key.starts_with('-'))
                key = key.substr(1);
            out[shown(normalized(std::move(key)))] =
                equals == clean.npos ? "" : std::string(core::trim(clean.substr(equals + 1)));
        }
    }
    return true;
}

void sysctl(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    std::map<std::string, std::string> old_ones;
    std::map<std::string, std::string> new_ones;
    const auto paths = differing(before, after, "etc/sysctl.d/");
    if (paths.empty() || !read_sysctl(before, old_ones) || !read_sysctl(after, new_ones))
        return;
    for (const auto& path : paths)
        claim_file(before, after, path, claims);
    std::set<std::string> keys;
    for (const auto* side : {&old_ones, &new_ones})
        for (const auto& [key, value] : *side)
            keys.insert(key);
    Comparer comparer(before, after);
    for (const auto& key : keys) {
        const auto of = [&](const auto& side) {
            const auto found = side.find(key);
            return found == side.end() ? std::nullopt : std::optional(found->second);
        };
        const auto old_value = of(old_ones);
        const auto new_value = of(new_ones);
        if (old_value == new_value ||
            (old_value && new_value && comparer.texts(*old_value, *new_value) == Likeness::builds))
            continue;
        // A pattern fits what it likes, and an empty part is passed over.
        const bool odd = key.find_first_of("*?[{") != key.npos || key.find("..") != key.npos;
        const bool bad = odd || guarding_of_sysctl(key, old_value, new_value) == Guarding::less;
        auto effect = setting("sysctl_changed", key, bad ? Risk::critical : Risk::high,
                              "the kernel setting " + key + " changes");
        effect.before = old_value;
        effect.after = new_value;
        sink.add(std::move(effect));
    }
}

void modules(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    Comparer comparer(before, after);
    for (const auto* folder : {"etc/modprobe.d/", "etc/modules-load.d/"})
        for (const auto& path : differing(before, after, folder)) {
            if (!is_text_or_absent(before, after, path))
                continue;
            claim_file(before, after, path, claims);
            if (comparer.nodes(before.tree.find(path), after.tree.find(path)) == Likeness::builds) {
                tell_builds(path, sink);
                continue;
            }
            const auto lines = [&](const Side& side) {
                const auto* text = side.tree.file(path);
                return text == nullptr ? std::string{} : *text;
            };
            const auto changes = line_changes(lines(before), lines(after), before.store.prefix());
            const bool runs = std::any_of(changes.begin(), changes.end(), [](const auto& line) {
                return line.starts_with("+ install") || line.starts_with("+ remove");
            });
            auto effect =
                setting("kernel_modules", path, runs ? Risk::critical : Risk::high,
                        runs ? "the kernel runs programs when it loads a module (" + path + ")"
                             : "which modules the kernel loads changes (" + path + ")");
            effect.after = core::join(changes, "\n");
            sink.add(std::move(effect));
        }
}

} // namespace

void classify_kernel_settings(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    sysctl(before, after, claims, sink);
    modules(before, after, claims, sink);
}

} // namespace agentd::evaluator::effects
