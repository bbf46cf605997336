#include "policy/analysis/search.hpp"

#include "agentd/core/check.hpp"
#include "policy/analysis/values.hpp"
#include "proposals/effects.hpp"

#include <algorithm>
#include <map>

namespace agentd::policy {

namespace {

using Names = std::vector<std::string>;

constexpr std::size_t max_steps = 4000;

std::size_t fact_of(std::string_view name) {
    const auto index = find_fact(name);
    AGENTD_CHECK(index.has_value());
    return *index;
}

Names kinds_in(const Names& areas) {
    Names out;
    for (const auto& known : proposals::known_kinds()) {
        if (std::find(areas.begin(), areas.end(), known.area) != areas.end()) {
            out.emplace_back(known.kind);
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

/// What a condition on areas says of the kinds that have them: one condition, or one for each area.
std::vector<Condition> as_kinds(const Condition& condition) {
    const std::size_t kinds = fact_of("change.kinds");
    const auto* areas = std::get_if<Names>(&condition.wanted);
    if (areas != nullptr && condition.test == Test::superset_of) {
        std::vector<Condition> out;
        for (const std::string& area : *areas) {
            out.push_back({.fact = kinds, .test = Test::any_in, .wanted = kinds_in({area})});
        }
        return out;
    }
    if (areas != nullptr) {
        return {{.fact = kinds, .test = condition.test, .wanted = kinds_in(*areas)}};
    }
    if (condition.test == Test::empty) {
        return {{.fact = kinds, .test = Test::empty, .wanted = condition.wanted}};
    }
    return {condition}; // a pattern, or a count: taken for a fact of its own
}

Texts areas_of(const Texts& kinds) {
    Texts out;
    for (const auto& known : proposals::known_kinds()) {
        if (kinds.contains(known.kind)) {
            out.emplace(known.area);
        }
    }
    return out;
}

/// A demand whose conditions speak of facts that do not hang together.
struct Clause {
    RuleEffect effect = RuleEffect::cap;
    bool counts = false;
    std::vector<Condition> when{};
};

Clause clause_of(const Demand& demand) {
    static const std::size_t areas = fact_of("change.areas");
    Clause out{.effect = demand.rule->effect, .counts = demand.counts};
    for (const Condition& condition : demand.rule->when) {
        if (condition.fact == areas) {
            const auto better = as_kinds(condition);
            out.when.insert(out.when.end(), better.begin(), better.end());
        } else {
            out.when.push_back(condition);
        }
    }
    return out;
}

/// One condition that was chosen to come out so. One that `may_be_unknown` also does with an
/// unknown fact.
struct Choice {
    Wish wish{};
    bool may_be_unknown = false;
};

class Search {
  public:
    explicit Search(std::span<const Demand> demands) {
        for (const Demand& demand : demands) {
            clauses_.push_back(clause_of(demand));
        }
    }

    FoundFacts run() {
        for (const Clause& clause : clauses_) {
            if (!clause.counts) {
                continue;
            }
            for (const Condition& condition : clause.when) {
                // A grant needs its facts known, and nothing else does.
                if (!choose({.wish = {.condition = &condition, .holds = true},
                             .may_be_unknown = clause.effect != RuleEffect::grant})) {
                    return {.decided = decided_};
                }
            }
        }
        return {.facts = repair(), .decided = decided_};
    }

  private:
    static Truth truth(const Clause& clause, const Facts& facts) {
        Truth out = Truth::yes;
        for (const Condition& condition : clause.when) {
            out = std::min(out, evaluate(condition, facts));
        }
        return out;
    }

    static bool fulfilled(const Clause& clause, const Facts& facts) {
        const Truth is = truth(clause, facts);
        return clause.counts == counts(clause.effect, is);
    }

    // Takes the choice and finds the fact a value that suits all that were chosen for it.
    bool choose(const Choice& choice) {
        const std::size_t fact = choice.wish.condition->fact;
        auto& choices = chosen_[fact];
        choices.push_back(choice);
        std::vector<Wish> wishes;
        bool may_be_unknown = true;
        for (const Choice& one : choices) {
            wishes.push_back(one.wish);
            may_be_unknown = may_be_unknown && one.may_be_unknown;
        }
        const FoundValue found = find_value(fact, wishes);
        if (!found.value && !may_be_unknown) {
            decided_ = decided_ && found.decided;
            choices.pop_back();
            return false;
        }
        facts_.set(known_facts()[fact].name, found.value ? *found.value : FactValue(Unknown{}));
        return true;
    }

    void undo(std::size_t fact, FactValue value) {
        chosen_[fact].pop_back();
        facts_.set(known_facts()[fact].name, std::move(value));
    }

    // Looks for a demand that the values do not meet, and tries every way to meet it.
    std::optional<Facts> repair() {
        if (++steps_ > max_steps) {
            decided_ = false;
            return std::nullopt;
        }
        const auto broken = std::find_if(clauses_.begin(), clauses_.end(), [&](const Clause& one) {
            return !fulfilled(one, facts_);
        });
        if (broken == clauses_.end()) {
            return facts_;
        }
        if (broken->counts) { // all its conditions were chosen: a fact of its own went unknown
            decided_ = false;
            return std::nullopt;
        }
        std::vector<const Condition*> ways;
        for (const Condition& condition : broken->when) {
            ways.push_back(&condition);
        }
        // A fact that nothing is asked of yet is free to be anything.
        std::stable_sort(ways.begin(), ways.end(), [&](const auto* a, const auto* b) {
            return chosen_[a->fact].size() < chosen_[b->fact].size();
        });
        for (const Condition* way : ways) {
            FactValue before = facts_.at(way->fact);
            if (!choose({.wish = {.condition = way, .holds = false},
                         .may_be_unknown = broken->effect == RuleEffect::grant})) {
                continue;
            }
            if (auto found = repair()) {
                return found;
            }
            undo(way->fact, std::move(before));
        }
        return std::nullopt;
    }

    std::vector<Clause> clauses_;
    std::map<std::size_t, std::vector<Choice>> chosen_;
    Facts facts_;
    bool decided_ = true;
    std::size_t steps_ = 0;
};

} // namespace

bool counts(const Rule& rule, const Facts& facts) {
    Truth truth = Truth::yes;
    for (const Condition& condition : rule.when) {
        truth = std::min(truth, evaluate(condition, facts));
    }
    return counts(rule.effect, truth);
}

FoundFacts find_facts(std::span<const Demand> demands) {
    FoundFacts out = Search(demands).run();
    if (!out.facts) {
        return out;
    }
    if (const auto* kinds = std::get_if<Texts>(&out.facts->get("change.kinds"));
        kinds != nullptr && std::holds_alternative<Unknown>(out.facts->get("change.areas"))) {
        out.facts->set("change.areas", areas_of(*kinds));
    }
    const bool holds = std::all_of(demands.begin(), demands.end(), [&](const Demand& demand) {
        return counts(*demand.rule, *out.facts) == demand.counts;
    });
    return holds ? out : FoundFacts{.decided = false};
}

} // namespace agentd::policy
