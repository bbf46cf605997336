#include "proposals/flake/rules.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <set>

namespace agentd::proposals::flake {

namespace {

using core::Problem;
using Names = std::vector<std::string>;

constexpr std::size_t deepest = 16;
constexpr std::size_t most_visits = 20'000;

std::string shown(const Names& names) {
    return core::printable(core::shorten(core::to_utf8(core::join(names, "/")), 120));
}

/// What is noted of a revision, and follows from it.
Attributes noted(const Attributes& attributes) {
    Attributes out;
    for (const char* name : {"narHash", "lastModified", "revCount"}) {
        if (const auto found = attributes.find(name); found != attributes.end()) {
            out.insert(*found);
        }
    }
    return out;
}

/// The same source, however its owner's name is spelled and whatever else is noted of it.
bool same_source(const Node& a, const Node& b) {
    if (!a.locked || !b.locked) {
        return a.locked == b.locked && a.flake == b.flake;
    }
    const bool bound = a.locked->contains("rev") && b.locked->contains("rev");
    return a.flake == b.flake && same_place(*a.locked, *b.locked) &&
           (bound || value_of(*a.locked, "narHash") == value_of(*b.locked, "narHash"));
}

/// Whether flake.nix says itself where the input leads.
bool is_declared(const FlakeText& flake, const Names& path) {
    const auto* inputs = &flake.inputs;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const auto found = inputs->find(path[i]);
        if (found == inputs->end()) {
            return false;
        }
        if (i + 1 == path.size()) {
            return found->second.follows || !found->second.place.empty();
        }
        inputs = &found->second.inputs;
    }
    return false;
}

class Comparison {
  public:
    Comparison(const Flake& before, const Flake& after, std::string_view path)
        : before_(before), after_(after), path_(path) {}

    std::vector<Problem> all() {
        for (const auto& [name, edge] : after_.lock.nodes.at(after_.lock.root).inputs) {
            const auto& old = before_.lock.nodes.at(before_.lock.root).inputs;
            const auto was = old.find(name);
            step({name}, was == old.end() ? nullptr : &was->second, edge, false);
        }
        return std::move(out_);
    }

  private:
    void add(std::string message) {
        out_.push_back({.code = "lock_mismatch",
                        .message = std::move(message),
                        .where = std::string(path_),
                        .hint = "lock it again: nix flake lock; a lock is written by Nix, from "
                                "flake.nix"});
    }

    static const Node* target(const Flake& flake, const Edge& edge) {
        const auto found = flake.lock.nodes.find(edge.node);
        return edge.follow || found == flake.lock.nodes.end() ? nullptr : &found->second;
    }

    /// @param moved an input above is another than before: what it leads to is its own to say
    void step(const Names& path, const Edge* was, const Edge& is, bool moved) {
        if (path.size() > deepest || visits_ > most_visits) {
            if (!stopped_) {
                stopped_ = true;
                add("the inputs of flake.lock lead too deep to be followed");
            }
            return;
        }
        ++visits_;
        const Node* now = target(after_, is);
        const Node* then = was == nullptr ? nullptr : target(before_, *was);
        if (path.size() > 1) {
            judge(path, was, is, moved);
        }
        if (now == nullptr) {
            return;
        }
        const bool same = then != nullptr && same_source(*then, *now);
        if (same && now->locked && now->locked->contains("rev") &&
            noted(*now->locked) != noted(*then->locked)) {
            add("the input `" + shown(path) + "` is locked to the same as before, " +
                as_text(*now->locked) + ", with another hash or date");
        }
        // A folder of the flake says in a flake.nix of its own what its inputs are.
        const bool told_inside =
            after_.flakes_below && now->locked && value_of(*now->locked, "type") == "path";
        below(path, same ? then : nullptr, *now, moved || !same || told_inside);
    }

    void below(const Names& path, const Node* then, const Node& now, bool moved) {
        for (const auto& [name, edge] : now.inputs) {
            Names next = path;
            next.push_back(name);
            const Edge* was = nullptr;
            if (then != nullptr) {
                const auto found = then->inputs.find(name);
                was = found == then->inputs.end() ? nullptr : &found->second;
            }
            step(next, was, edge, moved);
        }
        if (then != nullptr && !moved) {
            for (const auto& [name, edge] : then->inputs) {
                if (!now.inputs.contains(name)) {
                    add("the input `" + shown(path) +
                        "` is the same as before and has lost its "
                        "own input `" +
                        shown({name}) + "`");
                }
            }
        }
    }

    void judge(const Names& path, const Edge* was, const Edge& is, bool moved) {
        if (is_declared(after_.text, path)) {
            return; // what flake.nix says is compared with the lock elsewhere
        }
        const bool was_declared = is_declared(before_.text, path);
        // What an input says of its own inputs begins with that input.
        if (is.follow && !is.follows.empty() && is.follows.front() != path.front() &&
            (was == nullptr || !(*was == is) || was_declared)) {
            add("the input `" + shown(path) + "` follows `" + shown(is.follows) +
                "` in flake.lock, and flake.nix does not say so");
            return;
        }
        if (moved || was_declared) {
            return;
        }
        const Node* now = target(after_, is);
        const Node* then = was == nullptr ? nullptr : target(before_, *was);
        const bool same =
            was != nullptr && was->follow == is.follow &&
            (is.follow ? was->follows == is.follows
                       : now != nullptr && then != nullptr && now->original == then->original &&
                             now->flake == then->flake);
        if (!same) {
            add("the input `" + shown(path) +
                "` leads elsewhere than before, and neither flake.nix nor the input above it "
                "changed");
        }
    }

    const Flake& before_;
    const Flake& after_;
    std::string_view path_;
    std::vector<Problem> out_;
    std::size_t visits_ = 0;
    bool stopped_ = false;
};

} // namespace

std::vector<Problem> rewired(const Flake& before, const Flake& after, std::string_view lock_path) {
    if (!before.lock.nodes.contains(before.lock.root) ||
        !after.lock.nodes.contains(after.lock.root)) {
        return {};
    }
    return Comparison(before, after, lock_path).all();
}

} // namespace agentd::proposals::flake
