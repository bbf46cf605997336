#include "policy/analysis/compare.hpp"

#include "policy/analysis/beside.hpp"
#include "policy/analysis/replay.hpp"
#include "policy/analysis/search.hpp"
#include "policy/decide.hpp"
#include "policy/invariants.hpp"

#include <algorithm>
#include <array>

namespace agentd::policy {

namespace {

using proposals::Level;
using proposals::PresenceMethod;

constexpr std::array levels{Level::observe, Level::propose, Level::approve, Level::veto,
                            Level::automatic};
constexpr std::array presences{PresenceMethod::browser, PresenceMethod::password,
                               PresenceMethod::ssh};

using Demands = std::vector<Demand>;
using Choices = std::vector<Demands>; ///< one of these has to be met

bool holds_below(const Rule& rule, Level level) {
    return ceiling(rule) < level;
}

bool gives(const Rule& rule, Level level) {
    return rule.effect == RuleEffect::grant && rule.level >= level;
}

bool content_with(const Rule& rule, PresenceMethod method) {
    return rule.effect == RuleEffect::grant && rule.presence && satisfies(method, *rule.presence);
}

bool asks_more_than(const Rule& rule, PresenceMethod method) {
    return rule.effect != RuleEffect::grant && rule.presence && !satisfies(method, *rule.presence);
}

template <class Wanted> Demands all(const Policy& policy, bool counts, const Wanted& wanted) {
    Demands out;
    for (const Rule& rule : policy.rules) {
        if (wanted(rule)) {
            out.push_back({.rule = &rule, .counts = counts});
        }
    }
    return out;
}

/// `policy` reaches the level: nothing holds it below, and the defaults or some grant give it.
Choices reaches(const Policy& policy, Level level) {
    Demands free = all(policy, false, [&](const Rule& rule) { return holds_below(rule, level); });
    for (const Rule& rule : invariants()) {
        if (holds_below(rule, level)) {
            free.push_back({.rule = &rule, .counts = false});
        }
    }
    if (policy.level >= level) {
        return {free};
    }
    Choices out;
    for (const Demand& grant :
         all(policy, true, [&](const Rule& rule) { return gives(rule, level); })) {
        out.push_back(free);
        out.back().push_back(grant);
    }
    return out;
}

/// It does not: something holds it below, or nothing gives it. (Invariants hold both alike.)
Choices stays_below(const Policy& policy, Level level) {
    Choices out;
    if (policy.level < level) {
        out.push_back(all(policy, false, [&](const Rule& rule) { return gives(rule, level); }));
    }
    for (const Demand& cap :
         all(policy, true, [&](const Rule& rule) { return holds_below(rule, level); })) {
        out.push_back({cap});
    }
    return out;
}

/// Whoever approves is content with `method` or less.
Choices accepts(const Policy& policy, PresenceMethod method) {
    Demands quiet =
        all(policy, false, [&](const Rule& rule) { return asks_more_than(rule, method); });
    if (satisfies(method, policy.presence)) {
        return {quiet};
    }
    Choices out;
    for (const Demand& grant :
         all(policy, true, [&](const Rule& rule) { return content_with(rule, method); })) {
        out.push_back(quiet);
        out.back().push_back(grant);
    }
    return out;
}

Choices insists(const Policy& policy, PresenceMethod method) {
    Choices out;
    if (!satisfies(method, policy.presence)) {
        out.push_back(
            all(policy, false, [&](const Rule& rule) { return content_with(rule, method); }));
    }
    for (const Demand& require :
         all(policy, true, [&](const Rule& rule) { return asks_more_than(rule, method); })) {
        out.push_back({require});
    }
    return out;
}

/// Facts that were found for a lower level show this one too.
bool is_shown(const Comparison& comparison, Level level) {
    return std::any_of(
        comparison.looser.begin(), comparison.looser.end(),
        [&](const Loosening& one) { return one.before.level < level && one.now.level >= level; });
}

/// How many combinations are tried for all questions together.
constexpr std::size_t max_tries = 50'000;

class Search {
  public:
    Search(const Policy& before, const Policy& now) : before_(before), now_(now) {}

