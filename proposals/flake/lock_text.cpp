#include "proposals/flake/lock_text.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>

namespace agentd::proposals::flake {

namespace {

using core::Json;
using core::Problem;
using core::Result;

constexpr std::size_t most_nodes = 2'000;
constexpr std::size_t most_steps = 64; ///< of following
constexpr int oldest = 5;
constexpr int newest = 7;

std::string shown(std::string_view text) {
    return core::printable(core::shorten(core::to_utf8(text), 80));
}

/// What trouble there is goes up as text.
using Trouble = std::optional<std::string>;

Trouble unknown_field(const Json& object, std::span<const std::string_view> known) {
    for (const auto& [key, value] : object.items()) {
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            return "it has a field `" + shown(key) + "`, which Nix does not write";
        }
    }
    return std::nullopt;
}

/// What Nix writes beside `type` for each kind of address; empty for a kind that is not known.
std::vector<std::string_view> fields_of(std::string_view type) {
    std::vector<std::string_view> out{"type", "narHash",  "lastModified", "dir",    "rev",
                                      "ref",  "revCount", "treeHash",     "__final"};
    const auto with = [&](std::initializer_list<std::string_view> more) {
        out.insert(out.end(), more);
        return std::move(out);
    };
    if (type == "github" || type == "gitlab" || type == "sourcehut") {
        return with({"owner", "repo", "host"});
    }
    if (type == "git") {
        return with({"url", "name", "submodules", "shallow", "allRefs", "lfs", "exportIgnore",
                     "verifyCommit", "keytype", "publicKey", "publicKeys", "dirtyRev",
                     "dirtyShortRev"});
    }
    if (type == "tarball" || type == "file") {
        return with({"url", "name", "unpack"});
    }
    return type == "path"       ? with({"path"})
           : type == "indirect" ? with({"id"})
                                : std::vector<std::string_view>{};
}

Trouble take(const Json& object, Attributes& into) {
    if (!object.is_object()) {
        return "an address is no object";
    }
    for (const auto& [key, value] : object.items()) {
        if (value.is_string()) {
            into.emplace(key, value.get<std::string>());
        } else if (value.is_boolean()) {
            into.emplace(key, value.get<bool>() ? "1" : "0");
        } else if (value.is_number_integer()) {
            into.emplace(key, value.dump());
        } else {
            return "`" + shown(key) + "` is neither text nor number";
        }
    }
    const auto known = fields_of(value_of(into, "type"));
    return known.empty() ? std::nullopt : unknown_field(object, known);
}

Trouble take(const Json& value, std::vector<std::string>& into) {
    if (!value.is_array() || value.size() > most_steps) {
        return "an input leads neither to a node nor along names";
    }
    for (const Json& name : value) {
        if (!name.is_string()) {
            return "an input follows what is no name";
        }
        into.push_back(name.get<std::string>());
    }
    return std::nullopt;
}

Trouble take(const Json& value, Edge& into) {
    if (value.is_string()) {
        into.node = value.get<std::string>();
        return into.node.empty() ? Trouble("an input leads to a node without name") : std::nullopt;
    }
    into.follow = true;
    return take(value, into.follows);
}

Trouble take(const Json& value, Node& into) {
    constexpr std::array<std::string_view, 5> known{"flake", "inputs", "locked", "original",
                                                    "parent"};
    if (!value.is_object()) {
        return "it is no object";
    }
    if (auto trouble = unknown_field(value, known)) {
        return trouble;
    }
    if (const auto flake = value.find("flake"); flake != value.end()) {
        if (!flake->is_boolean()) {
            return "its `flake` is neither true nor false";
        }
        into.flake = flake->get<bool>();
    }
    for (const auto& [key, place] :
         {std::pair{"locked", &into.locked}, {"original", &into.original}}) {
        if (const auto found = value.find(key); found != value.end()) {
            if (auto trouble = take(*found, place->emplace())) {
                return trouble;
            }
        }
    }
    if (const auto parent = value.find("parent"); parent != value.end()) {
        if (auto trouble = take(*parent, into.parent.emplace())) {
            return trouble;
        }
    }
    const auto inputs = value.find("inputs");
    if (inputs == value.end()) {
        return std::nullopt;
    }
    if (!inputs->is_object()) {
        return "its inputs are no object";
    }
    for (const auto& [name, edge] : inputs->items()) {
        if (auto trouble = take(edge, into.inputs[name])) {
            return trouble;
        }
    }
    return std::nullopt;
}

Trouble take_nodes(const Json& nodes, LockText& into) {
    if (!nodes.is_object() || nodes.size() > most_nodes) {
        return "its nodes are no object of at most " + std::to_string(most_nodes);
    }
    for (const auto& [name, node] : nodes.items()) {
        if (auto trouble = take(node, into.nodes[name])) {
            return "the node `" + shown(name) + "`: " + *trouble;
        }
    }
    return std::nullopt;
}

Trouble take(const Json& value, LockText& into) {
    constexpr std::array<std::string_view, 3> known{"nodes", "root", "version"};
    if (!value.is_object()) {
        return "it is no object";
    }
    if (auto trouble = unknown_field(value, known)) {
        return trouble;
    }
    const auto version = value.find("version");
    if (version == value.end() || !version->is_number_integer() || *version < oldest ||
        *version > newest) {
        return "its version is none of 5, 6 and 7";
    }
    if (!value.contains("nodes")) {
        return "it has no nodes";
    }
    if (auto trouble = take_nodes(value.at("nodes"), into)) {
        return trouble;
    }
    const auto root = value.find("root");
    if (root == value.end() || !root->is_string() ||
        !into.nodes.contains(root->get<std::string>())) {
        return "its root is none of its nodes";
    }
    into.root = root->get<std::string>();
    const Node& top = into.nodes.at(into.root);
    const bool plain = top.flake && !top.locked && !top.original && !top.parent;
    return plain ? std::nullopt : Trouble("its root is locked to something itself");
}

const Node* walk(const LockText& lock, const std::vector<std::string>& names, std::size_t& left) {
    const auto root = lock.nodes.find(lock.root);
    const Node* at = root == lock.nodes.end() ? nullptr : &root->second;
    for (const std::string& name : names) {
        if (at == nullptr || left == 0) {
            return nullptr;
        }
        const auto edge = at->inputs.find(name);
        if (edge == at->inputs.end()) {
            return nullptr;
        }
        --left;
        if (edge->second.follow) {
            at = walk(lock, edge->second.follows, left); // along no name: the root
        } else {
            const auto found = lock.nodes.find(edge->second.node);
            at = found == lock.nodes.end() ? nullptr : &found->second;
        }
    }
    return at;
}

} // namespace

const Node* node_at(const LockText& lock, const std::vector<std::string>& names) {
    std::size_t left = most_steps;
    return walk(lock, names, left);
}

Result<LockText> read_lock(std::string_view text, std::string_view path) {
    const auto refuse = [&](const std::string& why) {
        return Problem{.code = "lock_unreadable",
                       .message = "flake.lock is not as Nix writes it: " + why,
                       .where = std::string(path),
                       .hint = "make it with Nix and by nothing else: nix flake lock"};
    };
    const auto json = core::parse_json(text, {.bytes = 1U << 20, .depth = 16});
    if (!json) {
        return refuse(json.problem().message +
                      (json.problem().where.empty() ? "" : " (" + json.problem().where + ")"));
    }
    LockText out;
    if (auto trouble = take(*json, out)) {
        return refuse(*trouble);
    }
    return out;
}

} // namespace agentd::proposals::flake
