#include "evaluator/effects/specialisations.hpp"

#include "evaluator/effects/classifier.hpp"

#include <algorithm>
#include <set>

namespace agentd::evaluator::effects {
namespace {

constexpr std::string_view folder = "specialisation/";
constexpr std::size_t most_systems = 8;
constexpr std::size_t most_effects_each = 200;

/// Name below the toplevel -> the system it is.
std::map<std::string, std::string> specialisations_of(const Side& side) {
    std::map<std::string, std::string> out;
    const std::string first(folder);
    for (auto at = side.tree.nodes.lower_bound(first);
         at != side.tree.nodes.end() && at->first.starts_with(first); ++at)
        if (at->second.kind == Node::Kind::reference)
            out[at->first] = at->second.target;
    return out;
}

/// The system without what its boot menu offers beside it.
Side alone(Side side) {
    for (const auto& [name, system] : specialisations_of(side))
        side.closure.erase(system);
    std::erase_if(side.tree.nodes, [](const auto& node) { return node.first.starts_with(folder); });
    return side;
}

/// One of them read, as a system of its own: without the others.
core::Result<Side> read_one(const StoreReader& store, const Side& side, const std::string& system) {
    auto closure = side.closure;
    closure.erase(side.toplevel);
    for (const auto& [name, other] : specialisations_of(side))
        if (other != system)
            closure.erase(other);
    return read_side(store, system, std::move(closure));
}

Effect unjudged(const std::string& name, std::string why) {
    return effect_of("unclassified", "unclassified_changed", name, Risk::high,
                     "what " + name + ", another system that may be started, does is not judged: " +
                         std::move(why));
}

/// What may stand for itself alone: an effect that does not spell out what it is of may be of
/// something else there, and so may one that was cut.
bool is_spelled_out(const Effect& effect) {
    const auto is_whole = [](const std::optional<std::string>& text) {
        return !text ||
               (text->size() < Sink::longest_text - 16 && text->find("…") == std::string::npos);
    };
    return effect.area != "unclassified" &&
           !effect.after.value_or("").ends_with("(another build)") && is_whole(effect.before) &&
           is_whole(effect.after) && (effect.before || effect.after || effect.risk <= Risk::low);
}

std::string in_words(const Effect& effect) {
    std::string out(proposals::to_string(effect.risk));
    const std::string absent(1, '\1');
    for (const auto& each :
         {effect.area, effect.kind, effect.subject, effect.before.value_or(absent),
          effect.after.value_or(absent), effect.sentence})
        out += std::string(1, '\0') + each;
    return out;
}

/// True of what the system itself does as well, word for word.
bool is_told(const std::set<std::string>& told, const Effect& effect) {
    return is_spelled_out(effect) && told.contains(in_words(effect));
}

std::set<std::string> written(const std::vector<Effect>& effects) {
    std::set<std::string> out;
    for (const auto& each : effects)
        out.insert(in_words(each));
    return out;
}

std::vector<Effect> prefixed(const std::string& name, std::vector<Effect> found,
                             const std::set<std::string>& told) {
    std::erase_if(found,
                  [&](const auto& each) { return each.risk == Risk::none || is_told(told, each); });
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.risk > b.risk; });
    const auto more = found.size() - std::min(found.size(), most_effects_each);
    found.resize(found.size() - more);
    for (auto& each : found) {
        each.sentence = "when " + name.substr(folder.size()) + " is started: " + each.sentence;
        each.subject = name + ": " + each.subject;
    }
    if (more > 0)
        found.push_back(unjudged(name, std::to_string(more) + " further changes are not listed"));
    return found;
}

} // namespace

std::vector<Effect> judge_specialisations(const StoreReader& store, Side& before, Side& after,
                                          const std::vector<Effect>& told, const Judge& judge) {
    std::vector<Effect> out;
    const auto old_ones = specialisations_of(before);
    const auto said = written(told);
    static const std::set<std::string> nothing;
    std::size_t judged = 0;
    for (const auto& [name, system] : specialisations_of(after)) {
        const auto old_one = old_ones.find(name);
        if (old_one != old_ones.end() && old_one->second == system)
            continue;
        if (++judged > most_systems) {
            out.push_back(unjudged(name, "there are too many of them"));
            continue;
        }
        auto new_side = read_one(store, after, system);
        auto old_side = old_one == old_ones.end() ? core::Result<Side>(alone(after))
                                                  : read_one(store, before, old_one->second);
        if (!new_side || !old_side) {
            out.push_back(unjudged(name, "it is no system of the store"));
            continue;
        }
        auto found =
            prefixed(name, judge(*old_side, *new_side), old_one == old_ones.end() ? nothing : said);
        out.insert(out.end(), std::make_move_iterator(found.begin()),
                   std::make_move_iterator(found.end()));
        const auto nested = specialisations_of(*new_side);
        if (!nested.empty() && nested != specialisations_of(*old_side))
            out.push_back(unjudged(name, "it offers further systems of its own"));
    }
    return out;
}

} // namespace agentd::evaluator::effects