    /// Facts that meet one choice of each, unless they are shown already.
    void look(const std::vector<Choices>& all) {
        std::vector<std::size_t> at(all.size(), 0);
        if (std::any_of(all.begin(), all.end(), [](const Choices& one) { return one.empty(); })) {
            return;
        }
        for (bool more = true; more; more = advance(all, at)) {
            if (++tries_ > max_tries) {
                out.decided = false;
                return;
            }
            Demands demands;
            for (std::size_t i = 0; i < all.size(); ++i) {
                demands.insert(demands.end(), all[i][at[i]].begin(), all[i][at[i]].end());
            }
            const FoundFacts found = find_facts(demands);
            if (found.facts) {
                show(*found.facts);
                return;
            }
            out.decided = out.decided && found.decided;
        }
    }

    /// As look(), but what is found has to be looser: else it proves nothing either way.
    bool look_for_looser(const std::vector<Choices>& all) {
        const auto known = out.looser.size();
        look(all);
        if (out.looser.size() > known &&
            !is_looser(out.looser.back().before, out.looser.back().now)) {
            out.looser.pop_back();
        }
        return out.looser.size() > known;
    }

    Comparison out;

  private:
    static bool advance(const std::vector<Choices>& all, std::vector<std::size_t>& at) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (++at[i] < all[i].size()) {
                return true;
            }
            at[i] = 0;
        }
        return false;
    }

    void show(const Facts& facts) {
        if (std::none_of(out.looser.begin(), out.looser.end(),
                         [&](const Loosening& one) { return one.facts == facts; })) {
            out.looser.push_back(
                {.facts = facts, .before = decide(before_, facts), .now = decide(now_, facts)});
        }
    }

    const Policy& before_;
    const Policy& now_;
    std::size_t tries_ = 0;
};

bool asks_as_much(const Rule& rule, const Rule& other) {
    proposals::Obligations both = other.obligations;
    return rule.effect == other.effect && (both += rule.obligations) == other.obligations;
}

/// What a require asked for that nothing asks for now.
void look_at_requires(Search& search, const Policy& before, const Policy& now) {
    for (const Rule& rule : before.rules) {
        if (rule.effect != RuleEffect::require || rule.obligations.empty()) {
            continue;
        }
        Demands demands =
            all(now, false, [&](const Rule& other) { return asks_as_much(rule, other); });
        demands.push_back({.rule = &rule, .counts = true});
        search.look_for_looser(
            {{demands}, reaches(now, Level::approve), reaches(before, Level::approve)});
    }
}

std::vector<const Rule*> grants_that_ask(const Policy& policy) {
    std::vector<const Rule*> out;
    for (const Rule& rule : policy.rules) {
        if (rule.effect == RuleEffect::grant && rule.level >= Level::approve) {
            out.push_back(&rule);
        }
    }
    return out;
}

/// The same grants with the same prices cannot be cheaper; else it is looked for, and where nothing
/// is found that is no proof.
void look_at_grants(Search& search, const Policy& before, const Policy& now) {
    const auto was = grants_that_ask(before);
    const auto is = grants_that_ask(now);
    const auto same = [](const Rule* a, const Rule* b) {
        return a->level == b->level && a->presence == b->presence && a->when == b->when &&
               a->obligations == b->obligations;
    };
    const auto priced = [](const Rule* rule) { return !rule->obligations.empty(); };
    if ((std::none_of(was.begin(), was.end(), priced) &&
         std::none_of(is.begin(), is.end(), priced)) ||
        (was.size() == is.size() && std::equal(was.begin(), was.end(), is.begin(), same))) {
        return;
    }
    bool found = false;
    for (const Rule* grant : is) {
        const Demands counts{{.rule = grant, .counts = true}};
        found = search.look_for_looser(
                    {{counts}, reaches(now, *grant->level), reaches(before, *grant->level)}) ||
                found;
    }
    search.out.decided = search.out.decided && (found || !search.out.looser.empty());
}

bool lasts_longer(const Policy& before, const Policy& now) {
    const auto was = last_good_day(before);
    const auto is = last_good_day(now);
    return was && (!is || *is > *was);
}

} // namespace

Comparison compare(const Policy& before, const Policy& now) {
    Search search(before, now);
    search.out.lasts_longer = lasts_longer(before, now);
    for (const Level level : levels) {
        if (!is_shown(search.out, level)) {
            search.look({reaches(now, level), stays_below(before, level)});
        }
    }
    for (const PresenceMethod method : presences) {
        search.look({reaches(now, Level::approve), reaches(before, Level::approve),
                     accepts(now, method), insists(before, method)});
    }
    look_at_requires(search, before, now);
    look_at_grants(search, before, now);
    search.out.beside = beside_the_rules(before, now);
    return search.out;
}

} // namespace agentd::policy
