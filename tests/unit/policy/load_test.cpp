#include "policy/load.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/fd.hpp"
#include "policy_support.hpp"

using namespace agentd;
using namespace agentd::test;

namespace {

const std::string head = "schema = \"agentd.policy/1\"\nrevision = 1\n";

// The first problem's code and place, and its words in the message of a failing check.
std::string trouble(const std::string& text) {
    const auto loaded = load(text);
    if (loaded.problems.empty()) {
        return "none";
    }
    CHECK_FALSE(loaded.policy.has_value());
    const auto& problem = loaded.problems[0];
    UNSCOPED_INFO(problem.message << " | " << problem.hint);
    return problem.code + " " + problem.where;
}

std::string trouble_of_rule(const std::string& fields, const std::string& when) {
    return trouble(head + rule("x", "grant", fields, when));
}

std::string hint(const std::string& text) {
    const auto loaded = load(text);
    REQUIRE_FALSE(loaded.problems.empty());
    return loaded.problems[0].hint;
}

} // namespace

TEST_CASE("the default policy loads and lets a person decide everything") {
    const auto loaded = load(std::string(policy::default_policy_text()));
    for (const auto& problem : loaded.problems) {
        UNSCOPED_INFO(problem.where << " " << problem.message);
    }
    REQUIRE(loaded.policy);
    CHECK(decide(*loaded.policy, harmless()).level == proposals::Level::approve);
    CHECK(decide(*loaded.policy, harmless()).presence == proposals::PresenceMethod::ssh);
    for (const char* kind :
         {"sshd_root_login", "sudo_changed", "nix_trust", "firewall_removed", "agentd_changed"}) {
        auto facts = harmless();
        facts.set("change.kinds", policy::Texts{kind});
        CHECK(decide(*loaded.policy, facts).level == proposals::Level::propose);
    }
}

TEST_CASE("the digest of a policy is the digest of its bytes") {
    const auto loaded = load(head + "# a comment counts too\n");
    REQUIRE(loaded.policy);
    CHECK(loaded.policy->digest == core::sha256(head + "# a comment counts too\n"));
}

TEST_CASE("an empty file is not a policy") {
    const auto loaded = load("");
    CHECK_FALSE(loaded.policy);
    REQUIRE(loaded.problems.size() == 2);
    CHECK(loaded.problems[0].message == "`schema` is missing");
    CHECK(loaded.problems[1].message == "`revision` is missing");
}

TEST_CASE("another schema is refused") {
    CHECK(trouble("schema = \"agentd.policy/2\"\nrevision = 1\n") == "bad_value p.toml:1:10");
}

TEST_CASE("broken TOML tells its line") {
    CHECK(trouble(head + "[[rule\n").starts_with("bad_toml p.toml:3:"));
}

TEST_CASE("unknown keys are refused with the nearest name") {
    CHECK(trouble(head + "[default]\nlevel = \"approve\"\n") == "unknown_key p.toml:3:2");
    CHECK(hint(head + "[default]\n").find("`defaults`") != std::string::npos);
    CHECK(trouble(head + "[defaults]\nlevl = \"approve\"\n") == "unknown_key p.toml:4:1");
    CHECK(trouble_of_rule("level = \"auto\"\nexpire = 2030-01-01", "") == "unknown_key p.toml:7:1");
}

TEST_CASE("unknown facts are refused with the nearest name") {
    const std::string text =
        head + rule("x", "cap", "level = \"propose\"", R"("change.kind" = { any_in = ["x"] })");
    CHECK(trouble(text) == "unknown_fact p.toml:9:9");
    CHECK(hint(text).find("`change.kinds`") != std::string::npos);
}

TEST_CASE("a fact written without quotes is explained") {
    const std::string text = head + rule("x", "cap", "level = \"propose\"",
                                         "change.kinds = { any_in = [\"unit_added\"] }");
    CHECK(trouble(text).starts_with("unknown_fact"));
    CHECK(hint(text).find("in quotes") != std::string::npos);
}

TEST_CASE("unknown tests, and tests of another type, are refused") {
    CHECK(trouble_of_rule("level = \"auto\"", R"("change.kinds" = { anyin = ["unit_added"] })") ==
          "unknown_test p.toml:9:28");
    CHECK(trouble_of_rule("level = \"auto\"", R"("change.lines" = { any_in = ["a"] })") ==
          "wrong_type p.toml:9:28");
    CHECK(trouble_of_rule("level = \"auto\"", R"("host.name" = { lt = 3 })")
              .starts_with("wrong_type"));
}

