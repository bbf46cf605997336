/// @file
/// Plans over repositories that are only in memory.
#pragma once

#include "proposals/plan/planner.hpp"
#include "tests/unit/repo_map/memory_tree.hpp"

#include <nlohmann/json.hpp>

namespace agentd::tests {

using core::Json;
using Files = std::map<std::string, std::string>;

inline core::Result<proposals::plan::Plan> planned(const Files& files, const Json& request) {
    const MemoryTree tree(files);
    proposals::map::Files known(tree, tree.paths());
    const auto map = proposals::map::make_map(known);
    REQUIRE(map.has_value());
    const auto read = proposals::plan::request_from_json(request);
    REQUIRE(read.has_value());
    return proposals::plan::make_plan(known, *map, *read);
}

inline Json request(const std::vector<Json>& operations, const Json& hosts = nullptr) {
    Json out{{"schema", "agentd.ops/2"}, {"operations", operations}};
    if (!hosts.is_null()) {
        out["hosts"] = hosts;
    }
    return out;
}

inline Json set(const std::string& option, const Json& value) {
    return {{"op", "set_option"}, {"option", option}, {"value", value}};
}
inline Json add(const std::string& option, const Json& value) {
    return {{"op", "add_to_list"}, {"option", option}, {"value", value}};
}
inline const Json yes{{"boolean", true}};

/// Two hosts that share `common`, and have one file each.
inline Files two_hosts(const std::string& common, const std::string& a,
                       const std::string& b = "{ }") {
    return {{"flake.nix", R"({ inputs = { }; outputs = { nixpkgs, ... }: {
              nixosConfigurations = {
                a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ./common.nix ]; };
                b = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ./common.nix ]; };
              };
            }; })"},
            {"common.nix", common},
            {"a.nix", a},
            {"b.nix", b}};
}

/// The new text of the one file that is edited.
inline std::string edited(const Files& files, const Json& wish, const std::string& file) {
    const auto plan = planned(files, wish);
    if (!plan) {
        FAIL(plan.problem().code << ": " << plan.problem().message);
    }
    REQUIRE(plan->edits.size() == 1);
    CHECK(plan->edits.front().path == file);
    return plan->edits.front().bytes.value_or("");
}

inline std::string refusal(const Files& files, const Json& wish) {
    const auto plan = planned(files, wish);
    if (plan) {
        FAIL("was planned: " << (plan->edits.empty() ? "" : *plan->edits.front().bytes));
    }
    return plan.problem().code;
}

} // namespace agentd::tests
