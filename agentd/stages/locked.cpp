#include "agentd/stages/locked.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

namespace agentd::stages {

namespace {

using evaluator::LockNode;
using proposals::InputChange;
using proposals::LockedInput;
using proposals::LockedInputs;
using Nodes = std::vector<LockNode>;

std::string told(const std::string& text) {
    return core::shorten(core::printable(text), 200);
}

std::string revision_of(const LockNode& node) {
    return node.source ? told(node.source->revision) : "";
}

/// A lock whose names can be followed.
class Lock {
  public:
    explicit Lock(const Nodes& nodes) {
        for (const auto& node : nodes) {
            nodes_.emplace(node.name, &node);
            root_ = node.root ? &node : root_;
        }
    }

    const std::map<std::string, const LockNode*>& nodes() const noexcept { return nodes_; }
    std::set<std::string> named() const {
        std::set<std::string> out;
        if (root_ != nullptr) {
            for (const auto& [name, at] : root_->inputs) {
                out.insert(name);
            }
        }
        return out;
    }
    /// What the flake means by a name of its own; nullptr where that leads nowhere.
    const LockNode* named(const std::string& name) const { return follow(root_, name, 0); }
    const LockNode* find(const std::string& name) const {
        const auto it = nodes_.find(name);
        return it == nodes_.end() ? nullptr : it->second;
    }
    /// All that a node is, but for the inputs of its inputs.
    std::string all_of(const LockNode& node) const {
        std::string out = node.text + (node.flake ? "" : " no flake");
        for (const auto& [name, at] : node.inputs) {
            const auto* input = follow(&node, name, 0);
            out += "\n" + name + " " + (input == nullptr ? at : input->text);
        }
        return out;
    }

  private:
    const LockNode* follow(const LockNode* from, const std::string& name, int depth) const {
        constexpr int deepest = 32; // it may lead in a circle
        if (from == nullptr || depth > deepest) {
            return nullptr;
        }
        const auto it = from->inputs.find(name);
        if (it == from->inputs.end()) {
            return nullptr;
        }
        const auto at = core::parse_json(it->second);
        if (!at || !at->is_array()) {
            return at && at->is_string() ? find(at->get<std::string>()) : nullptr;
        }
        const LockNode* node = root_;
        for (const auto& each : *at) {
            node = each.is_string() ? follow(node, each.get<std::string>(), depth + 1) : nullptr;
        }
        return node;
    }

    std::map<std::string, const LockNode*> nodes_{};
    const LockNode* root_ = nullptr;
};

/// The root of a lock and the folders of the flake itself are no inputs.
bool is_input(const LockNode* node) {
    return node != nullptr && (node->source || node->problem);
}

LockedInput row(const std::string& name, bool direct, const LockNode& node, InputChange change) {
    return {.name = told(name),
            .type = told(node.type),
            .origin = node.source ? told(node.source->origin) : "",
            .revision = revision_of(node),
            .hash = told(node.hash),
            .direct = direct,
            .change = change};
}

class Comparison {
  public:
    Comparison(const Nodes* base, const Nodes& candidate)
        : known_(base != nullptr), before_(base != nullptr ? *base : none_), after_(candidate) {}

    LockedInputs run() {
        auto names = after_.named();
        names.merge(before_.named());
        std::set<const LockNode*> told_of;
        for (const auto& name : names) {
            const auto* was = before_.named(name);
            const auto* is = after_.named(name);
            told_of.insert({was, is});
            add(name, true, was, is);
        }
        std::set<std::string> others;
        for (const auto* side : {&before_, &after_}) {
            for (const auto& [name, node] : side->nodes()) {
                if (!told_of.contains(node)) {
                    others.insert(name);
                }
            }
        }
        for (const auto& name : others) {
            add(name, false, before_.find(name), after_.find(name));
        }
        return std::move(out_);
    }

  private:
    void add(const std::string& name, bool direct, const LockNode* was, const LockNode* is) {
        if (!is_input(is)) {
            if (is_input(was)) {
                out_.inputs.push_back(row(name, direct, *was, InputChange::removed));
            }
            return;
        }
        const bool there = is_input(was);
        const bool same = there && before_.all_of(*was) == after_.all_of(*is);
        auto input = row(name, direct, *is,
                         !known_  ? InputChange::unknown
                         : !there ? InputChange::added
                         : same   ? InputChange::same
                                  : InputChange::changed);
        if (there) {
            const auto revision = revision_of(*was);
            input.before = revision.empty() ? told(was->hash) : revision;
            if (!same && was->text == is->text) {
                input.before += " with other inputs of its own";
            }
        }
        out_.inputs.push_back(std::move(input));
    }

    bool known_;
    Nodes none_{};
    Lock before_;
    Lock after_;
    LockedInputs out_{};
};

core::Result<Nodes> read_lock(const proposals::Repository& repository, const core::Commit& commit) {
    return evaluator::parse_lock(repository.tree(commit)->read("flake.lock").value_or(""));
}

} // namespace

LockedInputs compare_locks(const Nodes* base, const Nodes& candidate) {
    auto out = Comparison(base, candidate).run();
    std::sort(out.inputs.begin(), out.inputs.end(), [](const auto& a, const auto& b) {
        const auto rank = [](const LockedInput& each) {
            return std::tuple(each.change == InputChange::same, !each.direct, each.name);
        };
        return rank(a) < rank(b);
    });
    out.more = out.inputs.size() > LockedInputs::max_inputs;
    out.inputs.resize(std::min(out.inputs.size(), LockedInputs::max_inputs));
    return out;
}

LockedInputs locked_inputs(const proposals::Repository& repository, const core::Commit& base,
                           const core::Commit& candidate) {
    const auto after = read_lock(repository, candidate);
    if (!after) {
        return {.trouble = core::shorten(core::printable(after.problem().message), 300)};
    }
    const auto before = base == candidate ? after : read_lock(repository, base);
    return compare_locks(before ? &before.value() : nullptr, after.value());
}

} // namespace agentd::stages
