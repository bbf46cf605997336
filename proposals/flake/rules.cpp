#include "proposals/flake/rules.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <set>

namespace agentd::proposals::flake {

namespace {

using core::Problem;

std::string shown(std::string_view text) {
    return core::printable(core::shorten(core::to_utf8(text), 80));
}

bool is_sri(std::string_view hash) {
    constexpr std::string_view prefix = "sha256-";
    if (!hash.starts_with(prefix)) {
        return false;
    }
    const auto bytes = core::base64_decode(hash.substr(prefix.size()));
    return bytes && bytes->size() == core::Digest::size;
}

bool is_revision(std::string_view text) {
    return (text.size() == 40 || text.size() == 64) &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

class Rules {
  public:
    Rules(const Flake& flake, std::string_view path) : flake_(flake), path_(path) {}

    std::vector<Problem> all() {
        const Node* root = node_at(flake_.lock, {});
        if (root == nullptr) { // there is no lock
            for (const auto& [name, input] : flake_.text.inputs) {
                if (!flake_.is_loose) {
                    unlocked(name, input);
                }
            }
            return std::move(out_);
        }
        declared({}, flake_.text.inputs, *root);
        for (const auto& [name, edge] : root->inputs) {
            if (!flake_.text.inputs.contains(name)) {
                add("lock_mismatch",
                    "flake.lock has an input `" + shown(name) + "` that flake.nix does not name",
                    "lock it again: nix flake lock");
            }
        }
        for (const auto& [name, node] : flake_.lock.nodes) {
            if (name != flake_.lock.root) {
                judge(name, node);
            }
            dangling(name, node);
            strange_parent(name, node);
        }
        unreachable();
        return std::move(out_);
    }

  private:
    void add(std::string code, std::string message, std::string hint) {
        out_.push_back({.code = std::move(code),
                        .message = std::move(message),
                        .where = std::string(path_),
                        .hint = std::move(hint)});
    }

    void unlocked(const std::string& name, const DeclaredInput& input) {
        add("unlocked_input",
            "flake.nix names the input `" + shown(name) + "` (" +
                (input.follows ? "follows " + shown(*input.follows) : as_text(input.place)) +
                "), and flake.lock does not lock it",
            "lock it in the same change: nix flake lock");
    }

    static std::string joined(const std::vector<std::string>& above, const std::string& name) {
        std::vector<std::string> all = above;
        all.push_back(name);
        return shown(core::join(all, "/"));
    }

    void mismatch(const std::string& name, const std::string& wanted, const std::string& locked) {
        add("lock_mismatch",
            "the input `" + name + "` is " + wanted + " in flake.nix, and " + locked +
                " in flake.lock",
            "lock it again: nix flake lock; a lock is written by Nix, from flake.nix");
    }

    static std::string leads(const Edge& edge, const LockText& lock) {
        if (edge.follow) {
            return "follows `" + shown(core::join(edge.follows, "/")) + "`";
        }
        const auto node = lock.nodes.find(edge.node);
        return node == lock.nodes.end() || !node->second.original
                   ? "the node `" + shown(edge.node) + "`"
                   : as_text(*node->second.original);
    }

    /// What flake.nix says of inputs, and of inputs of inputs.
    void declared(const std::vector<std::string>& above,
                  const std::map<std::string, DeclaredInput>& inputs, const Node& node) {
        for (const auto& [name, input] : inputs) {
            const auto edge = node.inputs.find(name);
            if (edge == node.inputs.end()) {
                if (above.empty() && !(input.follows && input.follows->empty())) {
                    unlocked(name, input);
                }
                continue; // of an input of an input that is not there Nix only warns
            }
            one(above, name, input, edge->second);
        }
    }

    void one(const std::vector<std::string>& above, const std::string& name,
             const DeclaredInput& input, const Edge& edge) {
        const std::string path = joined(above, name);
        if (input.follows) {
            std::vector<std::string> wanted;
            for (const auto part : core::split(*input.follows, '/')) {
                if (!part.empty()) {
                    wanted.emplace_back(part);
                }
            }
            if (!edge.follow || edge.follows != wanted) {
                mismatch(path, "one that follows `" + shown(*input.follows) + "`",
                         leads(edge, flake_.lock));
            }
            return;
        }
        const auto node = flake_.lock.nodes.find(edge.node);
        if (input.place.empty() && edge.follow) {
            return; // says only something of what is below
        }
        if (edge.follow || node == flake_.lock.nodes.end()) {
            mismatch(path, as_text(input.place), leads(edge, flake_.lock));
            return;
        }
        const Attributes original = node->second.original.value_or(Attributes{});
        if (!input.place.empty() &&
            !(same_place(input.place, original) && same_manner(input.place, original))) {
            mismatch(path, as_text(input.place), leads(edge, flake_.lock));
        }
        if ((input.flake || above.empty()) && input.flake.value_or(true) != node->second.flake) {
            mismatch(path, input.flake.value_or(true) ? "a flake" : "only files (flake = false)",
                     node->second.flake ? "a flake" : "only files (flake = false)");
        }
        const auto& parent = node->second.parent;
        if (value_of(input.place, "type") == "path" && parent && !parent->empty()) {
            in_another(path); // what flake.nix says is meant from where flake.nix is
        }
        std::vector<std::string> below = above;
        below.push_back(name);
        declared(below, input.inputs, node->second);
    }

    void judge(const std::string& name, const Node& node) {
        if (!node.locked || !node.original) {
            add("unlocked_input", "the node `" + shown(name) + "` of flake.lock locks nothing",
                "make the lock with Nix: nix flake lock");
            return;
        }
        const Attributes& locked = *node.locked;
        const std::string type = value_of(locked, "type");
        if (!may_be_locked_so(*node.original, locked)) {
            add("lock_mismatch",
                "the input `" + shown(name) + "` was asked for at " + as_text(*node.original) +
                    " and is locked to " + as_text(locked),
                "lock it again: nix flake update " + shown(name));
        }
        if (const std::string why = why_not(locked); !why.empty() || type == "indirect") {
            add("input_type",
                "the input `" + shown(name) + "` is locked to " + where_from(locked) + ": " +
                    (why.empty() ? "a name of a registry is no place" : why),
                "take it from github, gitlab, sourcehut, git over https or a tarball");
        }
        hashes(name, locked, type);
    }

    void hashes(const std::string& name, const Attributes& locked, const std::string& type) {
        if (type == "path") {
            return; // a folder of the flake itself: its files are the commit's
        }
        if (!is_sri(value_of(locked, "narHash"))) {
            add("unlocked_input",
                "the input `" + shown(name) + "` has no narHash that its files are known by",
                "make the lock with Nix: nix flake lock");
        }
        if (type != "tarball" && type != "file" && !is_revision(value_of(locked, "rev"))) {
            add("unlocked_input", "the input `" + shown(name) + "` is locked to no revision",
                "make the lock with Nix: nix flake lock");
        }
    }

    void dangling(const std::string& name, const Node& node) {
        for (const auto& [input, edge] : node.inputs) {
            const bool there =
                edge.follow
                    ? edge.follows.empty() || node_at(flake_.lock, edge.follows) != nullptr
                    : flake_.lock.nodes.contains(edge.node) && edge.node != flake_.lock.root;
            if (!there) {
                add("lock_mismatch",
                    "the input `" + shown(input) + "` of the node `" + shown(name) +
                        "` of flake.lock leads nowhere, or back to the flake itself",
                    "make the lock with Nix: nix flake lock");
            }
        }
    }

    void in_another(const std::string& name) {
        add("lock_mismatch",
            "the folder of the input `" + shown(name) +
                "` is said to lie in another input than the one that names it",
            "make the lock with Nix: nix flake lock");
    }

    /// Only of a folder, and it is one of the parent's inputs, or of what is below it.
    void strange_parent(const std::string& name, const Node& node) {
        const auto& all = flake_.lock.nodes;
        const Node* parent = node.parent ? node_at(flake_.lock, *node.parent) : nullptr;
        const auto at = std::find_if(all.begin(), all.end(),
                                     [&](const auto& each) { return &each.second == parent; });
        const bool folder = node.locked && value_of(*node.locked, "type") == "path";
        if (node.parent &&
            (!folder || at == all.end() || !reached_from(at->first).contains(name))) {
            in_another(name);
        }
    }

    std::set<std::string, std::less<>> reached_from(const std::string& start) const {
        std::set<std::string, std::less<>> seen{start};
        std::vector<std::string> open{start};
        while (!open.empty()) {
            const auto found = flake_.lock.nodes.find(open.back());
            open.pop_back();
            if (found == flake_.lock.nodes.end()) {
                continue;
            }
            for (const auto& [input, edge] : found->second.inputs) {
                if (!edge.follow && seen.insert(edge.node).second) {
                    open.push_back(edge.node);
                }
            }
        }
        return seen;
    }

    void unreachable() {
        const auto seen = reached_from(flake_.lock.root);
        for (const auto& [name, node] : flake_.lock.nodes) {
            if (!seen.contains(name)) {
                add("lock_extra_node",
                    "the node `" + shown(name) + "` of flake.lock is no input of anything",
                    "take it out, or make the lock with Nix: nix flake lock");
            }
        }
    }

    const Flake& flake_;
    std::string_view path_;
    std::vector<Problem> out_;
};

} // namespace

std::vector<Problem> findings(const Flake& flake, std::string_view lock_path) {
    return Rules(flake, lock_path).all();
}

} // namespace agentd::proposals::flake
