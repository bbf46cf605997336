#include "policy/analysis/replay.hpp"

#include "policy/decide.hpp"

#include <algorithm>

namespace agentd::policy {

namespace {

using proposals::Level;

bool differs(const proposals::Verdict& a, const proposals::Verdict& b) {
    return a.level != b.level || a.presence != b.presence || !(a.obligations == b.obligations);
}

} // namespace

bool is_looser(const proposals::Verdict& before, const proposals::Verdict& now) {
    if (now.level != before.level) {
        return now.level > before.level;
    }
    if (now.level < Level::approve) {
        return false; // nothing happens
    }
    proposals::Obligations both = now.obligations;
    both += before.obligations;
    const bool asks_less = !(both == now.obligations);
    const bool weaker = !satisfies(now.presence, before.presence);
    return asks_less || weaker;
}

Replay::Replay(const Policy& policy) : policy_(policy), matched_(policy.rules.size(), false) {}

void Replay::take(PastDecision past) {
    auto decision = judge(policy_, past.facts);
    ++decisions_;
    for (const Trace& trace : decision.rules) {
        matched_[trace.rule] = matched_[trace.rule] || trace.truth == Truth::yes;
    }
    if (!differs(past.verdict, decision.verdict)) {
        return;
    }
    ++changes_;
    const bool looser = is_looser(past.verdict, decision.verdict);
    looser_ += looser ? 1 : 0;
    if (changed_.size() < most_changes) {
        changed_.push_back(
            {.past = std::move(past), .now = std::move(decision.verdict), .looser = looser});
    }
}

std::vector<std::string> Replay::never_matched() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; decisions_ > 0 && i < matched_.size(); ++i) {
        if (!matched_[i]) {
            out.push_back(policy_.rules[i].id);
        }
    }
    return out;
}

} // namespace agentd::policy
