// What rules ask for besides an agreement: who, how long, when, what has been shown.
#include "policy/obligations.hpp"

#include "policy_support.hpp"

#include "agentd/core/json.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::test;
using policy::decide;
using proposals::Level;
using proposals::Obligations;
using proposals::Role;
using namespace std::chrono_literals;

namespace {

const std::string windows = "[window.night]\nfrom = \"02:00\"\nto = \"05:00\"\ntz = \"UTC\"\n"
                            "[window.weekend]\ndays = [\"sat\", \"sun\"]\nfrom = \"00:00\"\n"
                            "to = \"24:00\"\ntz = \"Europe/Berlin\"\n";

std::string grant(const std::string& id, const std::string& level, const std::string& owed) {
    return rule(
        id, "grant",
        "level = \"" + level + "\"" + (owed.empty() ? "" : "\nobligations = {" + owed + "}"), "");
}

std::string require(const std::string& id, const std::string& owed) {
    return rule(id, "require", "obligations = {" + owed + "}", "");
}

Obligations owed(const std::string& rules, const std::string& level = "propose") {
    return decide(policy_of(windows + rules, level), harmless()).obligations;
}

std::string trouble(const std::string& rules) {
    const auto loaded = load("schema = \"agentd.policy/1\"\nrevision = 1\n" + rules);
    CHECK_FALSE(loaded.policy.has_value());
    return loaded.problems.empty() ? "none" : loaded.problems[0].code;
}

} // namespace

TEST_CASE("everything that counting requires ask for is asked for together") {
    const auto both = owed(require("two", R"(approvers = { n = 2 }, delay = "1h")") +
                               require("boss", R"(approvers = { n = 1, role = "admin" }, )"
                                               R"(delay = "30m", tests = ["rehearsal"])") +
                               require("typed", R"(typed_host = true, window = "night")"),
                           "approve");
    CHECK(both == Obligations{.approvers = {{.n = 2, .role = Role::approver},
                                            {.n = 1, .role = Role::admin}},
                              .delay = 1h,
                              .windows = {"night"},
                              .tests = {"rehearsal"},
                              .typed_host = true});
}

TEST_CASE("of several grants that give a level the one that asks least is taken") {
    const std::string two = grant("two", "approve", "approvers = { n = 2 }");
    const std::string admin = grant("admin", "approve", R"(approvers = { n = 1, role = "admin" })");
    const std::string free = grant("free", "approve", "");
    CHECK(owed(two).approvers == std::vector<proposals::ApproversNeeded>{{.n = 2}});
    CHECK(owed(two + free) == Obligations{});
    CHECK(owed(free + two) == Obligations{});
    CHECK(owed(two + admin) == owed(admin + two));
}

TEST_CASE("a veto always waits, and no rule makes it wait less than the grant says") {
    CHECK(owed(grant("a", "veto", "")).delay == 2h);
    CHECK(owed(grant("a", "veto", "delay = \"10m\"")).delay == 10min);
    CHECK(owed(grant("a", "veto", "") + require("r", "delay = \"5m\"")).delay == 2h);
    CHECK(owed(grant("a", "auto", "") + rule("c", "cap", "level = \"veto\"", "")).delay == 2h);
    CHECK(owed("", "veto").delay == 2h);
    CHECK(owed("", "auto").delay == 0s);
}

TEST_CASE("what asks for people is held at approve, and what waits is not automatic") {
    const auto level = [](const std::string& rules) {
        return decide(policy_of(windows + rules, "auto"), harmless()).level;
    };
    CHECK(level(require("r", "approvers = { n = 1 }")) == Level::approve);
    CHECK(level(require("r", "typed_host = true")) == Level::approve);
    CHECK(level(require("r", "delay = \"1h\"")) == Level::veto);
    CHECK(level(require("r", "window = [\"night\", \"weekend\"]")) == Level::automatic);
}

TEST_CASE("whoever is content with a weaker presence asks for what stands beside it") {
    const std::string phone = "[[rule]]\nid = \"phone\"\neffect = \"grant\"\nlevel = \"approve\"\n"
                              "presence = \"browser\"\nwhy = \"w\"\nowner = \"o\"\nwhen = {}\n"
                              "obligations = { typed_host = true }\n";
    const auto verdict = decide(policy_of(phone), harmless());
    CHECK(verdict.presence == proposals::PresenceMethod::browser);
    CHECK(verdict.obligations.typed_host);
}

TEST_CASE("nothing is asked where nothing happens") {
    CHECK(owed(require("r", "window = \"night\"") + rule("c", "cap", "level = \"propose\"", ""))
              .empty());
}

