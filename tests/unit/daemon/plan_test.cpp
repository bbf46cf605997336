// Typed operations become edits of the owner's files by the real worker, and go through intake.
#include "agentd/analysis/planning.hpp"
#include "agentd/stages/decide.hpp"
#include "agentd/stages/plan.hpp"
#include "evaluator/index/make_index.hpp"
#include "tests/unit/daemon/plan_world.hpp"

using namespace agentd;
using namespace agentd::tests;

namespace {

const std::string ripgrep =
    R"("operations":[{"op":"add_to_list","option":"environment.systemPackages","value":{"package":"ripgrep"}}])";

} // namespace

TEST_CASE("operations edit the owner's own file, and what came of them is kept with the proposal") {
    World world(two_hosts);
    const auto draft = world.patched(ripgrep);
    INFO((draft ? "" : draft.problem().message));
    REQUIRE(draft);
    CHECK(world.text(*draft, "web.nix") ==
          "{ pkgs, ... }:\n{\n  # mine\n  environment.systemPackages = [ pkgs.fd pkgs.ripgrep "
          "];\n}\n");
    const auto& change = *draft->change();
    REQUIRE(change.files.size() == 1);
    CHECK(change.files[0].path == "web.nix");
    REQUIRE(change.operations);
    CHECK(*change.operations == World::request(ripgrep).operations);
    REQUIRE(change.plan);
    CHECK(change.plan->hosts == std::vector<std::string>{"web"}); // nobody else was named
    REQUIRE(change.plan->steps.size() == 1);
    CHECK(change.plan->steps[0].file == "web.nix");
    CHECK(change.plan->steps[0].hosts == std::vector<std::string>{"web"});
    CHECK(change.plan->steps[0].wish == "add ripgrep to environment.systemPackages");
}

TEST_CASE("a file of other hosts is changed only where they are meant, and they are named") {
    const std::string zone =
        R"("operations":[{"op":"set_option","option":"time.timeZone","value":{"string":"Europe/Oslo"}}])";
    World own(two_hosts);
    const auto alone = own.patched(zone);
    REQUIRE(alone);
    CHECK(alone->change()->plan->steps.at(0).file == "web.nix");
    World world(two_hosts);
    const auto draft = world.patched(R"("hosts":"all",)" + zone);
    REQUIRE(draft);
    CHECK(draft->change()->plan->every_host);
    CHECK(draft->change()->plan->steps.at(0).file == "common.nix");
    CHECK(draft->change()->plan->steps.at(0).hosts == std::vector<std::string>{"db", "web"});
}

TEST_CASE("operations for other hosts alone, and what is so already, are refused") {
    World world(two_hosts);
    CHECK(world.code(R"("host":"db",)" + ripgrep) == "other_host");
    CHECK(world.code(R"("hosts":["db","web"],)" + ripgrep) != "other_host");
    const auto same = world.patched(
        R"("operations":[{"op":"set_option","option":"time.timeZone","value":{"string":"UTC"}}])");
    REQUIRE_FALSE(same);
    CHECK(same.problem().code == "no_change");
    CHECK(same.problem().hint.find("common.nix") != std::string::npos);
    // The wish is ours; that it is so, where and why is its word.
    CHECK(same.problem().hint.starts_with("set time.timeZone to "));
    CHECK(same.problem().hint.find(": agentd-analyze says \u201c") != std::string::npos);
}

TEST_CASE("the worker knows what an evaluation of the host said of its files") {
    World world(two_hosts);
    const std::string zone =
        R"("operations":[{"op":"set_option","option":"time.timeZone","value":{"string":"Europe/Oslo"}}])";
    using core::Json;
    const Json files{Json{"web.nix"}, Json{"common.nix"}};
    const Json option{{"p", "time.timeZone"},
                      {"t", {{"n", "str"}}},
                      {"l", {Json{"common.nix"}, Json{"web.nix"}}}};
    world.index = world.dir / "index.db";
    evaluator::write_index({{"hosts", {"db", "web"}},
                            {"modules", files},
                            {"options", {option}},
                            {"packages", Json::array()}},
                           world.index);
    const auto draft = world.patched(zone);
    REQUIRE_FALSE(draft); // reading sees no zone in web.nix
    CHECK(draft.problem().code == "opaque");
    CHECK(draft.problem().where == "web.nix");
}

TEST_CASE("what is planned goes through intake as anybody's edit") {
    World world(two_hosts);
    CHECK(world.code(R"("operations":[{"op":"add_input","input":"x","url":"path:/etc"}])") ==
          "input_type");
}

TEST_CASE("a repository that cannot be read is refused by the worker's own word") {
    Texts files = two_hosts;
    files["flake.nix"] = "{ outputs = ";
    World broken(files);
    CHECK(broken.code(ripgrep) == "no_flake");
    World world(two_hosts);
    world.worker.program = "/bin/false";
    const auto dead = world.patched(ripgrep);
    REQUIRE_FALSE(dead);
    CHECK(dead.problem().code == "analysis_failed");
    world.worker.program = "/bin/cat"; // no answer of any kind
    CHECK(world.code(ripgrep) == "analysis_failed");
}

TEST_CASE("more than one proposal can tell is refused before it is drafted") {
    World world(two_hosts);
    std::string list;
    for (int i = 0; i < 40; ++i) {
        list += std::string(i == 0 ? "" : ",") + R"({"op":"set_option","option":"a.b)" +
                std::to_string(i) + R"(","value":{"string":")" + std::string(1'000, 'x') + "\"}}";
    }
    CHECK(world.code("\"operations\":[" + list + "]") == "too_large");
}

TEST_CASE("policy knows the options of operations, but not where they came by other means") {
    const auto options = [](const proposals::Draft& draft) {
        return stages::facts_of(draft, {}, {}).get("change.option_paths");
    };
    using policy::FactValue;
    World world(two_hosts);
    const auto direct = world.patched(ripgrep);
    REQUIRE(direct);
    CHECK(options(*direct) == FactValue(policy::Texts{"environment.systemPackages"}));
    auto before = *direct;
    std::get<proposals::Change>(before.revision).plan.reset(); // an entry from before
    CHECK(options(before) == FactValue(policy::Unknown{}));
    auto files = two_hosts;
    files["docker.nix"] =
        "{ virtualisation.docker.enable = true; networking.firewall.enable = false; }\n";
    files["web.nix"] = "{\n  imports = [ ];\n}\n";
    World module(files);
    const auto imported = module.patched(
        R"("operations":[{"op":"set_option","option":"virtualisation.docker.enable","value":{"boolean":true}}])");
    REQUIRE(imported);
    CHECK(module.text(*imported, "web.nix").find("docker.nix") != std::string::npos);
    CHECK(options(*imported) == FactValue(policy::Unknown{}));
}
