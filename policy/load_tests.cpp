#include "policy/load_tests.hpp"

#include "agentd/core/text.hpp"
#include "policy/decide.hpp"
#include "policy/explain.hpp"
#include "policy/load_condition.hpp"
#include "policy/load_head.hpp"

namespace agentd::policy {

namespace {

using core::TomlReader;

constexpr std::size_t max_tests = 512;

std::string in_words(const proposals::Verdict& verdict) {
    std::string out(to_string(verdict.level));
    if (verdict.presence != proposals::PresenceMethod::none) {
        out += ", presence " + std::string(to_string(verdict.presence));
    }
    const std::string owed = describe(verdict.obligations);
    return owed.empty() ? out : out + ", " + owed;
}

std::string wanted_in_words(const PolicyTest& test) {
    std::string out(to_string(test.level));
    if (test.presence) {
        out += ", presence " + std::string(to_string(*test.presence));
    }
    if (test.obligations) {
        const std::string owed = describe(*test.obligations);
        out += owed.empty() ? ", nothing else asked for" : ", " + owed;
    }
    return out;
}

// Facts that are given stand beside or instead of those of the base.
void lay_over(Facts& base, const Facts& given) {
    for (std::size_t i = 0; i < known_facts().size(); ++i) {
        if (!std::holds_alternative<Unknown>(given.at(i))) {
            base.set(known_facts()[i].name, given.at(i));
        }
    }
}

Facts read_test_facts(TomlReader& in) {
    Facts out;
    if (in.one_of("base", {"harmless", "unknown"}) == "harmless") {
        out = harmless_facts();
    }
    if (auto table = in.table("facts")) {
        if (const auto given = read_facts(*table)) {
            lay_over(out, *given);
        }
    }
    return out;
}

PolicyTest read_test(TomlReader& in, const Policy& policy) {
    PolicyTest out{.where = in.where()};
    in.require("name");
    out.name = core::printable(in.text("name", 200).value_or(""));
    out.facts = read_test_facts(in);
    in.require("level");
    out.level = read_level(in).value_or(out.level);
    out.presence = read_presence(in);
    out.obligations = read_obligation_table(in, policy);
    in.finish();
    return out;
}

} // namespace

Facts harmless_facts() {
    Facts out;
    out.set("proposer.kind", std::string("human"))
        .set("proposer.trust", std::string("ask"))
        .set("change.source", std::string("words"))
        .set("change.revision", std::string("change"))
        .set("change.kinds", Texts{"package_added"})
        .set("change.areas", Texts{"packages"})
        .set("change.class", std::string("package"))
        .set("change.class_since_person", std::string("package"))
        .set("change.steps_since_person", std::int64_t{0})
        .set("change.max_risk", std::string("low"))
        .set("change.unclassified", std::int64_t{0})
        .set("change.truncated", false)
        .set("change.packages_added", Texts{"hello-2.12"})
        .set("change.ports_opened", Texts{})
        .set("change.closure_delta", std::int64_t{1'000'000})
        .set("change.reboot_required", false)
        .set("rollback.confirmed_before", false)
        .set("evidence.build", std::string("passed"))
        .set("evidence.checks", std::string("none"))
        .set("evidence.build_escapable", false)
        .set("evidence.options_disagree", false);
    return out;
}

std::vector<PolicyTest> run_tests(TomlReader& root, const Policy& policy) {
    std::vector<PolicyTest> out;
    for (TomlReader& in : root.tables("test", max_tests)) {
        PolicyTest test = read_test(in, policy);
        const auto decision = judge(policy, test.facts);
        const auto& verdict = decision.verdict;
        test.wanted = wanted_in_words(test);
        test.verdict = in_words(verdict);
        test.passed = verdict.level == test.level &&
                      (!test.presence || verdict.presence == *test.presence) &&
                      (!test.obligations || verdict.obligations == *test.obligations);
        if (!test.passed) {
            test.explanation = explain(policy, test.facts, decision);
            in.refuse("level", {.code = "test_fails",
                                .message = "the test `" + test.name + "` comes out as " +
                                           core::printable(test.verdict),
                                .hint = "agentctl policy test says which rules count"});
        }
        out.push_back(std::move(test));
    }
    return out;
}

} // namespace agentd::policy
