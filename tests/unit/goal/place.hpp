/// @file
/// A repository that goals are about: three hosts, two users, some modules.
#pragma once

#include "agentd/planners/goal/goal.hpp"
#include "agentd/planners/goal/request_text.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <vector>

namespace agentd::tests {

struct Place {
    Place() {
        for (const char* name : {"web", "vm-one", "vm-two"}) {
            map.hosts.push_back({.name = name, .kind = "nixos"});
        }
        map.hosts[0].homes["bob"] = {};
        map.hosts[0].homes["ta"] = {};
        map.inputs = {
            {.name = "nixpkgs", .url = "github:NixOS/nixpkgs/nixos-unstable"},
            {.name = "home-manager", .url = "github:nix-community/home-manager/release-25.11"}};
        map.aspects = {{.name = "ai", .file = "modules/ai.nix"}};
    }
    core::Result<planners::goal::Goal> read(const std::string& goal) const {
        return planners::goal::read_goal(
            goal, {.map = map, .files = files, .host = host, .catalog = catalog});
    }
    /// What it comes to, as a goal that says the same; `!code` where it is refused.
    std::string said(const std::string& goal) const {
        const auto read_one = read(goal);
        if (!read_one) {
            UNSCOPED_INFO(goal << ": " << read_one.problem().message << " / "
                               << read_one.problem().hint);
            return "!" + read_one.problem().code;
        }
        return planners::goal::say(read_one->request);
    }

    proposals::map::RepoMap map{};
    std::vector<std::string> files{"flake.nix",
                                   "hosts/web/default.nix",
                                   "hosts/common/optional/docker.nix",
                                   "modules/core/default.nix",
                                   "modules/homelab/traefik.nix",
                                   "services/homebridge.nix",
                                   "home/bob/cli/default.nix",
                                   "standard/flake.nix"};
    std::string host{};
    const planners::CatalogView* catalog = nullptr;
};

struct Sentence {
    const char* goal;
    const char* says;
};

} // namespace agentd::tests
