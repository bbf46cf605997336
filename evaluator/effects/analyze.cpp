#include "evaluator/effects/analyze.hpp"

#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/specialisations.hpp"

#include <algorithm>

namespace agentd::evaluator::effects {
namespace {

void closure_numbers(const Side& before, const Side& after, proposals::Effects& out) {
    for (const auto& [path, size] : before.closure) {
        out.closure.bytes_before += size;
        out.closure.paths_removed += after.closure.contains(path) ? 0 : 1;
    }
    for (const auto& [path, size] : after.closure) {
        out.closure.bytes_after += size;
        out.closure.paths_added += before.closure.contains(path) ? 0 : 1;
    }
}

void note_limits(const Side& before, const Side& after, Sink& sink) {
    for (const auto* side : {&before, &after})
        if (side->tree.truncated)
            sink.add({.area = "unclassified",
                      .kind = "unclassified_changed",
                      .subject = "the whole system",
                      .before = std::nullopt,
                      .after = std::nullopt,
                      .risk = Risk::high,
                      .sentence = "one of the two systems is too large to be read in full"});
}

/// What every classifier says of the two.
Sink judge(Side& before, Side& after) {
    set_against(before, after);
    Claims claims;
    Sink sink;
    for (const auto& classifier : classifiers())
        classifier.classify(before, after, claims, sink);
    note_limits(before, after, sink);
    return sink;
}

/// Keeps the gravest when there are too many, and says how many are not listed.
void bound(proposals::Effects& out) {
    if (out.effects.size() <= most_effects)
        return;
    const auto dropped = out.effects.size() - (most_effects - 1);
    auto grave = out.effects;
    std::stable_sort(grave.begin(), grave.end(),
                     [](const auto& a, const auto& b) { return a.risk > b.risk; });
    grave.resize(most_effects - 1);
    Sink again;
    for (auto& effect : grave)
        again.add(std::move(effect));
    again.add({.area = "unclassified",
               .kind = "unclassified_changed",
               .subject = "further changes",
               .before = std::nullopt,
               .after = std::to_string(dropped),
               .risk = Risk::high,
               .sentence = std::to_string(dropped) + " further changes are not listed"});
    out.effects = again.take();
    out.truncated = true;
}

} // namespace

core::Result<proposals::Effects> analyze(const StoreReader& store, const Toplevel& before,
                                         const Toplevel& after) {
    auto old_side = read_side(store, before.path, before.closure);
    if (!old_side)
        return old_side.problem();
    auto new_side = read_side(store, after.path, after.closure);
    if (!new_side)
        return new_side.problem();
    proposals::Effects out{.from = before.path, .to = after.path};
    auto sink = judge(*old_side, *new_side);
    closure_numbers(*old_side, *new_side, out);
    out.reboot_needed = sink.reboot_needed();
    out.truncated = old_side->tree.truncated || new_side->tree.truncated;
    out.effects = sink.take();
    for (auto& each : judge_specialisations(store, *old_side, *new_side, out.effects,
                                            [](auto&a, auto&b) { return judge(a, b).take(); }))
        sink.add(std::move(each));
    for (auto& each : out.effects)
        sink.add(std::move(each));
    out.effects = sink.take();
    bound(out);
    return out;
}

} // namespace agentd::evaluator::effects
