#include "proposals/nix/places.hpp"

#include "proposals/nix/names.hpp"

namespace agentd::proposals::nix {

namespace {

class Search {
  public:
    Search(const Tree& tree, const std::vector<NodeId>& parents) : tree_(tree), parents_(parents) {}

    struct Here {
        NodeId condition{no_node};
        std::size_t guards{};
        std::string_view function{};
        int followed{}; ///< variables, so that none is followed in a circle
    };

    void expression(NodeId node, Here here) {
        node = bare(tree_, node);
        const NodeKind kind = tree_.kind(node);
        if (kind == NodeKind::list) {
            const bool mapped = !here.function.empty();
            out_.places.push_back({.node = node,
                                   .form = mapped ? ListPlace::Form::mapped : ListPlace::Form::list,
                                   .condition = here.condition,
                                   .guards = here.guards,
                                   .function = here.function});
        } else if (kind == NodeKind::with || kind == NodeKind::let_in ||
                   kind == NodeKind::assertion) {
            expression(tree_.last(node), here);
        } else if (kind == NodeKind::binary && tree_.after_first(node).kind == TokenKind::concat) {
            expression(tree_.first(node), here);
            expression(tree_.last(node), here);
        } else if (kind == NodeKind::conditional) {
            const auto parts = tree_.children(node);
            here.condition = parts[0];
            ++here.guards;
            expression(parts[1], here);
            expression(parts[2], here);
        } else if (kind == NodeKind::identifier) {
            variable(node, here);
        } else if (kind != NodeKind::apply || !call(node, here)) {
            opaque(node, false);
        }
    }

    ListPlaces take() { return std::move(out_); }

  private:
    void opaque(NodeId node, bool variable) {
        if (out_.opaque == no_node) {
            out_.opaque = node;
            out_.variable = variable;
        }
    }

    void variable(NodeId node, Here here) {
        const std::string_view name = tree_.text(node);
        const Bound bound = binding_of(tree_, parents_, node, name);
        if (bound.value == no_node || uses_of(tree_, name) != 1 || ++here.followed > 8) {
            return opaque(node, true);
        }
        expression(bound.value, here);
    }

    bool call(NodeId node, Here here) {
        if (const Wrapped inner = unwrap(tree_, node); inner.value != no_node) {
            here.condition = inner.condition == no_node ? here.condition : inner.condition;
            here.guards += inner.condition == no_node ? 0 : 1;
            expression(inner.value, here);
            return true;
        }
        const Call call = call_of(tree_, node);
        const std::size_t given = call.arguments.size();
        if (call.name == "optionals" && given == 2) {
            here.condition = call.arguments[0];
            ++here.guards;
            expression(call.arguments[1], here);
        } else if ((call.name == "flatten" || call.name == "unique") && given == 1) {
            expression(call.arguments[0], here);
            mapped_elements(bare(tree_, call.arguments[0]), here);
        } else if ((call.name == "concatLists" || call.name == "mkMerge") && given == 1 &&
                   tree_.kind(bare(tree_, call.arguments[0])) == NodeKind::list) {
            for (const NodeId item : tree_.children(bare(tree_, call.arguments[0]))) {
                expression(item, here);
            }
        } else if (call.name == "map" && given == 2) {
            here.function = tree_.text(call.arguments[0]);
            expression(call.arguments[1], here);
        } else if (call.name == "attrValues" && given == 1) {
            inherited(bare(tree_, call.arguments[0]), here);
        } else {
            return false;
        }
        return true;
    }

    /// `flatten [ ./a (map f [ … ]) ]`: the lists among its elements.
    void mapped_elements(NodeId list, const Here& here) {
        if (tree_.kind(list) != NodeKind::list) {
            return;
        }
        for (const NodeId item : tree_.children(list)) {
            if (call_of(tree_, item).name == "map") {
                expression(item, here);
            }
        }
    }

    void inherited(NodeId set, const Here& here) {
        if (tree_.kind(set) != NodeKind::set) {
            return opaque(set, false);
        }
        for (const NodeId item : tree_.children(set)) {
            if (tree_.kind(item) == NodeKind::inherit_from &&
                tree_.text(bare(tree_, tree_.first(item))) == "pkgs") {
                out_.places.push_back({.node = item,
                                       .form = ListPlace::Form::inherited,
                                       .condition = here.condition,
                                       .guards = here.guards});
            }
        }
    }

    const Tree& tree_;
    const std::vector<NodeId>& parents_;
    ListPlaces out_{};
};

} // namespace

ListPlaces lists_of(const Tree& tree, const std::vector<NodeId>& parents, const Site& site) {
    Search search(tree, parents);
    search.expression(site.value, {.condition = site.condition});
    ListPlaces out = search.take();
    for (ListPlace& place : out.places) {
        for (NodeId node = parents[place.node]; node != no_node; node = parents[node]) {
            place.with_pkgs = place.with_pkgs || (tree.kind(node) == NodeKind::with &&
                                                  tree.text(tree.first(node)) == "pkgs");
        }
    }
    return out;
}

} // namespace agentd::proposals::nix
