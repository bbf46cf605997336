// What the books come to at a moment.
#include "policy/trust/ladder.hpp"

#include <algorithm>

namespace agentd::policy::trust {

namespace {

using core::Instant;
using std::chrono::days;
using std::chrono::floor;

std::string number_of(std::int64_t have, std::int64_t wanted, const std::string& what) {
    return std::to_string(have) + " of " + std::to_string(wanted) + " " + what;
}

/// A rung down for each month in which nothing of it was applied.
TrustLevel decayed(TrustLevel level, std::chrono::microseconds idle) {
    auto down = idle / std::chrono::microseconds(Ladder::idle);
    for (; down > 0 && level > TrustLevel::ask; --down) {
        level = static_cast<TrustLevel>(static_cast<int>(level) - 1);
    }
    return level;
}

void list_missing(const Evidence& have, TrustLevel next, std::vector<std::string>& missing) {
    const auto want = [&](std::int64_t is, std::int64_t wanted, const char* what) {
        if (is < wanted) {
            missing.push_back(number_of(is, wanted, what));
        }
    };
    want(have.applies, Wanted::applies, "applies that a person approved and that held for a day");
    want(have.days, Wanted::days, "different days");
    want(have.span_days, Wanted::span_days, "days since the first");
    want(have.targets, Wanted::targets, "different units and packages");
    if (next == TrustLevel::automatic) {
        want(have.vetoed, Wanted::vetoed, "days on which one happened that nobody objected to");
    }
}

} // namespace

/// The first change of a day takes the day, whether it counts or not: else a fault that takes one
/// away could let another count.
Evidence Ladder::evidence(const Key& key, Instant at) const {
    const auto it = books_.find(key);
    if (it == books_.end()) {
        return {};
    }
    const auto fall = fall_of(key);
    Evidence out;
    std::set<std::string> targets;
    std::set<days> taken;
    std::set<days> taken_vetoed;
    std::optional<Instant> first;
    for (const Applied& one : it->second.applied) {
        const auto day = floor<days>(one.at.time_since_epoch());
        const bool after = !fall || day > floor<days>(fall->at.time_since_epoch());
        if (!after || one.at + soak > at || one.at + evidence_lasts < at) {
            continue;
        }
        if (one.by == AgreedBy::objection_period) {
            out.vetoed += taken_vetoed.insert(day).second && one.credit ? 1 : 0;
        } else if (one.by == AgreedBy::person && taken.insert(day).second && one.credit) {
            ++out.applies;
            ++out.days;
            targets.insert(one.targets.begin(), one.targets.end());
            first = std::min(first.value_or(one.at), one.at);
        }
        out.newest = std::max(out.newest.value_or(one.at), one.at);
    }
    out.targets = static_cast<std::int64_t>(targets.size());
    out.span_days = first ? floor<days>(at - *first).count() : 0;
    return out;
}

TrustLevel Ladder::earned(const Key& key, Instant at) const {
    const Evidence have = evidence(key, at);
    const bool base = have.applies >= Wanted::applies && have.days >= Wanted::days &&
                      have.span_days >= Wanted::span_days && have.targets >= Wanted::targets;
    const bool fresh = have.newest && *have.newest + idle > at;
    if (!base || !fresh) {
        return TrustLevel::ask;
    }
    const auto step = have.vetoed >= Wanted::vetoed ? TrustLevel::automatic : TrustLevel::veto;
    return std::min(step, ceiling(key.effect_class));
}

/// Why nothing that the events say is to be believed.
std::optional<std::string> Ladder::untrusted(const Moment& moment) const {
    if (!moment.verified) {
        return "the log is not verified";
    }
    if (!broken_.empty()) {
        return broken_;
    }
    if (next_ < moment.least_entries) {
        return "the log had " + std::to_string(moment.least_entries) + " entries once and has " +
               std::to_string(next_) + ": it was cut off or set back";
    }
    if (last_ && moment.at + clock_tolerance < last_->at) {
        return "the clock is behind the log";
    }
    return std::nullopt;
}

/// The newest grant, where no fault came after it. When it was signed counts, not when it was
/// handed in: an old one that is shown again takes nothing back.
const Ladder::Held* Ladder::held(const Key& key) const {
    const auto it = books_.find(key);
    if (it == books_.end() || !it->second.held) {
        return nullptr;
    }
    const auto fall = fall_of(key);
    const Held& held = *it->second.held;
    return fall && std::min(held.at, held.grant.not_before) <= fall->at ? nullptr : &held;
}

TrustLevel Ladder::of_grant(const Key& key, const Held& held, const Moment& moment,
                            Standing& out) const {
    const Grant& grant = held.grant;
    const auto no = [&](std::string why) {
        out.reasons.push_back("the grant does not hold: " + std::move(why));
        return TrustLevel::ask;
    };
    if (moment.at < grant.not_before || moment.at >= grant.expires) {
        return no("it ran out at " + core::format_instant(grant.expires));
    }
    if (grant.policy_sha256 != moment.policy_sha256) {
        return no("it was signed under another policy");
    }
    if (grant.agentd_version != moment.agentd_version) {
        return no("it was signed under another version of agentd");
    }
    if (grant.level > held.earned) {
        out.reasons.push_back("a person granted " + std::string(to_string(grant.level)) +
                              ", of which only " + std::string(to_string(held.earned)) +
                              " was earned then");
    }
    const auto level = std::min({grant.level, held.earned, ceiling(key.effect_class)});
    if (level == TrustLevel::ask) {
        return level;
    }
    const auto newest = evidence(key, moment.at).newest.value_or(held.at);
    const auto lowered = decayed(level, moment.at - std::max(newest, held.at));
    out.reasons.push_back("a person granted it until " + core::format_instant(grant.expires));
    if (lowered < level) {
        out.reasons.push_back("nothing of it was applied for a month: a rung down");
    }
    out.until = grant.expires;
    out.grant = grant;
    return lowered;
}

void Ladder::suggest(const Key& key, const Moment& moment, Standing& out) const {
    const TrustLevel top = ceiling(key.effect_class);
    if (out.level >= top) {
        if (top == TrustLevel::ask) {
            out.reasons.push_back("changes of class `" + std::string(to_string(key.effect_class)) +
                                  "` are always for a person");
        }
        return;
    }
    const auto next = out.level < TrustLevel::veto ? TrustLevel::veto : TrustLevel::automatic;
    const auto now = earned(key, moment.at);
    if (now >= next) {
        out.suggested = next;
        out.missing.emplace_back("a person's signature: agentctl trust grant");
        return;
    }
    list_missing(out.evidence, next, out.missing);
    if (out.missing.empty()) {
        out.missing.emplace_back("one that was applied within the last month");
    }
    out.missing.emplace_back("then a person's signature: agentctl trust grant");
}

Standing Ladder::standing(const Key& key, const Moment& moment) const {
    Standing out{.key = key};
    if (const auto why = untrusted(moment)) {
        out.reasons.push_back(*why);
        out.missing.emplace_back("a log that is whole: agentctl audit verify");
        return out;
    }
    out.evidence = evidence(key, moment.at);
    if (glass_ && moment.at < *glass_ + glass_for) {
        out.until = *glass_ + glass_for;
        out.reasons.emplace_back("root broke the glass within the last week");
        return out;
    }
    const auto fall = fall_of(key);
    const Held* grant = held(key);
    if (fall && moment.at < fall->at + revoked_for && grant == nullptr) {
        out.until = fall->at + revoked_for;
        out.reasons.push_back("revoked " + core::format_instant(fall->at) + ": " + fall->because);
        out.missing.emplace_back("14 days, or a grant that a person signs after it");
        return out;
    }
    out.level = grant == nullptr ? TrustLevel::ask : of_grant(key, *grant, moment, out);
    if (out.reasons.empty()) {
        out.reasons.emplace_back("nobody granted more");
    }
    suggest(key, moment, out);
    return out;
}

} // namespace agentd::policy::trust
