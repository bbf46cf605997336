#include "evaluator/lock_graph.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace agentd::evaluator {
namespace {

using core::Json;
using core::Problem;
using core::Result;

Problem unreadable(const std::string& why) {
    return {.code = "lock_unreadable",
            .message = "flake.lock cannot be read: " + why,
            .where = "flake.lock",
            .hint = "make it anew: nix flake lock"};
}

bool is_edge(const Json& edge) {
    return edge.is_string() ||
           (edge.is_array() && std::all_of(edge.begin(), edge.end(),
                                           [](const Json& each) { return each.is_string(); }));
}

bool is_node(const Json& node) {
    const auto inputs = node.is_object() ? node.find("inputs") : node.end();
    return node.is_object() &&
           (inputs == node.end() ||
            (inputs->is_object() && std::all_of(inputs->begin(), inputs->end(), is_edge))) &&
           (!node.contains("flake") || node.at("flake").is_boolean()) &&
           (!node.contains("original") || node.at("original").is_object());
}

std::string text_of(const Json& object, const char* key) {
    const auto it = object.is_object() ? object.find(key) : object.end();
    return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

/// `?ref=x&dir=y`: the value of one.
std::string asked(std::string_view query, std::string_view key) {
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        if (pair.size() > key.size() && pair.starts_with(key) && pair[key.size()] == '=') {
            return std::string(pair.substr(key.size() + 1));
        }
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return {};
}

} // namespace

Result<LockGraph> LockGraph::read(std::string_view text) {
    auto parsed = core::parse_json(text, {.bytes = 1U << 20, .depth = 16});
    if (!parsed) {
        return unreadable(parsed.problem().message);
    }
    const auto whole = std::make_shared<const Json>(std::move(parsed).value());
    constexpr std::array<std::string_view, 3> parts{"nodes", "root", "version"};
    if (!whole->is_object() ||
        !std::all_of(whole->items().begin(), whole->items().end(), [&](const auto& item) {
            return std::find(parts.begin(), parts.end(), item.key()) != parts.end();
        })) {
        return unreadable("there is more in it than nodes, root and version");
    }
    const auto version = whole->find("version");
    if (version == whole->end() || !version->is_number_integer() || *version < 5 || *version > 7) {
        return unreadable("it is of no version that is known here (5 to 7)");
    }
    const auto nodes = whole->find("nodes");
    if (nodes == whole->end() || !nodes->is_object() ||
        !std::all_of(nodes->begin(), nodes->end(), is_node)) {
        return unreadable("a node of it is none");
    }
    LockGraph out(whole);
    const std::string root = text_of(*whole, "root");
    return out.node(root) == nullptr ? Result<LockGraph>(unreadable("its root is not there"))
                                     : std::move(out);
}

const Json& LockGraph::root() const {
    return *node(text_of(*whole_, "root"));
}

const Json* LockGraph::node(const std::string& name) const {
    const Json& nodes = whole_->at("nodes");
    const auto it = nodes.find(name);
    return it == nodes.end() ? nullptr : &*it;
}

Json LockGraph::inputs(const Json& node) {
    const auto it = node.find("inputs");
    return it == node.end() ? Json::object() : *it;
}

bool LockGraph::leads_out(const Json& edge, const std::string& top) {
    return edge.is_array() && (edge.empty() || edge.front() != top);
}

bool LockGraph::all_reached() const {
    std::set<std::string> seen{text_of(*whole_, "root")};
    std::vector<std::string> open(seen.begin(), seen.end());
    while (!open.empty()) {
        const Json* each = node(open.back());
        open.pop_back();
        const Json next = each == nullptr ? Json::object() : inputs(*each);
        for (const auto& [name, edge] : next.items()) {
            if (edge.is_string() && seen.insert(edge.get<std::string>()).second) {
                open.push_back(edge.get<std::string>());
            }
        }
    }
    const Json& nodes = whole_->at("nodes");
    return std::all_of(nodes.items().begin(), nodes.items().end(),
                       [&](const auto& item) { return seen.contains(item.key()); });
}

std::string LockGraph::text() const {
    return whole_->dump(2) + "\n";
}

bool names_place(std::string_view address, const Json& original) {
    const auto mark = address.find('?');
    std::string_view path = address.substr(0, mark);
    const auto query = mark == address.npos ? std::string_view() : address.substr(mark + 1);
    const auto colon = path.find(':');
    const std::string type = text_of(original, "type");
    if (path.find("://") == path.npos) { // github:owner/repo/branch
        const std::string who = text_of(original, "owner") + "/" + text_of(original, "repo");
        const auto rest = colon == path.npos ? std::string_view() : path.substr(colon + 1);
        std::string branch = text_of(original, "ref");
        branch = branch.empty() ? text_of(original, "rev") : branch;
        const bool in_path = !branch.empty() && asked(query, "ref").empty();
        return type == path.substr(0, colon) && type != "path" && type != "indirect" &&
               rest == who + (in_path ? "/" + branch : "") &&
               (in_path || asked(query, "ref") == branch) &&
               asked(query, "dir") == text_of(original, "dir") &&
               asked(query, "host") == text_of(original, "host");
    }
    for (const std::string_view kind : {"git+", "tarball+", "file+"}) {
        path.remove_prefix(path.starts_with(kind) ? kind.size() : 0);
    }
    const std::string url = text_of(original, "url");
    const bool as_git = address.starts_with("git+");
    return (type == "git") == as_git &&
           (as_git ? url == path : url.substr(0, url.find('?')) == path) &&
           asked(query, "dir") == text_of(original, "dir") &&
           (!as_git || asked(query, "ref") == text_of(original, "ref"));
}

} // namespace agentd::evaluator
