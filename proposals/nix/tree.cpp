#include "proposals/nix/tree.hpp"

namespace agentd::proposals::nix {

std::string_view Tree::text(NodeId id) const {
    return std::string_view(source_).substr(start(id), end(id) - start(id));
}

std::string_view Tree::text(const Token& token) const {
    return std::string_view(source_).substr(token.start, token.end - token.start);
}

std::vector<NodeId> Tree::children(NodeId id) const {
    std::vector<NodeId> out;
    for (NodeId child = nodes_[id].first_child; child != no_node; child = nodes_[child].next) {
        out.push_back(child);
    }
    return out;
}

NodeId Tree::last(NodeId id) const {
    NodeId child = nodes_[id].first_child;
    while (child != no_node && nodes_[child].next != no_node) {
        child = nodes_[child].next;
    }
    return child;
}

const Token& Tree::after_first(NodeId id) const {
    return tokens_[nodes_[nodes_[id].first_child].end_token];
}

} // namespace agentd::proposals::nix
