#include "policy/facts.hpp"
#include "policy/glob.hpp"
#include "policy/join.hpp"

#include "policy/explain.hpp"
#include "policy/rule.hpp"
#include "policy_support.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using policy::facts_from;
using policy::FactValue;
using policy::Form;
using policy::Glob;
using policy::Texts;
using policy::Unknown;
using proposals::Risk;

namespace {

proposals::Effects some_effects() {
    proposals::Effects effects;
    effects.effects = {
        {.area = "network", .kind = "port_opened", .subject = "8080/tcp", .risk = Risk::high},
        {.area = "packages", .kind = "package_added", .subject = "ripgrep", .risk = Risk::low},
        {.area = "unclassified", .kind = "unclassified_added", .subject = "x", .risk = Risk::high},
        {.area = "units", .kind = "unit_changed", .subject = "sshd.service", .risk = Risk::low},
        {.area = "accounts", .kind = "user_removed", .subject = "bob", .risk = Risk::notice}};
    effects.closure = {.bytes_before = 100, .bytes_after = 70};
    return effects;
}

bool glob(std::string_view pattern, std::string_view text, Form form = Form::option) {
    const auto compiled = Glob::compile(pattern, form);
    REQUIRE(compiled);
    return compiled->matches(text);
}

} // namespace

TEST_CASE("effects become facts") {
    const auto facts = facts_from(some_effects(), {});
    CHECK(facts.get("change.kinds") ==
          FactValue(Texts{"port_opened", "package_added", "unclassified_added", "unit_changed",
                          "user_removed"}));
    CHECK(facts.get("change.areas") ==
          FactValue(Texts{"network", "packages", "unclassified", "units", "accounts"}));
    CHECK(facts.get("change.max_risk") == FactValue(std::string("high")));
    CHECK(facts.get("change.unclassified") == FactValue(std::int64_t{1}));
    CHECK(facts.get("change.ports_opened") == FactValue(Texts{"8080/tcp"}));
    CHECK(facts.get("change.ports_closed") == FactValue(Texts{}));
    CHECK(facts.get("change.packages_added") == FactValue(Texts{"ripgrep"}));
    CHECK(facts.get("change.units_changed") == FactValue(Texts{"sshd.service"}));
    CHECK(facts.get("change.users_removed") == FactValue(Texts{"bob"}));
    CHECK(facts.get("change.closure_delta") == FactValue(std::int64_t{-30}));
    CHECK(facts.get("change.reboot_required") == FactValue(false));
}

TEST_CASE("what a specialisation does is a fact under its own name") {
    auto effects = some_effects();
    for (auto& each : effects.effects)
        each.subject.insert(0, "specialisation/a: b: ");
    const auto facts = facts_from(effects, {});
    const auto ports = std::get<Texts>(facts.get("change.ports_opened"));
    CHECK(ports.contains("8080/tcp"));
    CHECK(std::get<Texts>(facts.get("change.packages_added")).contains("ripgrep"));
}

TEST_CASE("what nobody said is unknown") {
    const auto facts =
        facts_from(some_effects(), {.build_escapable = true,
                                    .revision = "change",
                                    .confirmed_before = false,
                                    .proposer_trust = "ask",
                                    .class_since_person = policy::EffectClass::nothing,
                                    .steps_since_person = 0});
    for (const auto& known : policy::known_facts()) {
        INFO(known.name);
        const bool claimed = !known.recomputed || known.name == "host.name";
        CHECK((facts.get(known.name) == FactValue(Unknown{})) == claimed);
    }
}

TEST_CASE("the context becomes facts, and what is no name of a fact stays unknown") {
    const auto facts = facts_from({}, {.host = "web",
                                       .proposer_kind = "human",
                                       .source = "magic",
                                       .paths = {{"hosts/web/default.nix"}},
                                       .lines = 3,
                                       .evidence_build = "passed"});
    CHECK(facts.get("host.name") == FactValue(std::string("web")));
    CHECK(facts.get("proposer.kind") == FactValue(std::string("human")));
    CHECK(facts.get("change.source") == FactValue(Unknown{}));
    CHECK(facts.get("change.paths") == FactValue(Texts{"hosts/web/default.nix"}));
    CHECK(facts.get("change.lines") == FactValue(std::int64_t{3}));
}

