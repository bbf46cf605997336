// Facts as people write them, there and back.
#include "policy/analysis/facts_text.hpp"

#include "tests/unit/policy/policy_support.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::test;

TEST_CASE("facts written as an example are facts of a policy file again") {
    const auto facts = harmless().set("change.lines", std::int64_t{-3});
    const std::string text = policy::as_example(facts);
    CHECK(text.find("\"change.lines\" = -3") != std::string::npos);
    const auto loaded =
        load("schema = \"agentd.policy/1\"\nrevision = 1\n" +
             rule("r", "cap", "level = \"approve\"", "\"change.lines\" = { eq = -3 }") +
             "example.match = " + text + "\n");
    for (const auto& problem : loaded.problems) {
        UNSCOPED_INFO(problem.where << " " << problem.message);
    }
    CHECK(loaded.policy.has_value());
}

TEST_CASE("facts go through JSON by either name, and nothing else does") {
    const auto facts = harmless();
    CHECK(policy::facts_from_json(policy::to_json(facts)).value() == facts);
    CHECK(policy::facts_from_json({{"change.lines", 3}}).value() ==
          policy::Facts().set("change.lines", std::int64_t{3}));
    using Bad = std::pair<core::Json, std::string>;
    for (const auto& [value, code] :
         {Bad{core::Json::array(), "wrong_type"}, Bad{{{"change.line", 3}}, "unknown_fact"},
          Bad{{{"change.lines", "3"}}, "wrong_type"}, Bad{{{"change.lines", 1.5}}, "wrong_type"},
          Bad{{{"change.lines", UINT64_MAX}}, "wrong_type"},
          Bad{{{"change.lines", nullptr}}, "wrong_type"},
          Bad{{{"change.kinds", {"no_such_kind"}}}, "wrong_type"},
          Bad{{{"change.kinds", {"port_opened", 3}}}, "wrong_type"}}) {
        const auto read = policy::facts_from_json(value);
        REQUIRE_FALSE(read);
        CHECK(read.problem().code == code);
    }
}
