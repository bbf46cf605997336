#include "policy/analysis/check.hpp"

#include "agentd/core/text.hpp"
#include "policy/analysis/search.hpp"
#include "policy/invariants.hpp"

#include <algorithm>
#include <functional>

namespace agentd::policy {

namespace {

using proposals::Level;
using proposals::PresenceMethod;
using Rules = std::vector<const Rule*>;

constexpr std::size_t max_others = 16;

bool stronger(PresenceMethod a, PresenceMethod b) {
    return a != b && satisfies(a, b);
}

bool at_most(const std::optional<PresenceMethod>& a, PresenceMethod b) {
    return a && satisfies(b, *a);
}

/// Is everything that `few` asks for asked for by `many` too?
bool asks_no_more(const proposals::Obligations& few, proposals::Obligations many) {
    const proposals::Obligations before = many;
    return (many += few) == before;
}

/// Does `rule` do nothing more than `other` when both count?
bool says_no_more(const Rule& rule, const Rule& other) {
    if (rule.effect == RuleEffect::grant) {
        return other.effect == RuleEffect::grant && rule.level <= other.level &&
               asks_no_more(other.obligations, rule.obligations) &&
               (!rule.presence || at_most(other.presence, *rule.presence));
    }
    if (!asks_no_more(rule.obligations, other.obligations)) {
        return false;
    }
    if (other.effect == RuleEffect::grant || ceiling(other) > ceiling(rule)) {
        return false;
    }
    return !rule.presence || (other.presence && satisfies(*other.presence, *rule.presence));
}

/// Facts under which `counting` count and none of `silent`.
FoundFacts where(const Rules& counting, const Rules& silent) {
    std::vector<Demand> demands;
    for (const Rule* rule : counting) {
        demands.push_back({.rule = rule, .counts = true});
    }
    for (const Rule* rule : silent) {
        demands.push_back({.rule = rule, .counts = false});
    }
    return find_facts(demands);
}

bool is_proved_empty(const FoundFacts& found) {
    return !found.facts && found.decided;
}

/// The fewest of `silent` that are still enough; one alone where that is possible.
Rules reasons(const Rule& rule, Rules silent) {
    for (const Rule* one : silent) {
        if (is_proved_empty(where({&rule}, {one}))) {
            return {one};
        }
    }
    for (std::size_t i = silent.size(); i-- > 0;) {
        Rules fewer = silent;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
        if (is_proved_empty(where({&rule}, fewer))) {
            silent = std::move(fewer);
        }
    }
    return silent;
}

std::string names(const Rules& rules) {
    std::vector<std::string> out;
    for (const Rule* rule : rules) {
        if (out.size() == max_others) {
            out.emplace_back("…");
            break;
        }
        out.push_back("`" + rule->id + "`");
    }
    return core::join(out, ", ");
}

class Check {
  public:
    explicit Check(const Policy& policy) : policy_(policy) {}

    std::vector<Finding> run() {
        for (const Rule& rule : policy_.rules) {
            look_at(rule);
        }
        return std::move(findings_);
    }

  private:
    void add(const Rule& rule, std::string code, std::string message, const Rules& others = {},
             std::optional<Facts> witness = std::nullopt) {
        const bool note = code == "idle" || code == "undecided";
        Finding finding{.code = std::move(code),
                        .rule = rule.id,
                        .note = note,
                        .where = rule.where,
                        .message = std::move(message),
                        .witness = std::move(witness)};
        for (const Rule* other : others) {
            if (finding.others.size() < max_others) {
                finding.others.push_back(other->id);
            }
        }
        findings_.push_back(std::move(finding));
        useless_.push_back(&rule);
    }

    Rules others(const Rule& rule, const std::function<bool(const Rule&)>& wanted) const {
        Rules out;
        for (const Rule& other : policy_.rules) {
            const bool useless =
                std::find(useless_.begin(), useless_.end(), &other) != useless_.end();
            if (&other != &rule && !useless && wanted(other)) {
                out.push_back(&other);
            }
        }
        return out;
    }