TEST_CASE(
    "whether a build could come out of its sandbox is asked of a change, and of nothing else") {
    const auto fact = [](std::optional<bool> escapable, const char* revision) {
        return facts_from({}, {.build_escapable = escapable, .revision = revision})
            .get("evidence.build_escapable");
    };
    CHECK(fact(true, "change") == FactValue(true));
    CHECK(fact(false, "change") == FactValue(false));
    CHECK(fact(std::nullopt, "change") == FactValue(Unknown{}));
    CHECK(fact(true, "act") == FactValue(false));
    CHECK(fact(std::nullopt, "rollback") == FactValue(false));
}

TEST_CASE("whether the options say other things than what was built is asked of a change alone") {
    const auto fact = [](std::optional<bool> disagree, const char* revision) {
        return facts_from({}, {.options_disagree = disagree, .revision = revision})
            .get("evidence.options_disagree");
    };
    CHECK(fact(true, "change") == FactValue(true));
    CHECK(fact(false, "change") == FactValue(false));
    CHECK(fact(std::nullopt, "change") == FactValue(Unknown{}));
    CHECK(fact(true, "act") == FactValue(false));
    CHECK(fact(std::nullopt, "rollback") == FactValue(false));
}

TEST_CASE("of truncated effects nothing that is listed or counted is known") {
    auto effects = some_effects();
    effects.truncated = true;
    const auto facts = facts_from(effects, {});
    CHECK(facts.get("change.truncated") == FactValue(true));
    CHECK(facts.get("change.kinds") == FactValue(Unknown{}));
    CHECK(facts.get("change.ports_opened") == FactValue(Unknown{}));
    CHECK(facts.get("change.max_risk") == FactValue(Unknown{}));
}

TEST_CASE("an effect of a kind that nobody knows makes the kinds unknown, never fewer") {
    auto effects = some_effects();
    effects.effects.push_back({.area = "network", .kind = "port_teleported"});
    CHECK(facts_from(effects, {}).get("change.kinds") == FactValue(Unknown{}));
}

TEST_CASE("every kind of effect that a list speaks of exists") {
    for (const char* list : {"units", "users", "packages"}) {
        std::string one(list);
        one.pop_back();
        for (const std::string what :
             {"added", "removed", std::string(list) == "packages" ? "updated" : "changed"}) {
            CHECK(policy::find_fact("change." + std::string(list) + "_" + what));
            const auto kinds = proposals::known_kinds();
            CHECK(std::any_of(kinds.begin(), kinds.end(),
                              [&](const auto& kind) { return kind.kind == one + "_" + what; }));
        }
    }
}

TEST_CASE("ports have one form") {
    CHECK(policy::canonical_port("8080/tcp") == "8080/tcp");
    CHECK(policy::canonical_port("tcp/8080") == "8080/tcp");
    CHECK(policy::canonical_port("UDP 53") == "53/udp");
    CHECK(policy::canonical_port("6000-6010/tcp") == "6000-6010/tcp");
    CHECK(policy::canonical_port("everything") == "everything");
    CHECK(policy::canonical_port("80/evil") == "80/evil");
}

TEST_CASE("a fact takes only values of its type") {
    const auto& table = policy::known_facts();
    const auto& kinds = table[*policy::find_fact("change.kinds")];
    const auto& risk = table[*policy::find_fact("change.max_risk")];
    CHECK(fits(kinds, Texts{"unit_added"}));
    CHECK_FALSE(fits(kinds, Texts{"unit_exploded"}));
    CHECK_FALSE(fits(kinds, std::string("unit_added")));
    CHECK(fits(risk, std::string("high")));
    CHECK_FALSE(fits(risk, std::string("mild")));
    CHECK_FALSE(fits(risk, std::int64_t{3}));
    CHECK(fits(risk, Unknown{}));
    const auto& options = table[*policy::find_fact("change.option_paths")];
    CHECK(fits(options, Texts{R"(users.users."a.b".shell)"}));
    CHECK_FALSE(fits(options, Texts{R"(users.users."bob".shell)"})); // it has one form
    CHECK_FALSE(fits(options, Texts{"users..shell"}));
}

