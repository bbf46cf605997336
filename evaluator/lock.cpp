#include "evaluator/lock.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/lock_node.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace agentd::evaluator {
namespace {

using core::Json;
using core::Problem;
using core::Result;

constexpr std::size_t most_nodes = 2'000;

Problem unreadable_lock(const std::string& why) {
    return {.code = "lock_unreadable",
            .message = "flake.lock cannot be read: " + why,
            .where = "flake.lock",
            .hint = "make it anew: nix flake lock"};
}

bool allowed(const std::string& origin, const std::set<std::string>& known,
             const std::vector<std::string>& origins) {
    return known.contains(origin) ||
           std::any_of(origins.begin(), origins.end(), [&](std::string each) {
               std::transform(each.begin(), each.end(), each.begin(), [](unsigned char c) {
                   return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
               });
               return !each.empty() && origin.starts_with(each) &&
                      (origin.size() == each.size() || each.back() == '/' ||
                       origin[each.size()] == '/');
           });
}

std::map<std::string, std::string> inputs_of(const Json& node) {
    std::map<std::string, std::string> out;
    const auto inputs = node.is_object() ? node.find("inputs") : node.end();
    if (node.is_object() && inputs != node.end() && inputs->is_object()) {
        for (const auto& [name, at] : inputs->items()) {
            out.emplace(name, core::canonical(at));
        }
    }
    return out;
}

bool is_flake(const Json& node) {
    return !node.is_object() || !node.contains("flake") || node.at("flake") != false;
}

} // namespace

Result<std::vector<LockNode>> parse_lock(std::string_view text) {
    if (core::trim(text).empty()) {
        return std::vector<LockNode>{};
    }
    const auto lock = core::parse_json(text, {.bytes = 1U << 20, .depth = 16});
    if (!lock) {
        return unreadable_lock(lock.problem().message);
    }
    const auto nodes = lock->is_object() ? lock->find("nodes") : lock->end();
    if (nodes == lock->end() || !nodes->is_object()) {
        return unreadable_lock("it has no nodes");
    }
    if (nodes->size() > most_nodes) {
        return unreadable_lock("it has more than " + std::to_string(most_nodes) + " nodes");
    }
    std::vector<LockNode> out;
    const auto root = lock->find("root");
    for (const auto& [name, node] : nodes->items()) {
        out.push_back(read_lock_node(name, node));
        out.back().root = root != lock->end() && *root == name;
        out.back().flake = is_flake(node);
        out.back().inputs = inputs_of(node);
    }
    return out;
}

Result<std::vector<SourceWanted>> sources_of(const std::vector<LockNode>& base,
                                             const std::vector<LockNode>& candidate,
                                             const std::vector<std::string>& origins) {
    std::set<std::string> known;
    std::set<std::string> texts;
    for (const auto& node : base) {
        texts.insert(node.text);
        if (node.source) {
            known.insert(node.source->origin);
        }
    }
    std::vector<SourceWanted> out;
    for (const auto& node : candidate) {
        const bool changed = !texts.contains(node.text);
        if (changed && node.problem) {
            return *node.problem;
        }
        if (!node.source) {
            continue; // the owner's own, whatever it is: Nix judges it
        }
        if (changed && !allowed(node.source->origin, known, origins)) {
            return Problem{.code = "input_origin",
                           .message = "the input `" + core::printable(node.name) + "` comes from " +
                                      core::printable(node.source->origin) +
                                      ", and nothing of this configuration came from there until "
                                      "now",
                           .where = "flake.lock",
                           .hint = "if whoever is there may decide what this machine runs, add it "
                                   "to flake.origins in agentd.toml and verify again"};
        }
        const auto was = std::find_if(base.begin(), base.end(), [&](const LockNode& each) {
            return each.name == node.name && each.source;
        });
        out.push_back({.name = core::printable(node.name),
                       .source = *node.source,
                       .before = was == base.end() ? "" : was->source->revision,
                       .changed = changed});
    }
    return out;
}

} // namespace agentd::evaluator
