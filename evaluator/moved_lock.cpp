#include "evaluator/moved_lock.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/lock.hpp"
#include "evaluator/lock_graph.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace agentd::evaluator {
namespace {

using core::Done;
using core::Json;
using core::Problem;
using core::Result;

Problem moved_more(const std::string& what) {
    return {.code = "lock_moved_more",
            .message = what + ", though nobody asked for it",
            .where = "flake.lock",
            .hint = "flake.nix and flake.lock do not fit each other: run `nix flake lock`, look at "
                    "what moves, commit it and ask again"};
}

Problem rewired(const std::string& what) {
    return {.code = "lock_rewired",
            .message = what,
            .where = "flake.lock",
            .hint = "nothing was taken; where flake.nix means it so, run `nix flake lock` by hand "
                    "and look at what moves"};
}

std::string shown(const std::string& name) {
    return "`" + core::printable(core::shorten(name, 100)) + "`";
}

std::string text_of(const Json& node, const char* part, const char* key) {
    const Json& object = node.contains(part) ? node.at(part) : node;
    const auto it = object.is_object() ? object.find(key) : object.end();
    return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

std::int64_t time_of(const Json& node) {
    const auto locked = node.find("locked");
    const auto it = locked == node.end() || !locked->is_object() ? Json::const_iterator{}
                                                                 : locked->find("lastModified");
    const bool there = locked != node.end() && locked->is_object() && it != locked->end();
    return there && it->is_number_integer() ? it->get<std::int64_t>() : 0;
}

std::string revision_of(const Json& node) {
    const std::string rev = text_of(node, "locked", "rev");
    return rev.empty() ? text_of(node, "locked", "narHash") : rev;
}

/// What a node is without its inputs.
Json itself(const Json& node) {
    Json out = node;
    out.erase("inputs");
    return out;
}

class Comparison {
  public:
    Comparison(const LockGraph& before, const LockGraph& after, const MayMove& may)
        : before_(before), after_(after), may_(may) {}

    Result<std::vector<MovedInput>> run() {
        std::vector<MovedInput> out;
        const Json was = before_.inputs(before_.root());
        const Json is = after_.inputs(after_.root());
        for (const auto& [name, edge] : is.items()) {
            if (!was.contains(name)) {
                return moved_more("the input " + shown(name) + " would be locked as well");
            }
        }
        for (const auto& [name, edge] : was.items()) {
            if (!is.contains(name)) {
                return moved_more("the input " + shown(name) + " would go");
            }
            const bool named =
                std::find(may_.inputs.begin(), may_.inputs.end(), name) != may_.inputs.end();
            if (!named && !same_below(edge, is.at(name))) {
                return moved_more("the input " + shown(name) + " would move as well");
            }
            if (named) {
                auto moved = move(name, edge, is.at(name));
                if (!moved) {
                    return moved.problem();
                }
                out.push_back(std::move(moved).value());
            }
        }
        if (!after_.all_reached()) {
            return moved_more("nodes come that no input leads to");
        }
        return out;
    }

  private:
    bool same_below(const Json& was, const Json& is) {
        known_.clear(); // of another input it may hold what differs
        return same(was, is);
    }

    /// Both sides and everything below them.
    bool same(const Json& was, const Json& is) {
        if (!was.is_string() || !is.is_string()) {
            return was == is;
        }
        const auto one = was.get<std::string>();
        const auto two = is.get<std::string>();
        if (!known_.emplace(one, two).second) {
            return true; // looked at, or being looked at
        }
        const Json* left = before_.node(one);
        const Json* right = after_.node(two);
        if (left == nullptr || right == nullptr || itself(*left) != itself(*right)) {
            return false;
        }
        const Json before = LockGraph::inputs(*left);
        const Json after = LockGraph::inputs(*right);
        return before.size() == after.size() &&
               std::all_of(before.items().begin(), before.items().end(), [&](const auto& item) {
                   return after.contains(item.key()) && same(item.value(), after.at(item.key()));
               });
    }

    Result<MovedInput> move(const std::string& name, const Json& was, const Json& is) {
        const Json* left = was.is_string() ? before_.node(was.get<std::string>()) : nullptr;
        const Json* right = is.is_string() ? after_.node(is.get<std::string>()) : nullptr;
        if (left == nullptr || right == nullptr) {
            return rewired("the input " + shown(name) + " would lead elsewhere");
        }
        if (auto done = same_place(name, *left, *right); !done) {
            return done.problem();
        }
        walked_.clear();
        if (auto done = wiring(name, left, *right, 0); !done) {
            return done.problem();
        }
        return MovedInput{.name = name,
                          .from = revision_of(*left),
                          .to = revision_of(*right),
                          .before = time_of(*left),
                          .after = time_of(*right),
                          .pinned = !text_of(*right, "original", "rev").empty(),
                          .moved = !same_below(was, is)};
    }

    /// It comes from where flake.nix says, which is where it came from.
    Result<Done> same_place(const std::string& name, const Json& was, const Json& is) const {
        const auto address = may_.addresses.find(name);
        const Json none = Json::object();
        const Json original = is.value("original", none);
        const bool fits = address == may_.addresses.end() ? was.value("original", none) == original
                                                          : names_place(address->second, original);
        const bool kind = was.value("flake", true) == is.value("flake", true);
        const std::string branch = text_of(is, "original", "ref");
        const std::string locked = text_of(is, "locked", "ref");
        if (!fits || !kind || (!branch.empty() && !locked.empty() && branch != locked)) {
            return Problem{.code = "lock_mismatch",
                           .message = "the input " + shown(name) +
                                      " would be locked to another place than flake.nix names",
                           .where = "flake.lock",
                           .hint = "nothing was taken; where flake.nix was changed by hand, run "
                                   "`nix flake lock`, look at what moves, and commit it"};
        }
        return Done{};
    }

    /// What the owner handed to an input stays handed; nothing else is, from outside of it.
    Result<Done> wiring(const std::string& top, const Json* was, const Json& is, int depth) {
        constexpr int deepest = 32;
        if (depth > deepest) {
            return rewired("the inputs of " + shown(top) + " lead too deep");
        }
        const Json before = was == nullptr ? Json::object() : LockGraph::inputs(*was);
        const Json after = LockGraph::inputs(is);
        for (const auto& [name, edge] : after.items()) {
            const Json old = before.value(name, Json());
            const bool out = LockGraph::leads_out(edge, top);
            if ((out || LockGraph::leads_out(old, top)) && edge != old) {
                return rewired("the input " + shown(name) + " of " + shown(top) +
                               " would be taken from elsewhere than before");
            }
            const Json* next = edge.is_string() ? after_.node(edge.get<std::string>()) : nullptr;
            if (edge.is_string() && next == nullptr) {
                return rewired("the input " + shown(name) + " of " + shown(top) +
                               " would lead nowhere");
            }
            const Json* last = old.is_string() ? before_.node(old.get<std::string>()) : nullptr;
            if (next != nullptr && walked_.emplace(last, next).second) {
                if (auto done = wiring(top, last, *next, depth + 1); !done) {
                    return done;
                }
            }
        }
        return Done{};
    }

    const LockGraph& before_;
    const LockGraph& after_;
    const MayMove& may_;
    std::set<std::pair<std::string, std::string>> known_{};
    std::set<std::pair<const Json*, const Json*>> walked_{};
};

/// Whatever is new comes from where the owner's inputs come from, and can be fetched again.
Result<Done> known_places(std::string_view before, std::string_view after,
                          const std::vector<std::string>& origins) {
    const auto base = parse_lock(before);
    const auto candidate = parse_lock(after);
    if (!base || !candidate) {
        return base ? candidate.problem() : base.problem();
    }
    const auto wanted = sources_of(*base, *candidate, origins);
    return wanted ? Result<Done>(Done{}) : wanted.problem();
}

} // namespace

bool MovedLock::moved() const noexcept {
    return std::any_of(inputs.begin(), inputs.end(), [](const auto& each) { return each.moved; });
}

Result<std::vector<std::string>> locked_names(std::string_view lock) {
    const auto graph = LockGraph::read(lock);
    if (!graph) {
        return graph.problem();
    }
    std::vector<std::string> out;
    const Json inputs = graph->inputs(graph->root());
    for (const auto& [name, edge] : inputs.items()) {
        if (edge.is_string()) {
            out.push_back(name);
        }
    }
    return out;
}

Result<Done> may_be_bumped(std::string_view lock, const std::vector<std::string>& inputs) {
    const auto graph = LockGraph::read(lock);
    const auto names = locked_names(lock);
    if (!graph || !names) {
        return graph ? names.problem() : graph.problem();
    }
    const Json edges = graph->inputs(graph->root());
    for (const auto& name : inputs) {
        if (!edges.contains(name)) {
            return Problem{.code = "no_such_input",
                           .message = "the flake locks no input " + shown(name),
                           .where = "flake.lock",
                           .hint = "its inputs: " +
                                   core::printable(core::shorten(core::join(*names, ", "), 500))};
        }
        if (!edges.at(name).is_string()) {
            return Problem{.code = "input_follows",
                           .message = "the input " + shown(name) + " is taken from another one",
                           .where = "flake.lock",
                           .hint = "bump the one that it follows"};
        }
    }
    return Done{};
}

Result<MovedLock> moved_lock(std::string_view before, std::string_view after, const MayMove& may) {
    const auto old_graph = LockGraph::read(before);
    const auto new_graph = LockGraph::read(after);
    if (!old_graph || !new_graph) {
        return old_graph ? new_graph.problem() : old_graph.problem();
    }
    if (auto done = may_be_bumped(before, may.inputs); !done) {
        return done.problem();
    }
    auto inputs = Comparison(*old_graph, *new_graph, may).run();
    if (!inputs) {
        return inputs.problem();
    }
    if (auto done = known_places(before, after, may.origins); !done) {
        return done.problem();
    }
    MovedLock out{.text = new_graph->text(), .inputs = std::move(inputs).value()};
    if (!out.moved()) {
        out.text = before;
    }
    return out;
}

} // namespace agentd::evaluator
