#include "policy/analysis/values.hpp"

#include "policy/analysis/member_sets.hpp"
#include "policy/analysis/words.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace agentd::policy {

namespace {

using Names = std::vector<std::string>;
using Globs = std::vector<Glob>;

bool granted(const Wish& wish, const FactValue& value) {
    return evaluate(*wish.condition, value) == (wish.holds ? Truth::yes : Truth::no);
}

bool all_granted(std::span<const Wish> wishes, const FactValue& value) {
    return std::all_of(wishes.begin(), wishes.end(),
                       [&](const Wish& wish) { return granted(wish, value); });
}

FoundValue first_of(std::span<const Wish> wishes, const std::vector<FactValue>& candidates) {
    for (const FactValue& value : candidates) {
        if (all_granted(wishes, value)) {
            return {.value = value};
        }
    }
    return {};
}

// Between two neighbouring bounds all numbers are alike: the bounds and their neighbours are
// enough.
std::vector<FactValue> numbers(std::span<const Wish> wishes) {
    using Limits = std::numeric_limits<std::int64_t>;
    std::set<std::int64_t> out{0, 1};
    for (const Wish& wish : wishes) {
        const auto bound = std::get<std::int64_t>(wish.condition->wanted);
        out.insert(bound);
        out.insert(bound == Limits::max() ? bound : bound + 1);
        out.insert(bound == Limits::min() ? bound : bound - 1);
    }
    std::vector<std::int64_t> sorted(out.begin(), out.end());
    std::stable_sort(sorted.begin(), sorted.end(), [](std::int64_t a, std::int64_t b) {
        return (a < 0) != (b < 0) ? b < 0 : (a < 0 ? a > b : a < b);
    });
    return {sorted.begin(), sorted.end()};
}

FoundValue find_text(std::span<const Wish> wishes) {
    WordWish all;
    std::vector<Names> single; // `eq` names one
    single.reserve(wishes.size());
    for (const Wish& wish : wishes) {
        const Condition& condition = *wish.condition;
        if (const auto* globs = std::get_if<Globs>(&condition.wanted)) {
            all = all + (wish.holds ? match(*globs) : avoid(*globs));
            continue;
        }
        const auto* names = std::get_if<Names>(&condition.wanted);
        if (names == nullptr) {
            names = &single.emplace_back(Names{std::get<std::string>(condition.wanted)});
        }
        const bool listed = wish.holds == (condition.test != Test::not_in);
        all = all + (listed ? among(*names) : outside(*names));
    }
    const Words words = find_words(all, 1);
    if (words.found.empty()) {
        return {.decided = words.all};
    }
    return {.value = words.found.front()};
}

FoundValue find_any(std::size_t fact, std::span<const Wish> wishes) {
    const KnownFact& known = known_facts()[fact];
    switch (known.type) {
    case FactType::boolean:
        return first_of(wishes, {false, true});
    case FactType::integer:
        return first_of(wishes, numbers(wishes));
    case FactType::choice:
    case FactType::ordered:
        return first_of(wishes, {known.choices.begin(), known.choices.end()});
    case FactType::text:
        return find_text(wishes);
    case FactType::texts:
        return find_set(fact, wishes);
    }
    return {.decided = false};
}

} // namespace

FoundValue find_value(std::size_t fact, std::span<const Wish> wishes) {
    FoundValue found = find_any(fact, wishes);
    // What was worked out is held against what decides.
    if (found.value && !all_granted(wishes, *found.value)) {
        return {.decided = false};
    }
    return found;
}

} // namespace agentd::policy
