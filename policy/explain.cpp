#include "policy/explain.hpp"

#include "agentd/core/text.hpp"
#include "policy/invariants.hpp"

#include <algorithm>

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
    if (!rule.obligations.empty()) {
        out += "(" + core::printable(describe(rule.obligations)) + ") ";
    }
    out += "`" + rule.id + "`: " + (trace.counts ? "counts" : "does not count") + ", " +
           because(rule, trace, facts) + "\n";
    if (trace.counts) {
        out += "      " + core::printable(rule.why) + "\n";
    }
    return out;
}

/// What matters most comes first, because the end is what a long explanation loses.
class Text {
  public:
    explicit Text(std::string head) : text_(std::move(head)) {}

    void begin(std::string_view title) { title_ = title; }
    bool has_room() const { return text_.size() < max_explanation; }
    void add(const std::string& line) {
        if (!title_.empty()) {
            text_ += "\n" + std::string(title_) + "\n";
            title_ = {};
        }
        text_ += line;
    }
    std::string str() const { return core::shorten(text_, max_explanation - 4); }

  private:
    std::string text_;
    std::string_view title_;
};

void add_rules(Text& out, std::string_view title, const std::vector<Trace>& traces, bool counting,
               std::span<const Rule> rules, const Facts& facts) {
    out.begin(title);
    for (const Trace& trace : traces) {
        if (trace.counts == counting && out.has_room()) {
            out.add(line(rules[trace.rule], trace, facts));
        }
    }
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
    std::vector<std::size_t> told;
    std::string out;
    for (const Condition& condition : rule.when) {
        if (std::find(told.begin(), told.end(), condition.fact) != told.end()) {
            continue;
        }
        if (told.size() == 3) {
            return out + " and more conditions";
        }
        out += (out.empty() ? "" : " and ") + std::string(known_facts()[condition.fact].name) +
               " is " + show(facts.at(condition.fact));
        told.push_back(condition.fact);
    }
    return out;
}

std::string explain(const Policy& policy, const Facts& facts, const Decision& decision) {
    const auto& verdict = decision.verdict;
    std::string out = "verdict: " + std::string(to_string(verdict.level));
    if (verdict.presence != proposals::PresenceMethod::none) {
        out += ", presence " + std::string(to_string(verdict.presence));
    }
    if (!verdict.obligations.empty()) {
        out += "\nasked for: " + core::printable(describe(verdict.obligations));
    }
    out += "\npolicy: revision " + std::to_string(policy.revision) + ", sha256 " +
           policy.digest.hex().substr(0, 12) + ", default " + std::string(to_string(policy.level)) +
           " with " + std::string(to_string(policy.presence)) + "\n";
    Text text(std::move(out));
    text.begin("what would have to be different");
    for (const std::string& hint : verdict.would_change) {
        text.add("  - " + core::printable(hint) + "\n");
    }
    add_rules(text, "limits that no policy lifts", decision.invariants, true, invariants(), facts);
    add_rules(text, "rules that count", decision.rules, true, policy.rules, facts);
    add_rules(text, "rules that do not count", decision.rules, false, policy.rules, facts);
    return text.str();
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
