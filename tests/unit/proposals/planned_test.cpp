// Operations, and what came of them, as they are kept with a proposal.
#include "proposals/proposal.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::proposals;
using core::Json;

namespace {

Json ops(const std::string& list) {
    const auto json =
        core::parse_json(R"({"schema":"agentd.ops/2","hosts":["web"],"operations":)" + list + "}");
    REQUIRE(json.has_value());
    return *json;
}

const plan::Step step{.wish = "add ripgrep to environment.systemPackages",
                      .changed = true,
                      .file = "hosts/web/default.nix",
                      .hosts = {"web", "db"},
                      .how = "beside the others",
                      .by_other_means = false,
                      .notes = {"one"}};

Draft drafted() {
    const auto request = plan::request_from_json(ops(R"([{"op":"unset_option","option":"a.b"}])"));
    REQUIRE(request);
    return {.number = 1,
            .host = "web",
            .title = "t",
            .proposer = {.id = "alice", .kind = "human"},
            .source = Source::operations,
            .revision = Change{.operations = request->operations,
                               .plan = plan::Planned{.hosts = {"web"}, .steps = {step}},
                               .base_commit = std::string(40, 'a'),
                               .base_branch = "main",
                               .candidate_commit = std::string(40, 'b'),
                               .candidate_tree = std::string(64, 'c')}};
}

} // namespace

TEST_CASE("operations of every kind are written as they were read") {
    for (
        const char* list :
        {R"([{"op":"set_option","option":"a.b","value":{"string":"x"},"fresh":true,"user":"u","in":"m"}])",
         R"([{"op":"unset_option","option":"a.b"}])",
         R"([{"op":"add_to_list","option":"a","value":{"package":"ripgrep"}}])",
         R"([{"op":"add_import","module":"x.nix"},{"op":"remove_import","module":"x.nix","in":"y"}])",
         R"([{"op":"create_module","module":"m.nix","settings":[{"option":"a","value":{"boolean":true}}]}])",
         R"([{"op":"add_input","input":"i","url":"github:o/r","follows":["nixpkgs"]}])",
         R"([{"op":"set_input_url","input":"i","url":"github:o/r"},{"op":"remove_input","input":"j"}])",
         R"([{"op":"bump_input"},{"op":"bump_input","input":"i"}])"}) {
        const auto json = ops(list);
        const auto read = plan::request_from_json(json);
        REQUIRE(read);
        CHECK(to_json(*read) == json);
    }
}

TEST_CASE("a proposal of operations is read back with its plan, and one from before has none") {
    const Draft draft = drafted();
    const auto again = draft_from_json(to_json(draft));
    REQUIRE(again);
    CHECK(*again == draft);
    Json before = to_json(draft);
    before.erase("plan");
    const auto old = draft_from_json(before);
    REQUIRE(old);
    CHECK(old->change()->operations == draft.change()->operations);
    CHECK_FALSE(old->change()->plan);
    Json more = to_json(draft);
    more["plan"]["steps"][0]["more"] = 1;
    CHECK_FALSE(draft_from_json(more));
}

TEST_CASE("of a step from before nobody knows whether something else comes with it") {
    Json json = to_json(step);
    CHECK_FALSE(plan::step_from_json(json)->by_other_means);
    json.erase("by_other_means");
    REQUIRE(plan::step_from_json(json));
    CHECK(plan::step_from_json(json)->by_other_means);
}

