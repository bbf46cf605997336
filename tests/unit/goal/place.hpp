/// @file
/// A repository that goals are about: three hosts, two users, some modules.
#pragma once

#include "agentd/planners/goal/goal.hpp"
#include "agentd/planners/goal/request_text.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <vector>

namespace agentd::tests {

/// What an answer comes to, as a goal that says the same: `?` and both where it is a question.
inline std::string said_of(const planners::goal::Answer& answer) {
    if (const auto* goal = std::get_if<planners::goal::Goal>(&answer)) {
        return planners::goal::say(goal->request);
    }
    std::string out = "?";
    for (const auto& one : std::get<planners::goal::Question>(answer).readings) {
        out += (out == "?" ? "" : " | ") + planners::goal::say(one.request);
    }
    return out;
}

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
    core::Result<planners::goal::Answer> read(const std::string& goal) const {
        return planners::goal::read_goal(
            goal, {.map = map, .files = files, .host = host, .catalog = catalog});
    }
    /// nullopt where it is refused, or a question.
    std::optional<planners::goal::Goal> goal(const std::string& words) const {
        const auto answer = read(words);
        const auto* one = answer ? std::get_if<planners::goal::Goal>(&*answer) : nullptr;
        return one == nullptr ? std::nullopt : std::optional(*one);
    }
    /// What it comes to, as a goal that says the same; `!code` where it is refused.
    std::string said(const std::string& goal) const {
        const auto read_one = read(goal);
        if (!read_one) {
            UNSCOPED_INFO(goal << ": " << read_one.problem().message << " / "
                               << read_one.problem().hint);
            return "!" + read_one.problem().code;
        }
        return said_of(*read_one);
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