    void look_at(const Rule& rule) {
        Rule known = rule; // a cap counts for what is unknown too; here it has to be met
        known.effect = RuleEffect::grant;
        const FoundFacts met = where({&known}, {});
        if (is_proved_empty(met)) {
            add(rule, "unsatisfiable",
                rule.effect == RuleEffect::grant
                    ? "no facts meet all its conditions: it never counts"
                    : "no facts meet all its conditions: it counts only where one is unknown");
            return;
        }
        if (!met.facts) {
            add(rule, "undecided", "its conditions are too much to work out");
            useless_.pop_back();
            return;
        }
        if (rule.effect == RuleEffect::grant) {
            look_at_grant(rule, *met.facts);
        } else {
            look_at_cap(rule, *met.facts);
        }
    }

    void look_at_grant(const Rule& rule, const Facts& met) {
        const bool more_level = rule.level > policy_.level;
        const bool less_presence = rule.presence && stronger(policy_.presence, *rule.presence);
        if (!more_level && !less_presence) {
            add(rule, "shadowed", "the defaults already give as much", {}, met);
            return;
        }
        const Rules same =
            others(rule, [&](const Rule& other) { return says_no_more(rule, other); });
        if (report(rule, same, "shadowed", "whenever it counts, what it gives is given by ", met)) {
            return;
        }
        // What a grant gives only by its presence has to reach a person.
        const Level level = more_level ? rule.level.value_or(Level::forbid) : Level::approve;
        Rules limits;
        for (const Rule& invariant : invariants()) {
            if (ceiling(invariant) < level) {
                limits.push_back(&invariant);
            }
        }
        if (report(rule, limits, "above_invariant",
                   "whenever it counts, it is held below " + std::string(to_string(level)) +
                       " by what no file can lift: ",
                   met)) {
            return;
        }
        const Rules caps = others(rule, [&](const Rule& other) {
            return other.effect != RuleEffect::grant && ceiling(other) < level;
        });
        if (!report(rule, caps, "always_capped",
                    "whenever it counts, it is held below " + std::string(to_string(level)) +
                        " by ",
                    met)) {
            look_at_facts(rule, met);
        }
    }

    /// What nobody signed root judges without the daemon's word.
    void look_at_facts(const Rule& rule, const Facts& met) {
        for (const Condition& condition : rule.when) {
            const KnownFact& fact = known_facts()[condition.fact];
            if (rule.level > Level::approve && !fact.recomputed) {
                add(rule, "daemon_says",
                    "root's helper does not know `" + std::string(fact.name) +
                        "`, so that nothing happens by itself for it",
                    {}, met);
                return;
            }
        }
    }

    void look_at_cap(const Rule& rule, const Facts& met) {
        const Rules same =
            others(rule, [&](const Rule& other) { return says_no_more(rule, other); });
        if (report(rule, same, "shadowed", "whenever it counts, others hold as low: ", met)) {
            return;
        }
        if (rule.effect == RuleEffect::cap && policy_.level <= ceiling(rule)) {
            look_for_something_to_hold(rule, met);
        }
    }

    // Nothing is above the cap by default: some grant has to be, while it counts.
    void look_for_something_to_hold(const Rule& rule, const Facts& met) {
        const Rules grants = others(rule, [&](const Rule& other) {
            return other.effect == RuleEffect::grant && other.level > ceiling(rule);
        });
        for (const Rule* grant : grants) {
            if (!is_proved_empty(where({&rule, grant}, {}))) {
                return;
            }
        }
        add(rule, "idle",
            "nothing is ever granted more than " + std::string(to_string(ceiling(rule))) +
                " while it counts",
            {}, met);
    }

    /// Reports when no facts let `rule` count without one of `silent`.
    bool report(const Rule& rule, const Rules& silent, std::string code, const std::string& message,
                const Facts& met) {
        if (silent.empty() || !is_proved_empty(where({&rule}, silent))) {
            return false;
        }
        const Rules why = reasons(rule, silent);
        add(rule, std::move(code), message + names(why), why, met);
        return true;
    }

    const Policy& policy_;
    std::vector<Finding> findings_;
    Rules useless_; ///< already reported: they prove nothing about others
};

} // namespace

std::vector<Finding> check_policy(const Policy& policy) {
    return Check(policy).run();
}

} // namespace agentd::policy