TEST_CASE("an obligation that means nothing for its rule is a trouble of the file") {
    CHECK(trouble(windows + grant("g", "auto", "delay = \"1h\"")) == "bad_value");
    CHECK(trouble(windows + grant("g", "veto", "approvers = { n = 2 }")) == "bad_value");
    CHECK(trouble(windows + grant("g", "propose", "typed_host = true")) == "bad_value");
    CHECK(trouble(windows + grant("g", "approve", "approvers = { n = 2 }")) == "bad_value");
    CHECK(trouble(windows + require("r", "typed_host = false")) == "bad_value");
    CHECK(trouble(windows + require("r", "approvers = { n = 0 }")) == "bad_value");
    CHECK(trouble(windows + require("r", "approvers = { n = 1, role = \"viewer\" }")) ==
          "bad_value");
    CHECK(trouble(windows + require("r", "window = \"nigth\"")) == "unknown_name");
    CHECK(trouble(windows + require("r", "tests = [\"build\"]")) == "unknown_name");
    CHECK(trouble(windows + require("r", "delay = \"31d\"")) == "bad_value");
    CHECK(trouble(windows + require("r", "delay = \"2\"")) == "bad_value");
    CHECK(trouble(windows + require("r", "deley = \"2h\"")) == "unknown_key");
    CHECK(trouble(rule("c", "cap", "level = \"approve\"\nobligations = { typed_host = true }",
                       "")) == "unknown_key");
}

TEST_CASE("roles are of names, each in one of them") {
    const auto policy =
        policy_of("self_approval = \"terminal\"\n[roles]\nviewer = [\"eve\"]\nadmin = [\"ann\"]\n");
    CHECK(role_of(policy, "eve") == Role::viewer);
    CHECK(role_of(policy, "ann") == Role::admin);
    CHECK(role_of(policy, "Ann") == Role::admin);  // however it is capitalised
    CHECK(role_of(policy, "bob") == Role::viewer); // where there are roles, he is in none
    CHECK(role_of(policy_of(""), "bob") == Role::approver);
    CHECK(role_of(policy_of("[roles]\nviewer = [\"eve\"]\n"), "bob") == Role::approver);
    CHECK(trouble("[roles]\nviewer = [\"carol smith\"]\n") == "bad_value");
    CHECK(trouble("[roles]\nviewer = [\"Eve\"]\nadmin = [\"eve\"]\n") == "duplicate_id");
    CHECK(policy.self_approval == policy::SelfApproval::terminal);
    CHECK(trouble("[roles]\nviewer = [\"eve\"]\nadmin = [\"eve\"]\n") == "duplicate_id");
    CHECK(trouble("[roles]\nroot = [\"eve\"]\n") == "unknown_key");
}

TEST_CASE("a window that is never open, or nowhere, is a trouble of the file") {
    const auto window = [](const std::string& fields) { return trouble("[window.w]\n" + fields); };
    CHECK(window("from = \"02:00\"\nto = \"02:00\"\ntz = \"UTC\"\n") == "bad_value");
    CHECK(window("from = \"24:00\"\nto = \"02:00\"\ntz = \"UTC\"\n") == "bad_value");
    CHECK(window("from = \"2:00\"\nto = \"03:00\"\ntz = \"UTC\"\n") == "bad_value");
    CHECK(window("from = \"02:00\"\nto = \"24:01\"\ntz = \"UTC\"\n") == "bad_value");
    CHECK(window("from = \"02:00\"\nto = \"03:00\"\n") == "missing_key");
    CHECK(window("from = \"02:00\"\nto = \"03:00\"\ntz = \"../etc/shadow\"\n") == "bad_value");
    CHECK(window("days = [\"today\"]\nfrom = \"02:00\"\nto = \"03:00\"\ntz = \"UTC\"\n") ==
          "bad_value");
    CHECK(window("days = []\nfrom = \"02:00\"\nto = \"03:00\"\ntz = \"UTC\"\n") == "bad_value");
    CHECK(trouble("[window.Night]\nfrom = \"02:00\"\nto = \"03:00\"\ntz = \"UTC\"\n") ==
          "bad_value");
}

TEST_CASE("obligations are read back from what they are written as, and from nothing else") {
    const Obligations all{.approvers = {{.n = 2}, {.n = 1, .role = Role::admin}},
                          .delay = 90min,
                          .windows = {"night", "weekend"},
                          .tests = {"rehearsal"},
                          .typed_host = true};
    CHECK(*proposals::obligations_from_json(to_json(all)) == all);
    proposals::Verdict verdict{
        .level = Level::veto, .policy_sha256 = std::string(64, 'a'), .obligations = all};
    CHECK(*proposals::verdict_from_json(to_json(verdict)) == verdict);
    verdict.obligations = {};
    CHECK(core::canonical(to_json(verdict)).find("obligations") == std::string::npos);
    CHECK(*proposals::verdict_from_json(to_json(verdict)) == verdict);
    const auto refused = [&](std::string_view from, std::string_view to) {
        std::string text = core::canonical(to_json(all));
        text.replace(text.find(from), from.size(), to);
        return !proposals::obligations_from_json(*core::parse_json(text)).has_value();
    };
    CHECK(refused("\"n\":2", "\"n\":0"));
    CHECK(refused("\"role\":\"approver\"", "\"role\":\"admin\""));
    CHECK(refused("\"role\":\"approver\"", "\"role\":\"viewer\""));
    CHECK(refused("\"night\",\"weekend\"", "\"weekend\",\"night\""));
    CHECK(refused("5400", "-1"));
}