TEST_CASE("values of the wrong type are refused") {
    const auto wrong = [](const std::string& when) {
        return trouble_of_rule("level = \"auto\"", when).substr(0, 10);
    };
    CHECK(wrong(R"("change.lines" = { le = "many" })") == "wrong_type");
    CHECK(wrong(R"("change.lines" = { le = 1.5 })") == "wrong_type");
    CHECK(wrong(R"("change.truncated" = { is = "true" })") == "wrong_type");
    CHECK(wrong(R"("change.kinds" = { any_in = "unit_added" })") == "wrong_type");
    CHECK(wrong(R"("change.kinds" = { any_in = [1] })") == "wrong_type");
    CHECK(wrong(R"("change.ports_opened" = { count_le = -1 })") == "wrong_type");
    CHECK(wrong(R"("change.kinds" = ["unit_added"])") == "wrong_type");
    CHECK(wrong(R"("change.kinds" = {})") == "missing_ke");
    CHECK(wrong(R"("change.kinds" = { any_in = [] })") == "bad_value ");
}

TEST_CASE("a name that a fact never has is refused with the nearest") {
    const std::string text = head + rule("x", "cap", "level = \"propose\"",
                                         R"("change.kinds" = { any_in = ["port_open"] })");
    CHECK(trouble(text).starts_with("unknown_name p.toml:9:"));
    CHECK(hint(text).find("`port_opened`") != std::string::npos);
    CHECK(trouble_of_rule("level = \"auto\"", R"("change.max_risk" = { le = "mild" })")
              .starts_with("unknown_name"));
    CHECK(trouble_of_rule("level = \"auto\"", R"("change.kinds" = { any_match = ["prot*"] })")
              .starts_with("unknown_name"));
}

TEST_CASE("an option is the same in a rule however its names are quoted") {
    const std::string when = R"("change.option_paths" = { any_in = ['users.users."bob".shell'] })";
    const auto with = [&](const std::string& example) {
        return trouble(head + rule("x", "cap", "level = \"propose\"", when) + example);
    };
    CHECK(with("example.match = { \"change.option_paths\" = ['users.users.bob.shell'] }\n") ==
          "none");
    CHECK(with("example.match = { \"change.option_paths\" = ['users.\"users\".bob.shell'] }\n") ==
          "none");
    CHECK(with("example.match = { \"change.option_paths\" = ['users..shell'] }\n")
              .starts_with("wrong_type"));
    CHECK(trouble_of_rule("level = \"auto\"", R"("change.option_paths" = { any_in = ["a..b"] })")
              .starts_with("unknown_name"));
}

TEST_CASE("levels and presences that do not exist are refused") {
    CHECK(trouble_of_rule("level = \"automatic\"", "").starts_with("bad_value"));
    CHECK(trouble(head + "[defaults]\npresence = \"none\"\n").starts_with("bad_value"));
    CHECK(trouble(head + "[defaults]\npresence = \"break_glass\"\n").starts_with("bad_value"));
}

TEST_CASE("each effect has its own fields") {
    CHECK(trouble(head + rule("x", "cap", "level = \"propose\"\npresence = \"ssh\"", ""))
              .starts_with("unknown_key"));
    CHECK(trouble(head + rule("x", "require", "level = \"propose\"\npresence = \"ssh\"", ""))
              .starts_with("unknown_key"));
    CHECK(trouble(head + rule("x", "require", "", "")).starts_with("missing_key"));
    CHECK(trouble(head + rule("x", "cap", "", "")).starts_with("missing_key"));
    CHECK(trouble(head + rule("x", "deny", "level = \"forbid\"", "")).starts_with("bad_value"));
}

TEST_CASE("a rule says who wants it, why, and when it counts") {
    const auto loaded = load(head + "[[rule]]\n");
    std::vector<std::string> missing;
    for (const auto& problem : loaded.problems) {
        missing.push_back(problem.message);
        CHECK(problem.where == "p.toml:3:1");
    }
    CHECK(missing == std::vector<std::string>{"`rule.id` is missing", "`rule.effect` is missing",
                                              "`rule.level` is missing", "`rule.why` is missing",
                                              "`rule.owner` is missing", "`rule.when` is missing"});
}

TEST_CASE("two rules of one name are refused") {
    const auto one = rule("x", "cap", "level = \"propose\"", "");
    CHECK(trouble(head + one + one) == "duplicate_id p.toml:11:6");
}

TEST_CASE("a rule counts on its last day and the file is refused on the next") {
    CHECK(trouble_of_rule("level = \"auto\"\nexpires = 2026-01-02", "") == "none");
    CHECK(trouble_of_rule("level = \"auto\"\nexpires = 2026-01-01", "") == "expired p.toml:7:11");
    CHECK(trouble_of_rule("level = \"auto\"\nexpires = \"2030-01-01\"", "")
              .starts_with("wrong_type"));
    const auto loaded = load(head + rule("x", "cap", "level = \"veto\"\nexpires = 2026-03-01", ""));
    REQUIRE(loaded.policy);
    CHECK(last_good_day(*loaded.policy) == std::chrono::sys_days(std::chrono::year(2026) / 3 / 1));
}

