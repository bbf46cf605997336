// What options say, held against what was built.
#include "evaluator/agreement/built.hpp"
#include "evaluator/agreement/compare.hpp"
#include "evaluator/agreement/declared.hpp"
#include "evaluator/effects/analyze.hpp"
#include "tests/unit/evaluator/effects_machine.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using core::Json;
using evaluator::agreement::compare;
using evaluator::agreement::Statement;
using evaluator::agreement::Statements;
using evaluator::agreement::Subjects;
using evaluator::agreement::Topic;

namespace {

Statements ports(std::vector<std::string> open) {
    Statements out;
    auto& subjects = out.topics[Topic::port];
    for (auto& each : open) {
        subjects.emplace(std::move(each), Statement{});
    }
    return out;
}

/// Of all other topics nothing is there, which is told.
Statements ports_alone(std::vector<std::string> open) {
    auto out = ports(std::move(open));
    for (const auto topic : evaluator::agreement::all_topics()) {
        out.topics.try_emplace(topic);
    }
    return out;
}

std::vector<std::string> texts(const proposals::Disagreements& found) {
    std::vector<std::string> out;
    for (const auto& each : found.items) {
        out.push_back(each.text);
    }
    return out;
}

using Texts = std::vector<std::string>;

/// The topic `users` of an answer.
Json users(std::size_t count) {
    Json out = Json::array();
    for (std::size_t n = 0; n < count; ++n) {
        out.push_back({{"name", "u" + std::to_string(n)}, {"on", true}, {"uid", nullptr}});
    }
    return {{"users", std::move(out)}};
}

} // namespace

TEST_CASE("a port that no option opens is told, and one that an option opens and nothing does") {
    const auto running = ports({"22/tcp"});
    CHECK(texts(compare({.running = running,
                         .candidate = ports({"22/tcp", "4444/tcp"}),
                         .options = ports({"22/tcp"})})) ==
          Texts{"The options say that 4444/tcp is not open, the built system says that 4444/tcp is "
                "open; the built system counts"});
    const auto base = ports({"22/tcp"});
    CHECK(texts(compare({.running = running,
                         .candidate = ports({"22/tcp"}),
                         .options = ports({"22/tcp", "8080/tcp"}),
                         .base_options = &base})) ==
          Texts{"The options say that 8080/tcp is open, the built system says that 8080/tcp is not "
                "open; the built system counts"});
}

TEST_CASE("what disagreed before and stays as it was is not this change's") {
    const auto odd = ports({"22/tcp", "4444/tcp"});
    const auto told = ports({"22/tcp"});
    CHECK(compare({.running = odd, .candidate = odd, .options = told, .base_options = &told})
              .items.empty());
    // It goes: then both say the same.
    CHECK(compare({.running = odd, .candidate = told, .options = told}).items.empty());
}

TEST_CASE("a topic that one side does not tell is not compared, which is said where it changes") {
    const Statements silent;
    const auto found = compare({.running = ports_alone({"22/tcp"}),
                                .candidate = ports_alone({"22/tcp", "1/tcp"}),
                                .options = silent});
    CHECK(found.not_compared == Texts{"port"});
    CHECK_FALSE(proposals::disagree(found).has_value());
    const auto still = compare({.running = ports_alone({"22/tcp"}),
                                .candidate = ports_alone({"22/tcp"}),
                                .options = silent,
                                .base_options = &silent});
    CHECK(proposals::disagree(still) == false);
}

TEST_CASE("what the built system does not tell is not compared, changed or not: nobody knows") {
    auto unreadable = ports_alone({"22/tcp"});
    unreadable.topics.erase(Topic::user);
    const auto told = ports_alone({"22/tcp"});
    const auto found = compare(
        {.running = unreadable, .candidate = unreadable, .options = told, .base_options = &told});
    CHECK(found.not_compared == Texts{"user"});
    CHECK_FALSE(proposals::disagree(found).has_value());
}

TEST_CASE("without the options of the base nobody can say that options and built system agree") {
    const auto built = ports_alone({"22/tcp"});
    const auto told = ports_alone({"22/tcp", "8080/tcp"}); // and nothing of it was built
    const auto found = compare({.running = built, .candidate = built, .options = told});
    CHECK(found.items.empty());
    CHECK_FALSE(found.trouble.empty());
    CHECK_FALSE(proposals::disagree(found).has_value());
    const auto base = built;
    CHECK(proposals::disagree(compare(
              {.running = built, .candidate = built, .options = told, .base_options = &base})) ==
          true);
}

TEST_CASE("of a disagreement about a secret it is told that there is one, and no more") {
    Statements built = ports_alone({});
    Statements said = ports_alone({});
    said.topics[Topic::nix].emplace("substituters: https://me:hunter2@cache.example", Statement{});
    built.topics[Topic::mount].emplace("/data", Statement{.value = "//nas/x,password=hunter2"});
    const auto none = ports_alone({});
    const auto found =
        compare({.running = none, .candidate = built, .options = said, .base_options = &none});
    REQUIRE(found.items.size() == 2);
    CHECK(proposals::to_json(found).dump().find("hunter2") == std::string::npos);
    CHECK(found.items[0].subject == "a secret: not shown");
}

