/// Values that are wanted only where nothing else is said.
#include "proposals/plan/planner.hpp"
#include "tests/unit/repo_map/memory_tree.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::tests;

TEST_CASE("a value that must not replace another is refused where one is, under any condition") {
    const auto planned = [](const std::string& module) {
        const std::map<std::string, std::string> all{
            {"flake.nix", "{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = "
                          "nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; }; }; }"},
            {"a.nix", module}};
        const MemoryTree tree(all);
        proposals::map::Files known(tree, tree.paths());
        const auto map = proposals::map::make_map(known);
        REQUIRE(map);
        const auto read = proposals::plan::request_from_json(
            {{"schema", "agentd.ops/2"},
             {"operations", core::Json::array({{{"op", "set_option"},
                                                {"option", "services.journald.extraConfig"},
                                                {"value", {{"string", "SystemMaxUse=1G"}}},
                                                {"fresh", true}}})}});
        REQUIRE(read);
        return proposals::plan::make_plan(known, *map, *read);
    };
    const auto first = planned("{ }\n");
    REQUIRE(first);
    CHECK(first->edits.size() == 1);
    const auto same = planned("{ services.journald.extraConfig = \"SystemMaxUse=1G\"; }\n");
    REQUIRE(same);
    CHECK(same->edits.empty());
    for (const std::string other :
         {"{ services.journald.extraConfig = \"Storage=volatile\"; }\n",
          "{ services.journald.extraConfig = ''\n  Storage=volatile\n''; }\n",
          "{ lib, ... }: { services.journald.extraConfig = lib.mkIf true \"x\"; }\n",
          "{ lib, config, ... }: lib.mkIf config.x { services.journald.extraConfig = \"x\"; }\n"}) {
        CAPTURE(other);
        const auto refused = planned(other);
        REQUIRE_FALSE(refused);
        CHECK(refused.problem().code == "exists");
        CHECK(refused.problem().message.find("\\u") ==
              std::string::npos); // a text of lines is told on one
    }
}
