// The documentation is held against the code: every block of the page is loaded.
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "policy_support.hpp"

#include <filesystem>

using namespace agentd;
using namespace agentd::test;

namespace {

std::string repository() {
    return std::filesystem::path(__FILE__).parent_path().parent_path().parent_path().parent_path();
}

std::vector<std::string> blocks(const std::string& page) {
    std::vector<std::string> out;
    bool inside = false;
    for (const auto line : core::lines(page)) {
        if (line.starts_with("```")) {
            inside = line == "```toml";
            if (inside) {
                out.emplace_back();
            }
        } else if (inside) {
            out.back() += std::string(line) + "\n";
        }
    }
    return out;
}

policy::Policy good(const std::string& text) {
    const auto loaded = load(text);
    for (const auto& problem : loaded.problems) {
        UNSCOPED_INFO(problem.where << " " << problem.message << " " << problem.hint);
    }
    REQUIRE(loaded.policy);
    return *loaded.policy;
}

} // namespace

TEST_CASE("every policy of the cookbook loads and its examples hold") {
    const auto all = blocks(core::read_file(repository() + "/docs/policy-cookbook.md"));
    REQUIRE(all.size() == 7);
    std::vector<policy::Policy> policies;
    for (const auto& block : all) {
        policies.push_back(good(block));
    }
    CHECK(decide(policies[1], harmless()).level == proposals::Level::approve);
    auto facts = harmless();
    facts.set("change.closure_delta", std::int64_t{1000});
    CHECK(decide(policies[2], facts).level == proposals::Level::automatic);
    CHECK(decide(policies[3], harmless()).presence == proposals::PresenceMethod::browser);
    auto update = harmless();
    update.set("change.kinds", policy::Texts{"package_updated"});
    CHECK(decide(policies[4], update).level == proposals::Level::veto);
    CHECK(decide(policies[4], update).obligations.windows == std::vector<std::string>{"night"});
    CHECK(role_of(policies[4], "alice") == proposals::Role::admin);
    facts.set("change.paths", policy::Texts{"secrets/a"});
    CHECK(decide(policies[5], facts).level == proposals::Level::forbid);
    auto back = harmless();
    back.set("change.revision", std::string("rollback")).set("rollback.confirmed_before", true);
    CHECK(decide(policies[6], back).presence == proposals::PresenceMethod::browser);
    back.set("rollback.confirmed_before", policy::Unknown{});
    CHECK(decide(policies[6], back).presence == proposals::PresenceMethod::ssh);
}

TEST_CASE("the demo's policy is the default one with a browser as presence") {
    const auto demo = good(core::read_file(repository() + "/tests/demo/policy.toml"));
    const auto usual = good(std::string(policy::default_policy_text()));
    CHECK(demo.presence == proposals::PresenceMethod::browser);
    CHECK(demo.level == usual.level);
    CHECK(demo.rules.size() == usual.rules.size());
}