TEST_CASE("examples are held against their rule") {
    const std::string when = R"("change.ports_opened" = { count_ge = 1 })";
    const auto with = [&](const std::string& example) {
        return trouble(head + rule("x", "cap", "level = \"propose\"", when) + example);
    };
    CHECK(with("example.match = { \"change.ports_opened\" = [\"80/tcp\"] }\n") == "none");
    CHECK(with("example.no_match = [{ \"change.ports_opened\" = [] }]\n") == "none");
    CHECK(with("example.match = { \"change.ports_opened\" = [] }\n") ==
          "example_fails p.toml:10:17");
    CHECK(with("example.no_match = { \"change.ports_opened\" = [\"80/tcp\"] }\n")
              .starts_with("example_fails"));
    CHECK(with("example.no_match = { \"change.lines\" = 3 }\n").starts_with("example_fails"));
    CHECK(with("example.match = { \"change.port\" = [] }\n").starts_with("unknown_fact"));
    CHECK(with("example.match = { \"change.lines\" = true }\n").starts_with("wrong_type"));
    CHECK(with("example.mach = {}\n").starts_with("unknown_key"));
}

TEST_CASE("all troubles of a file are told at once") {
    const auto loaded =
        load(head + rule("A B", "cap", "level = \"low\"", R"("x.y" = { is = 1 })") +
             rule("ok", "cap", "level = \"veto\"", R"("change.lines" = { is = true })"));
    std::vector<std::string> codes;
    for (const auto& problem : loaded.problems) {
        codes.push_back(problem.code);
    }
    CHECK(codes ==
          std::vector<std::string>{"bad_value", "bad_value", "unknown_fact", "wrong_type"});
}

TEST_CASE("words of a rule cannot hide anything") {
    CHECK(trouble(head +
                  "[[rule]]\nid = \"x\"\neffect = \"cap\"\nlevel = \"veto\"\nwhy = \"a\\u202Eb\"\n"
                  "owner = \"o\"\nwhen = {}\n") == "bad_value p.toml:7:7");
}

TEST_CASE("a file that is too large, or has too many rules, is refused") {
    CHECK(trouble(head + std::string(300'000, '#')).starts_with("too_many"));
    std::string many;
    for (int i = 0; i < 1025; ++i) {
        many += "[[rule]]\n";
    }
    CHECK(trouble(head + many).starts_with("too_many"));
}

TEST_CASE("a file's own tests are run whenever it is loaded, and one that fails is a trouble") {
    const std::string small = head + rule("small", "grant", "level = \"auto\"",
                                          R"("change.kinds" = { subset_of = ["package_added"] })");
    const auto with = [&](const std::string& fields) {
        return trouble(small + "[[test]]\nname = \"t\"\n" + fields);
    };
    CHECK(with("base = \"harmless\"\nlevel = \"auto\"\n") == "none");
    CHECK(with("base = \"harmless\"\nlevel = \"approve\"\n") == "test_fails p.toml:13:9");
    CHECK(with("level = \"auto\"\n").starts_with("test_fails"));
    CHECK(with("base = \"harmless\"\nfacts = { \"change.kinds\" = [\"unit_added\"] }\n"
               "level = \"approve\"\npresence = \"ssh\"\nobligations = {}\n") == "none");
    CHECK(with("base = \"harmless\"\nfacts = { \"change.kinds\" = [\"unit_added\"] }\n"
               "level = \"approve\"\npresence = \"passkey\"\n")
              .starts_with("test_fails"));
    CHECK(with("base = \"harmless\"\nfacts = { \"change.kinds\" = [\"unit_added\"] }\n"
               "level = \"approve\"\nobligations = { typed_host = true }\n")
              .starts_with("test_fails"));
    CHECK(with("base = \"harmless\"\n").starts_with("missing_key"));
    CHECK(with("base = \"harmless\"\nlevel = \"auto\"\nfatcs = {}\n").starts_with("unknown_key"));
    CHECK(with("facts = { \"change.kind\" = [] }\nlevel = \"auto\"\n").starts_with("unknown_fact"));
    const auto loaded =
        load(small + "[[test]]\nname = \"t\"\nbase = \"harmless\"\nlevel = \"auto\"\n");
    REQUIRE(loaded.tests.size() == 1);
    CHECK(loaded.tests[0].passed);
    CHECK(loaded.tests[0].verdict == "auto");
}
