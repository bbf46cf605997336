#include "proposals/nix/check.hpp"

#include "proposals/nix/names.hpp"

#include <map>
#include <memory>
#include <set>

namespace agentd::proposals::nix {

namespace {

/// One set as Nix builds it, from all places that say something of it.
struct Scope {
    struct Definition {
        NodeId node{no_node};
        std::unique_ptr<Scope> set{}; ///< null for what is no written-out set
    };
    std::map<std::string, Definition, std::less<>> definitions{};
};

bool is_set(NodeKind kind) {
    return kind == NodeKind::set || kind == NodeKind::rec_set;
}

class Checker {
  public:
    explicit Checker(const Tree& tree) : tree_(tree), covered_(tree.size()) {}

    std::optional<Violation> run() {
        // A child stands before its parent in the vector: from the back, so that a set comes
        // before the sets inside of it, which its own pass covers.
        for (NodeId id = static_cast<NodeId>(tree_.size()); id-- > 0;) {
            visit(id);
        }
        if (found_) { // once: a position is counted from the beginning of the text
            found_->at = tree_.position(found_->node);
            found_->first =
                first_ == no_node ? std::nullopt : std::optional(tree_.position(first_));
        }
        return std::move(found_);
    }

  private:
    void visit(NodeId id) {
        const NodeKind kind = tree_.kind(id);
        if (is_set(kind) || kind == NodeKind::old_let || kind == NodeKind::let_in) {
            if (!covered_[id]) {
                Scope scope;
                fill(scope, id);
            }
        } else if (kind == NodeKind::pattern) {
            check_arguments(id);
        }
    }

    void report(RuleKind kind, NodeId node, NodeId first, std::string name) {
        if (found_ && tree_.start(found_->node) <= tree_.start(node)) {
            return;
        }
        found_ = Violation{.kind = kind, .node = node, .name = std::move(name)};
        first_ = first;
    }

    void fill(Scope& scope, NodeId set) {
        covered_[set] = true;
        const bool let = tree_.kind(set) == NodeKind::let_in;
        for (NodeId item = tree_.first(set); item != no_node; item = tree_[item].next) {
            if (tree_.kind(item) == NodeKind::binding) {
                bind(scope, item, let);
            } else if (!let || tree_[item].next != no_node) {
                inherit(scope, item);
            }
        }
    }

    void inherit(Scope& scope, NodeId item) {
        NodeId attr = tree_.first(item);
        if (tree_.kind(item) == NodeKind::inherit_from) {
            attr = tree_[attr].next;
        }
        for (; attr != no_node; attr = tree_[attr].next) {
            auto name = attr_text(tree_, attr);
            if (!name) {
                report(RuleKind::computed_in_inherit, attr, no_node, std::string(tree_.text(attr)));
                continue;
            }
            const auto [known, fresh] = scope.definitions.try_emplace(*name);
            if (!fresh) {
                report(RuleKind::duplicate_attribute, attr, known->second.node, *name);
            }
            known->second.node = fresh ? attr : known->second.node;
        }
    }

    void bind(Scope& scope, NodeId item, bool let) {
        const NodeId path = tree_.first(item);
        Scope* here = &scope;
        std::vector<std::unique_ptr<Scope>>& loose = loose_;
        for (NodeId attr = tree_.first(path); attr != no_node; attr = tree_[attr].next) {
            const bool last = tree_[attr].next == no_node;
            const auto name = attr_text(tree_, attr);
            if (!name) {
                if (let && attr == tree_.first(path)) {
                    report(RuleKind::computed_in_let, attr, no_node, std::string(tree_.text(attr)));
                }
                if (last) {
                    return; // its value is a scope of its own
                }
                here = loose.emplace_back(std::make_unique<Scope>()).get();
                continue;
            }
            here =
                last ? define(*here, *name, path, tree_[path].next) : descend(*here, *name, path);
            if (here == nullptr) {
                return;
            }
        }
    }

    /// The set `name` inside of `scope`, made where there is none.
    Scope* descend(Scope& scope, const std::string& name, NodeId path) {
        const auto [known, fresh] = scope.definitions.try_emplace(name);
        if (fresh) {
            known->second = {.node = path, .set = std::make_unique<Scope>()};
        } else if (!known->second.set) {
            report(RuleKind::duplicate_attribute, path, known->second.node,
                   std::string(tree_.text(path)));
        }
        return known->second.set.get();
    }

    Scope* define(Scope& scope, const std::string& name, NodeId path, NodeId value) {
        const NodeId inner = bare(tree_, value);
        const bool set = is_set(tree_.kind(inner));
        const auto [known, fresh] = scope.definitions.try_emplace(name);
        if (fresh) {
            known->second = {.node = path, .set = set ? std::make_unique<Scope>() : nullptr};
        } else if (!set || !known->second.set) {
            report(RuleKind::duplicate_attribute, path, known->second.node,
                   std::string(tree_.text(path)));
            return nullptr;
        }
        if (set) {
            fill(*known->second.set, inner);
        }
        return known->second.set.get();
    }

    void check_arguments(NodeId pattern) {
        std::map<std::string_view, NodeId> seen;
        for (NodeId item = tree_.first(pattern); item != no_node; item = tree_[item].next) {
            if (tree_.kind(item) == NodeKind::ellipsis) {
                continue;
            }
            const std::string_view name = tree_.text(tree_.tokens()[tree_[item].first_token]);
            const auto [known, fresh] = seen.emplace(name, item);
            if (!fresh) {
                report(RuleKind::duplicate_argument, item, known->second, std::string(name));
            }
        }
    }

    const Tree& tree_;
    std::vector<bool> covered_;
    std::vector<std::unique_ptr<Scope>> loose_{};
    std::optional<Violation> found_{};
    NodeId first_{no_node}; ///< of found_: where the first of the two stands
};

std::string told(const Position& at) {
    return "line " + std::to_string(at.line) + ", column " + std::to_string(at.column);
}

} // namespace

std::string Violation::message() const {
    const std::string start = told(at) + ": " + quoted(name) + " ";
    switch (kind) {
    case RuleKind::duplicate_attribute:
        return start + "is defined already at " + told(first.value_or(Position{}));
    case RuleKind::duplicate_argument:
        return start + "is an argument already at " + told(first.value_or(Position{}));
    case RuleKind::computed_in_let:
        return start + "is a computed name, which `let` does not take";
    case RuleKind::computed_in_inherit:
        return start + "is a computed name, which `inherit` does not take";
    }
    return start;
}

std::optional<Violation> check(const Tree& tree) {
    return Checker(tree).run();
}

} // namespace agentd::proposals::nix