TEST_CASE("of an answer of another form no topic is told, and none above its limits") {
    CHECK(evaluator::agreement::read_declared(Json("no")).topics.empty());
    for (
        const auto* text :
        {R"({"users":[{"name":"a","on":1,"uid":null}]})", R"({"users":{"a":{}}})",
         R"({"users":[{"name":"a","on":true,"uid":"1"}]})", R"({"users":[["a"]]})",
         R"({"firewall":{"enable":true,"all":{"tcp":[70000],"udp":[],"tcp_ranges":[],"udp_ranges":[]},)"
         R"("interfaces":[],"trusted":[],"extra":"","extra_nft":""}})"}) {
        const auto told = evaluator::agreement::read_declared(*core::parse_json(text));
        CHECK(told.find(Topic::user) == nullptr);
        CHECK(told.find(Topic::port) == nullptr);
    }
    CHECK(evaluator::agreement::read_declared(users(20'000)).find(Topic::user) != nullptr);
    CHECK(evaluator::agreement::read_declared(users(20'001)).find(Topic::user) == nullptr);
}

TEST_CASE("what is said of a system comes back as it was written, and nothing else is taken") {
    Statements said = ports({"22/tcp"});
    said.topics[Topic::unit]["a.service"] = {.from = "/nix/store/x", .optional = true};
    said.unit_packages = {"/nix/store/x"};
    const auto json = evaluator::agreement::to_json(said);
    const auto back = evaluator::agreement::statements_from_json(json);
    REQUIRE(back);
    CHECK(*back == said);
    for (const auto* path : {"/topics/0/topic", "/topics/0/subjects", "/unit_packages"}) {
        auto other = json;
        other[Json::json_pointer(path)] = "odd";
        CHECK_FALSE(evaluator::agreement::statements_from_json(other).has_value());
    }
    auto more = json;
    more["more"] = 1;
    CHECK_FALSE(evaluator::agreement::statements_from_json(more).has_value());
}

TEST_CASE("a name from outside is drawn as what it is, and is short") {
    const std::string hidden = "x\xe2\x80\xae" + std::string(5'000, 'y');
    Statements built;
    built.topics[Topic::user].emplace(hidden, Statement{});
    Statements none;
    none.topics[Topic::user];
    const auto found = compare({.running = none, .candidate = built, .options = none});
    REQUIRE(found.items.size() == 1);
    CHECK(found.items[0].text.find("\\u{202E}") != std::string::npos);
    CHECK(found.items[0].text.size() < 500);
}

TEST_CASE("of very many disagreements as many as are kept are told, and that there are more") {
    std::vector<std::string> open;
    for (int n = 1; n < 1'000; ++n) {
        open.push_back(std::to_string(n) + "/tcp");
    }
    const auto found =
        compare({.running = ports({}), .candidate = ports(open), .options = ports({})});
    CHECK(found.items.size() == proposals::Disagreements::max_items);
    CHECK(found.more);
    CHECK(proposals::disagree(found) == true);
    const auto back = proposals::disagreements_from_json(proposals::to_json(found));
    REQUIRE(back);
    CHECK(*back == found);
}

TEST_CASE("a built system tells its accounts, keys, units and whom Nix trusts") {
    test::Pair pair;
    auto machine = test::plain_machine();
    machine.etc["ssh/authorized_keys.d/alice"] =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEJvYkJvYkJvYkJvYkJvYkJvYkJvYkJvYkJvYkJvYkJv I am "
        "root\n"
        "command=\"x\" ssh-ed25519 "
        "AAAAC3NzaC1lZDI1NTE5AAAAIEJvYkJvYkJvYkJvYkJvYkJvYkJvYkJvYkJvYkJvYkJv\n";
    const auto toplevel = pair.build(machine);
    const auto side = test::effects::read_side(test::effects::StoreReader(pair.store.prefix),
                                               toplevel.path, toplevel.closure);
    REQUIRE(side);
    const auto built = evaluator::agreement::read_built(*side);
    const auto names = [&](Topic topic) {
        Texts out;
        const auto* subjects = built.find(topic);
        REQUIRE(subjects != nullptr);
        for (const auto& [name, each] : *subjects) {
            out.push_back(name + (each.value.empty() ? "" : " = " + each.value));
        }
        return out;
    };
    CHECK(names(Topic::user) == Texts{"alice = 1000", "root = 0"});
    CHECK(names(Topic::member) == Texts{"alice in users", "alice in wheel", "root in root"});
    CHECK(names(Topic::nix) == Texts{"trusted-users: root"});
    CHECK(names(Topic::firewall) == Texts{"firewall = off"});
    CHECK(names(Topic::sudo) == Texts{"wheel = a password"});
    // A comment is anybody's words; options are what makes it another key.
    const auto keys = names(Topic::key);
    REQUIRE(keys.size() == 2);
    CHECK(keys[0].starts_with("alice: a key with options, sha256 "));
    CHECK(keys[1].starts_with("alice: ssh-ed25519 SHA256:"));
    CHECK(keys[1].find("root") == std::string::npos);
    CHECK(built.find(Topic::unit)->contains("web.service"));
}

TEST_CASE("one evaluation tells what the options say; what nobody may look at costs that alone") {
    static test::NixFixture fixture;
    const auto evaluated = [&](const std::string& module) {
        return evaluator::evaluate(fixture.nix(), fixture.with_module(module),
                                   test::NixFixture::host());
    };
    const auto good = evaluated("{ networking.firewall.allowedTCPPorts = [ 8080 ]; }");
    const auto* done = std::get_if<evaluator::Evaluated>(&good);
    REQUIRE(done != nullptr);
    REQUIRE(done->declared);
    CHECK(done->declared->topics.size() == evaluator::agreement::all_topics().size());
    CHECK(done->declared->find(Topic::port)->contains("8080/tcp"));
    CHECK(done->declared->find(Topic::user)->contains("alice"));
    const auto torn = evaluated(
        "{ lib, ... }: { services.openssh.enable = lib.mkForce false; "
        "services.openssh.settings.KbdInteractiveAuthentication = lib.mkForce (abort \"no\"); }");
    const auto* still = std::get_if<evaluator::Evaluated>(&torn);
    REQUIRE(still != nullptr);
    CHECK_FALSE(still->declared.has_value());
}
