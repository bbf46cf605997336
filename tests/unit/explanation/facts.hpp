/// @file
/// Effects by hand, in their order.
#pragma once

#include "agentd/explanation/explanation.hpp"
#include "proposals/effects.hpp"

#include <string>
#include <vector>

namespace agentd::test {

using proposals::Effect;
using proposals::Effects;
using proposals::Risk;

inline Effect fact(std::string area, std::string kind, std::string subject, Risk risk,
                   std::string sentence, std::string after = "") {
    return {.area = std::move(area),
            .kind = std::move(kind),
            .subject = std::move(subject),
            .after = after.empty() ? std::nullopt : std::optional(after),
            .risk = risk,
            .sentence = std::move(sentence)};
}

inline Effects effects_with(std::vector<Effect> list) {
    Effects effects{.from = "/nix/store/" + std::string(32, 'a') + "-nixos",
                    .to = "/nix/store/" + std::string(32, 'b') + "-nixos",
                    .effects = std::move(list),
                    .closure = {.paths_added = 1}};
    proposals::sort(effects);
    return effects;
}

inline Effect port(const std::string& name) {
    return fact("network", "port_opened", name, Risk::high,
                "port " + name + " will be reachable from the network", "open");
}

inline std::vector<std::string> texts(const explanation::Explanation& explanation) {
    std::vector<std::string> out;
    for (const auto& each : explanation.sentences) {
        out.push_back(each.text);
    }
    return out;
}

} // namespace agentd::test