TEST_CASE("names of facts are unique and every type has tests") {
    std::set<std::string_view> names;
    for (const auto& known : policy::known_facts()) {
        CHECK(names.insert(known.name).second);
        CHECK_FALSE(policy::tests_of(known.type).empty());
    }
    CHECK(policy::facts_as_markdown().find("| `change.ports_opened` |") != std::string::npos);
}

TEST_CASE("facts as JSON leave out what is unknown") {
    policy::Facts facts;
    facts.set("change.lines", std::int64_t{3}).set("change.kinds", Texts{"unit_added"});
    CHECK(core::canonical(to_json(facts)) == R"({"change_kinds":["unit_added"],"change_lines":3})");
}

TEST_CASE("a star stays within its segment and two cross segments") {
    CHECK(glob("services.*.enable", "services.nginx.enable"));
    CHECK_FALSE(glob("services.*.enable", "services.nginx.virtualHosts.enable"));
    CHECK(glob("services.**", "services.nginx.virtualHosts.enable"));
    CHECK_FALSE(glob("services.**", "services"));
    CHECK(glob("services.{nginx,redis}.**", "services.redis.port"));
    CHECK_FALSE(glob("services.{nginx,redis}.**", "services.openssh.port"));
    CHECK(glob("hosts/*/default.nix", "hosts/web/default.nix", Form::file));
    CHECK_FALSE(glob("hosts/*", "hosts/web/default.nix", Form::file));
    CHECK(glob("python*", "python3.11-requests", Form::text));
    CHECK(glob("{a,b}{c,d}", "bc"));
    CHECK(glob("a", "a"));
    CHECK_FALSE(glob("a", "ab"));
    CHECK_FALSE(glob("a", "A"));
}

TEST_CASE("a quoted name of an option is one segment, whatever is in it") {
    const char* account = R"(users.users."a.b".hashedPassword)";
    CHECK(glob("users.users.*.hashedPassword", account));
    CHECK(glob(R"(users.users."a.b".hashedPassword)", account));
    CHECK(glob(R"(users.users."a.*".hashedPassword)", account));
    CHECK(glob(R"(users.users.{bob,"a.b"}.hashedPassword)", account));
    CHECK(glob("users.**", account));
    CHECK_FALSE(glob("users.users.a.b.hashedPassword", account));
    CHECK_FALSE(glob("users.users.*.*.hashedPassword", account));
    CHECK(glob(R"(users.users."bob".shell)", "users.users.bob.shell"));
    CHECK(glob(R"("users"."users".*.shell)", R"(users.users."x.enable".shell)"));
    CHECK_FALSE(glob("users.users.*.enable", R"(users.users."x.enable".shell)"));
}

TEST_CASE("a pattern against a hostile name is quick") {
    CHECK_FALSE(glob("*a*a*a*a*a*a*a*a*a*b", std::string(4096, 'a')));
    CHECK_FALSE(glob("**a**a**a**a**a**a**b", std::string(4096, 'a')));
}

TEST_CASE("patterns that mean nothing are refused") {
    for (const char* pattern : {"", "{a", "a}", "a,b", "{{a}}", "a?", "[a]", "a\\*", "a..b", ".a",
                                "a.", "\"a", "a\"b\"", "\"a\"b", "a.\"\"", "{a,}.b"}) {
        INFO(pattern);
        const auto compiled = Glob::compile(pattern, Form::option);
        REQUIRE_FALSE(compiled);
        CHECK(compiled.problem().code == "bad_glob");
    }
    CHECK_FALSE(Glob::compile("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", Form::option));
    CHECK_FALSE(Glob::compile(std::string(257, 'a'), Form::option));
}
