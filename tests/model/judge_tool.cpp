// Decides what it is asked, line by line: `{"policy": TOML, "facts": [{…}]}` in,
// `{"verdicts": [[level, presence, [rules that count], obligations or null]]}` or `{"problems":
// […]}` out.
#include "agentd/core/json.hpp"
#include "policy/analysis/facts_text.hpp"
#include "policy/decide.hpp"
#include "policy/invariants.hpp"
#include "policy/load.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <string>

using namespace agentd;

namespace {

core::Json decided(const policy::Policy& policy, const policy::Facts& facts) {
    const auto decision = policy::judge(policy, facts);
    core::Json counting = core::Json::array();
    for (const auto& trace : decision.rules) {
        if (trace.counts) {
            counting.push_back(policy.rules[trace.rule].id);
        }
    }
    for (const auto& trace : decision.invariants) {
        if (trace.counts) {
            counting.push_back(policy::invariants()[trace.rule].id);
        }
    }
    const auto& owed = decision.verdict.obligations;
    return {to_string(decision.verdict.level), to_string(decision.verdict.presence), counting,
            owed.empty() ? core::Json() : proposals::to_json(owed)};
}

core::Json answer(const core::Json& asked) {
    const auto loaded = policy::load_policy(
        asked.at("policy").get<std::string>(),
        {.file = "p", .today = std::chrono::sys_days(std::chrono::days(20'000))});
    core::Json problems = core::Json::array();
    for (const auto& problem : loaded.problems) {
        problems.push_back(problem.where + ": " + problem.message);
    }
    if (!loaded.policy) {
        return {{"problems", problems}};
    }
    core::Json verdicts = core::Json::array();
    for (const core::Json& given : asked.at("facts")) {
        const auto facts = policy::facts_from_json(given);
        if (!facts) {
            return {{"problems", {facts.problem().where + ": " + facts.problem().message}}};
        }
        verdicts.push_back(decided(*loaded.policy, *facts));
    }
    return {{"verdicts", verdicts}};
}

} // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        const auto asked = core::parse_json(line, {.bytes = std::size_t{16} << 20});
        if (!asked) {
            std::cerr << asked.problem().message << "\n";
            return 1;
        }
        std::cout << answer(*asked).dump() << std::endl;
    }
    return 0;
}
