#include "policy/explain.hpp"

#include "agentd/core/text.hpp"
#include "policy/invariants.hpp"

namespace agentd::policy {

namespace {

constexpr std::size_t max_explanation = 8192;

std::string mark(const Trace& trace) {
    return trace.counts ? (trace.truth == Truth::unknown ? "? " : "* ") : "  ";
}

std::string line(const Rule& rule, const Trace& trace, const Facts& facts) {
    std::string out = "  " + mark(trace) + std::string(to_string(rule.effect)) + " ";
    if (rule.level) {
        out += std::string(to_string(*rule.level)) + " ";
    }
    if (rule.presence) {
        out += "presence " + std::string(to_string(*rule.presence)) + " ";
    }
    out += "`" + rule.id + "`: " + (trace.counts ? "counts" : "does not count") + ", " +
           because(rule, trace, facts) + "\n";
    if (trace.counts) {
        out += "      " + core::printable(rule.why) + "\n";
    }
    return out;
}

std::string section(std::string_view title, const std::string& body) {
    return body.empty() ? "" : "\n" + std::string(title) + "\n" + body;
}

std::string code(std::string_view text) {
    return "`" + std::string(text) + "`";
}

std::string choices(const KnownFact& fact) {
    if (fact.choices.empty() || fact.choices.size() > 12) {
        return "";
    }
    return ": " + core::join(fact.choices, ", ");
}

} // namespace

std::string because(const Rule& rule, const Trace& trace, const Facts& facts) {
    if (rule.when.empty()) {
        return "it is for everything";
    }
    if (trace.condition) {
        const Condition& condition = rule.when[*trace.condition];
        if (trace.truth == Truth::unknown) {
            return describe(condition) + " is wanted, and it is unknown" +
                   (trace.counts ? ": unknown never helps" : "");
        }
        return describe(condition) + " is wanted, and it is " + show(facts.at(condition.fact));
    }
    std::string out;
    std::size_t shown = 0;
    for (const Condition& condition : rule.when) {
        if (++shown > 3) {
            return out + " and " + std::to_string(rule.when.size() - 3) + " more conditions";
        }
        out += (out.empty() ? "" : " and ") + std::string(known_facts()[condition.fact].name) +
               " is " + show(facts.at(condition.fact));
    }
    return out;
}

std::string explain(const Policy& policy, const Facts& facts, const Decision& decision) {
    const auto& verdict = decision.verdict;
    std::string out = "verdict: " + std::string(to_string(verdict.level));
    if (verdict.presence != proposals::PresenceMethod::none) {
        out += ", presence " + std::string(to_string(verdict.presence));
    }
    out += "\npolicy: revision " + std::to_string(policy.revision) + ", sha256 " +
           policy.digest.hex().substr(0, 12) + ", default " + std::string(to_string(policy.level)) +
           " with " + std::string(to_string(policy.presence)) + "\n";
    std::string limits;
    for (const Trace& trace : decision.invariants) {
        if (trace.counts) {
            limits += line(invariants()[trace.rule], trace, facts);
        }
    }
    std::string hints;
    for (const std::string& hint : verdict.would_change) {
        hints += "  - " + core::printable(hint) + "\n";
    }
    std::string counting;
    std::string others;
    for (const Trace& trace : decision.rules) {
        (trace.counts ? counting : others) += line(policy.rules[trace.rule], trace, facts);
    }
    // What matters most comes first, because the end is what a long explanation loses.
    out += section("what would have to be different", hints) +
           section("limits that no policy lifts", limits) + section("rules that count", counting) +
           section("rules that do not count", others);
    return core::shorten(out, max_explanation - 4);
}

std::string facts_as_markdown() {
    std::string out = "| fact | type | tests | meaning |\n|---|---|---|---|\n";
    for (const KnownFact& fact : known_facts()) {
        std::string tests;
        for (const Test test : tests_of(fact.type)) {
            tests += (tests.empty() ? "" : " ") + code(to_string(test));
        }
        out += "| " + code(fact.name) + " | " + std::string(to_string(fact.type)) + choices(fact) +
               " | " + tests + " | " + std::string(fact.meaning) + " |\n";
    }
    return out;
}

} // namespace agentd::policy
