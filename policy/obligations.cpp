#include "policy/obligations.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace agentd::policy {

namespace {

using proposals::Level;
using proposals::Obligations;
using proposals::PresenceMethod;

std::int64_t people(const Obligations& owed) {
    return std::accumulate(owed.approvers.begin(), owed.approvers.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& needed) {
                               return sum + needed.n + (needed.role == proposals::Role::admin);
                           });
}

/// A total order, so that the order of rules means nothing.
bool asks_less(const Obligations& a, const Obligations& b) {
    const auto weight = [](const Obligations& owed) {
        return std::tuple(people(owed), owed.typed_host, owed.delay, owed.windows.size(),
                          owed.tests.size());
    };
    if (weight(a) != weight(b)) {
        return weight(a) < weight(b);
    }
    const auto roles = [](const Obligations& owed) {
        std::vector<std::pair<proposals::Role, std::int64_t>> out;
        for (const auto& needed : owed.approvers) {
            out.emplace_back(needed.role, needed.n);
        }
        return out;
    };
    return std::tuple(roles(a), std::tie(a.windows, a.tests)) <
           std::tuple(roles(b), std::tie(b.windows, b.tests));
}

/// What a grant asks for so that `level` happens.
Obligations price(const Rule& grant, Level level) {
    Obligations owed = grant.obligations;
    if (level == Level::veto && owed.delay.count() == 0) {
        owed.delay = usual_delay;
    }
    return owed;
}

template <class Wanted>
Obligations lightest(const Policy& policy, const Decision& decision, Level level,
                     const Wanted& wanted) {
    std::optional<Obligations> out;
    for (const Trace& trace : decision.rules) {
        const Rule& rule = policy.rules[trace.rule];
        if (!trace.counts || rule.effect != RuleEffect::grant || !wanted(rule)) {
            continue;
        }
        Obligations owed = price(rule, level);
        if (!out || asks_less(owed, *out)) {
            out = std::move(owed);
        }
    }
    return out.value_or(Obligations{});
}

PresenceMethod weakest_offered(const Policy& policy, const Decision& decision) {
    PresenceMethod out = policy.presence;
    for (const Trace& trace : decision.rules) {
        const Rule& rule = policy.rules[trace.rule];
        if (trace.counts && rule.effect == RuleEffect::grant && rule.presence) {
            out = std::min(out, *rule.presence);
        }
    }
    return out;
}

} // namespace

Obligations obligations_of(const Policy& policy, const Decision& decision) {
    const Level level = decision.verdict.level;
    Obligations out;
    if (level < Level::approve) {
        return out;
    }
    for (const Trace& trace : decision.rules) {
        const Rule& rule = policy.rules[trace.rule];
        if (trace.counts && rule.effect == RuleEffect::require) {
            out += rule.obligations;
        }
    }
    if (level > policy.level) {
        out += lightest(policy, decision, level,
                        [&](const Rule& rule) { return rule.level >= level; });
    } else if (level == Level::veto) {
        out += Obligations{.delay = usual_delay};
    }
    const PresenceMethod offered = weakest_offered(policy, decision);
    if (level == Level::approve && offered != policy.presence) {
        out += lightest(policy, decision, level,
                        [&](const Rule& rule) { return rule.presence == offered; });
    }
    return out;
}

} // namespace agentd::policy
