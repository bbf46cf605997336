#include "policy/decide.hpp"

#include "agentd/core/check.hpp"
#include "agentd/core/text.hpp"
#include "policy/explain.hpp"
#include "policy/invariants.hpp"
#include "policy/obligations.hpp"
#include "policy/unsigned.hpp"

#include <algorithm>

namespace agentd::policy {

namespace {

using proposals::Level;
using proposals::PresenceMethod;
using proposals::Reason;
using proposals::ReasonEffect;
using proposals::Verdict;

constexpr std::size_t max_hints = 8;

Trace trace(const Rule& rule, std::size_t index, const Facts& facts) {
    Trace out{.rule = index, .truth = Truth::yes};
    for (std::size_t i = 0; i < rule.when.size(); ++i) {
        const Truth truth = evaluate(rule.when[i], facts);
        if (truth < out.truth) {
            out.truth = truth;
            out.condition = i;
        }
        if (truth == Truth::no) {
            break;
        }
    }
    out.counts = counts(rule.effect, out.truth);
    return out;
}

/// Who holds the limits in code about what only the daemon can know.
enum class Seat { both, daemon_alone };

bool is_for_the_daemon(const Rule& rule, const Trace& trace) {
    return trace.truth == Truth::unknown && trace.condition &&
           !known_facts()[rule.when[*trace.condition].fact].recomputed;
}

ReasonEffect reason_effect(RuleEffect effect) {
    switch (effect) {
    case RuleEffect::grant:
        return ReasonEffect::grant;
    case RuleEffect::cap:
        return ReasonEffect::cap;
    case RuleEffect::require:
        return ReasonEffect::require;
    }
    return ReasonEffect::cap;
}

// What the answer is made of, before it is put into words.
struct Sum {
    Level granted;
    Level ceiling = Level::automatic;
    PresenceMethod offered;
    PresenceMethod required = PresenceMethod::none;
};

bool weaker(PresenceMethod a, PresenceMethod b) {
    return satisfies(b, a) && a != b;
}

void add(Sum& sum, const Rule& rule) {
    if (rule.effect == RuleEffect::grant) {
        sum.granted = std::max(sum.granted, rule.level.value_or(Level::forbid));
        if (rule.presence && weaker(*rule.presence, sum.offered)) {
            sum.offered = *rule.presence;
        }
        return;
    }
    sum.ceiling = std::min(sum.ceiling, ceiling(rule));
    if (rule.presence && weaker(sum.required, *rule.presence)) {
        sum.required = *rule.presence;
    }
}

Reason reason(const Rule& rule, const Trace& trace, const Facts& facts, ReasonEffect effect) {
    return {.rule = rule.id,
            .effect = effect,
            .level = effect == ReasonEffect::require ? std::nullopt : rule.level,
            .why = rule.why,
            .because = because(rule, trace, facts)};
}

// Sorted by effect and name, so that the order of rules in the file means nothing here either.
void sort_reasons(std::vector<Reason>& reasons) {
    std::sort(reasons.begin(), reasons.end(), [](const Reason& a, const Reason& b) {
        return std::tie(a.effect, a.rule) < std::tie(b.effect, b.rule);
    });
}

std::string hint_of_ceiling(const Rule& rule, const Trace& trace, const Facts& facts,
                            bool invariant) {
    return (invariant ? "no rule can lift `" : "while `") + rule.id +
           (invariant ? "`, which holds it at " : "` counts, it stays at ") +
           std::string(to_string(ceiling(rule))) + ": " + because(rule, trace, facts);
}

std::string hint_of_grant(const Rule& rule, const Trace& trace, const Facts& facts) {
    return "`" + rule.id + "` would give " + std::string(to_string(*rule.level)) + ", but " +
           because(rule, trace, facts);
}

std::vector<std::string> would_change(const Policy& policy, const Facts& facts,
                                      const Decision& decision, const Sum& sum) {
    const Level level = decision.verdict.level;
    std::vector<std::string> hints;
    if (sum.ceiling == level && level < Level::automatic) {
        for (const Trace& trace : decision.invariants) {
            const Rule& rule = invariants()[trace.rule];
            if (trace.counts && rule.level == level) {
                hints.push_back(hint_of_ceiling(rule, trace, facts, true));
            }
        }
        for (const Trace& trace : decision.rules) {
            const Rule& rule = policy.rules[trace.rule];
            if (trace.counts && rule.effect != RuleEffect::grant && ceiling(rule) == level) {
                hints.push_back(hint_of_ceiling(rule, trace, facts, false));
            }
        }
    }
    if (sum.granted == level && level < Level::automatic) {
        for (const Trace& trace : decision.rules) {
            const Rule& rule = policy.rules[trace.rule];
            if (rule.effect == RuleEffect::grant && !trace.counts && rule.level > level) {
                hints.push_back(hint_of_grant(rule, trace, facts));
            }
        }
        if (hints.empty()) {
            hints.push_back("no rule grants more than " + std::string(to_string(level)));
        }
    }
    std::sort(hints.begin(), hints.end());
    if (hints.size() > max_hints) {
        hints.resize(max_hints);
    }
    for (std::string& hint : hints) {
        hint = core::shorten(hint, 512);
    }
    return hints;
}

Decision judge_from(Seat seat, const Policy& policy, const Facts& facts) {
    Decision out;
    Sum sum{.granted = policy.level, .offered = policy.presence};
    std::vector<Reason>& reasons = out.verdict.reasons;
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
        const Rule& rule = policy.rules[i];
        out.rules.push_back(trace(rule, i, facts));
        if (out.rules.back().counts) {
            add(sum, rule);
            reasons.push_back(reason(rule, out.rules.back(), facts, reason_effect(rule.effect)));
        }
    }
    for (std::size_t i = 0; i < invariants().size(); ++i) {
        const Rule& rule = invariants()[i];
        out.invariants.push_back(trace(rule, i, facts));
        Trace& found = out.invariants.back();
        found.counts = found.counts && (seat == Seat::both || !is_for_the_daemon(rule, found));
        if (out.invariants.back().counts) {
            add(sum, rule);
            reasons.push_back(reason(rule, out.invariants.back(), facts, ReasonEffect::invariant));
        }
    }
    sort_reasons(reasons);
    reasons.push_back({.rule = "defaults",
                       .effect = ReasonEffect::fallback,
                       .level = policy.level,
                       .why = "what the policy says where no rule does"});
    out.verdict.level = std::min(sum.granted, sum.ceiling);
    const PresenceMethod asked = weaker(sum.offered, sum.required) ? sum.required : sum.offered;
    out.verdict.presence = out.verdict.level > Level::approve ? PresenceMethod::none : asked;
    out.verdict.policy_sha256 = policy.digest.hex();
    out.verdict.obligations = obligations_of(policy, out);
    out.verdict.would_change = would_change(policy, facts, out, sum);
    return out;
}

} // namespace

Decision judge(const Policy& policy, const Facts& facts) {
    return judge_from(Seat::both, policy, facts);
}

Verdict decide(const Policy& policy, const Facts& facts) {
    return judge(policy, facts).verdict;
}

Verdict decide_unsigned(const Policy& policy, const Facts& facts) {
    Facts own = facts;
    for (const KnownFact& fact : known_facts()) {
        if (!fact.recomputed) {
            own.set(fact.name, Unknown{});
        }
    }
    Verdict told = decide(policy, facts);
    Verdict alone = judge_from(Seat::daemon_alone, policy, own).verdict;
    const bool is_lower = alone.level < told.level;
    Verdict& lower = is_lower ? alone : told;
    lower.obligations += (is_lower ? told : alone).obligations;
    return lower;
}

} // namespace agentd::policy
