// A goal in plain words, said of a small repository: operations that say themselves, or a refusal.
#include "tests/fuzz/fuzz.hpp"

#include "agentd/planners/goal/goal.hpp"
#include "agentd/planners/goal/request_text.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::planners::goal;

namespace {

const proposals::map::RepoMap& place() {
    static const auto made = [] {
        proposals::map::RepoMap map;
        for (const char* name : {"web", "vm-one", "vm-two"}) {
            map.hosts.push_back({.name = name, .kind = "nixos"});
        }
        map.hosts[0].homes["bob"] = {};
        map.inputs = {
            {.name = "nixpkgs", .url = "github:NixOS/nixpkgs/nixos-unstable"},
            {.name = "home-manager", .url = "github:nix-community/home-manager/release-25.11"}};
        map.aspects = {{.name = "ai", .file = "modules/ai.nix"}};
        return map;
    }();
    return made;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Surroundings around{.map = place(),
                              .files = {"flake.nix", "hosts/web/default.nix",
                                        "hosts/common/optional/docker.nix",
                                        "modules/core/default.nix", "modules/homelab/traefik.nix",
                                        "home/bob/cli/default.nix", "standard/flake.nix"},
                              .host = "web"};
    const auto answer = read_goal(fuzz::view_of(data, size), around);
    fuzz::hold_refusal(answer);
    if (answer) {
        const auto told = answer_from_json(to_json(*answer));
        fuzz::hold(told && to_json(*told) == to_json(*answer), "an answer is read as it was told");
    }
    const auto* goal = answer ? std::get_if<Goal>(&*answer) : nullptr;
    if (goal == nullptr) {
        return 0;
    }
    const auto& wishes = goal->request.operations;
    fuzz::hold(!wishes.empty() && wishes.size() <= proposals::plan::Request::max_operations,
               "a goal is some operations");
    const std::size_t where = goal->request.every_host || !goal->request.hosts.empty() ? 1 : 0;
    fuzz::hold(goal->understood.size() == wishes.size() + where, "each operation is said");
    fuzz::hold(!goal->title.empty() && goal->title.size() <= 120 &&
                   goal->title.find('\n') == std::string::npos,
               "a title is one line");
    const std::string says = say(goal->request);
    if (says.size() > max_goal_bytes) {
        return 0;
    }
    const auto again = read_goal(says, around);
    // What stands there in other words may be more words, or take more steps.
    if (again || (again.problem().code != "too_many" && again.problem().code != "bad_goal")) {
        const auto* same = again ? std::get_if<Goal>(&*again) : nullptr;
        fuzz::hold(same != nullptr && say(same->request) == says, "operations are said as a goal",
                   says);
    }
    return 0;
}
