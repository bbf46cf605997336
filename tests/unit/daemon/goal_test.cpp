// A goal in plain words is read by the real worker beside the files and the index of a host.
#include "agentd/analysis/goal_reading.hpp"

#include "agentd/planners/goal/request_text.hpp"
#include "evaluator/index/make_index.hpp"
#include "tests/unit/daemon/plan_world.hpp"

using namespace agentd;
using namespace agentd::tests;
using core::Json;
using planners::goal::Goal;
using planners::goal::Question;

namespace {

Json option(const char* path, const Json& type) {
    return {{"p", path}, {"t", type}, {"r", false}};
}

/// A host with these options and packages.
std::unique_ptr<evaluator::OptionIndex> index_in(const test::TempDir& folder) {
    const Json text{{"n", "str"}}, truth{{"n", "bool"}};
    const auto list_of = [](Json element) {
        return Json{{"n", "listOf"}, {"c", {{"elemType", std::move(element)}}}};
    };
    evaluator::write_index(
        {{"options",
          {option("time.timeZone", text), option("services.nginx.enable", truth),
           option("networking.firewall.allowedTCPPorts", list_of({{"n", "unsignedInt16"}})),
           option("environment.systemPackages", list_of({{"n", "package"}}))}},
         {"packages", {{"ripgrep", "ripgrep", "14"}, {"fd", "fd", "10"}, {"vim", "vim", "9"}}}},
        folder / "index.db");
    return evaluator::OptionIndex::open(folder / "index.db");
}

struct Asking {
    core::Result<planners::goal::Answer> read(const std::string& goal) {
        const auto tree = world.own.tree(*world.head);
        return analysis::read_goal(world.worker, goal,
                                   {.host = "web",
                                    .index = *index,
                                    .tree = *tree,
                                    .paths = world.own.list_files(*world.head)});
    }
    std::string said(const std::string& goal) {
        const auto answer = read(goal);
        if (!answer) {
            UNSCOPED_INFO(answer.problem().message);
            return "!" + answer.problem().code;
        }
        const auto* one = std::get_if<Goal>(&*answer);
        return one == nullptr ? "?" : planners::goal::say(one->request);
    }
    World world{two_hosts};
    std::unique_ptr<evaluator::OptionIndex> index = index_in(world.dir);
};

} // namespace

TEST_CASE("the worker reads a goal beside what the host has, and what the repository calls it") {
    Asking asking;
    CHECK(asking.said("install ripgrep and open port 8080") ==
          "add the package \"ripgrep\" to environment.systemPackages, and add 8080 to "
          "networking.firewall.allowedTCPPorts");
    CHECK(asking.said("set the time zone to Europe/Berlin on db") ==
          "on host \"db\", set time.timeZone to \"Europe/Berlin\"");
    CHECK(asking.said("install ripgrp") == "!unknown_package");
    CHECK(asking.said("enable nginxx") == "!unknown_service");
    CHECK(asking.said("make me happy") == "!not_understood");
    CHECK(asking.said("install \xff") == "!not_understood");
}

TEST_CASE("a goal that may mean this or that comes back as a question with both") {
    Asking asking;
    const auto answer = asking.read("remove fd and install vim in common.nix");
    REQUIRE(answer);
    INFO(asking.said("remove fd and install vim in common.nix"));
    const auto* question = std::get_if<Question>(&*answer);
    REQUIRE(question != nullptr);
    CHECK(question->readings.size() == 2);
}

TEST_CASE("a worker that dies or answers nonsense has read no goal") {
    Asking asking;
    asking.world.worker.program = "/bin/false";
    CHECK(asking.said("install fd") == "!analysis_failed");
    asking.world.worker.program = "/bin/cat"; // no answer of any kind
    CHECK(asking.said("install fd") == "!analysis_failed");
}