TEST_CASE("a plan that tells other files or wishes than it edits is found out") {
    const auto request = plan::request_from_json(ops(
        R"([{"op":"add_to_list","option":"environment.systemPackages","value":{"package":"ripgrep"}}])"));
    REQUIRE(request);
    const plan::Plan good{.steps = {step}, .edits = {{.path = step.file, .bytes = "{ }\n"}}};
    const auto code = [&](const plan::Plan& plan) {
        const auto problem = plan::disagreement(*request, plan);
        return problem ? problem->code : "";
    };
    CHECK(code(good) == "");
    auto other = good;
    other.edits[0].path = "hosts/db/default.nix";
    CHECK(code(other) == "untold");
    other = good;
    other.edits.push_back({.path = "more.nix", .bytes = "{ }\n"});
    CHECK(code(other) == "untold");
    other.edits[1] = good.edits[0];
    CHECK(code(other) == "untold"); // twice
    other = good;
    other.edits.clear();
    CHECK(code(other) == "taken_back");
    other = good;
    other.steps[0].changed = false;
    CHECK(code(other) == "untold");
    other = good;
    other.steps[0].wish = "add fd to environment.systemPackages";
    CHECK(code(other) == "untold");
    other = good;
    other.steps.push_back(step);
    other.steps[1].wish = "set users.users.eve.isNormalUser to true";
    CHECK(code(other) == "untold");
    CHECK(code({}) == "untold");
}

TEST_CASE("what a plan says is safe to draw, and within its bounds") {
    plan::Step long_one = step;
    long_one.how = std::string(5'000, 'x') + "\xff";
    long_one.file = "a\x1b[31m\xe2\x80\xae.nix";
    long_one.hosts.assign(300, "h");
    long_one.notes.assign(30, "n");
    const Json json = to_json(long_one);
    CHECK(json.at("how").get<std::string>().size() <= plan::Step::max_text);
    CHECK(json.at("file").get<std::string>().find('\x1b') == std::string::npos);
    CHECK(json.at("file").get<std::string>().find("\\u{202E}") != std::string::npos);
    CHECK(json.at("hosts").size() == plan::Step::max_hosts);
    CHECK(json.at("notes").size() == plan::Step::max_notes);
    CHECK(json.at("notes")[0] == "and 236 more hosts are made of it");
    CHECK(plan::step_from_json(json));
}

TEST_CASE("a plan that is not exactly of its schema is refused") {
    const plan::Plan plan{.steps = {step}, .edits = {{.path = "a.nix", .bytes = "{ }\n"}}};
    const auto good = to_json(plan);
    REQUIRE(good);
    const auto again = plan::plan_from_json(*good);
    REQUIRE(again);
    CHECK(again->steps == plan.steps);
    CHECK(again->edits == plan.edits);
    const auto with = [&](const char* at, Json value) {
        Json other = *good;
        other[Json::json_pointer(at)] = std::move(value);
        return plan::plan_from_json(other).has_value();
    };
    CHECK_FALSE(with("/schema", "agentd.planned/2"));
    CHECK_FALSE(with("/more", 1));
    CHECK_FALSE(with("/edits", "x"));
    CHECK_FALSE(with("/edits/0/text", nullptr));
    CHECK_FALSE(with("/edits/0/mode", "100755"));
    CHECK_FALSE(with("/edits/0/path", std::string(600, 'p')));
    CHECK_FALSE(with("/steps/0/changed", "yes"));
    CHECK_FALSE(with("/steps/0/how", std::string(600, 'x')));
    CHECK_FALSE(with("/steps/0/hosts", std::vector<std::string>(65, "h")));
    CHECK_FALSE(with("/steps/0/notes", std::vector<std::string>(1, std::string(501, 'n'))));
    CHECK_FALSE(with("/steps", std::vector<Json>(257, good->at("steps")[0])));
    CHECK(to_json(plan::Plan{.edits = {{.path = "a", .bytes = "\xff"}}}).problem().code ==
          "bad_encoding");
}

TEST_CASE("what operations say of options is said as the host has it") {
    const auto request = plan::request_from_json(
        ops(R"([{"op":"add_to_list","option":"home.packages","value":{"package":"fd"},"user":"al"},
                {"op":"create_module","module":"m","settings":[{"option":"a.b","value":{"integer":1}}]},
                {"op":"add_import","module":"x"}])"));
    REQUIRE(request);
    const auto& wishes = request->operations;
    CHECK(on_options(wishes[0]).at(0).option.str() == "home-manager.users.al.home.packages");
    CHECK(on_options(wishes[1]).at(0).option.str() == "a.b");
    CHECK(on_options(wishes[2]).empty());
}
