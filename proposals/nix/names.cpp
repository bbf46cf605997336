#include "proposals/nix/names.hpp"

#include "proposals/nix_text.hpp"

namespace agentd::proposals::nix {

namespace {

char unescaped(char c) noexcept {
    switch (c) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

/// Inside of the quotes. A CR, and a CR with its LF, is a LF in Nix.
std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            out += unescaped(text[++i]);
        } else if (text[i] == '\r') {
            out += '\n';
            i += i + 1 < text.size() && text[i + 1] == '\n' ? 1 : 0;
        } else {
            out += text[i];
        }
    }
    return out;
}

} // namespace

NodeId bare(const Tree& tree, NodeId expression) {
    while (expression != no_node && tree.kind(expression) == NodeKind::paren) {
        expression = tree.first(expression);
    }
    return expression;
}

std::optional<std::string> plain_string(const Tree& tree, NodeId node) {
    if (node == no_node || tree.first(node) != no_node) {
        return std::nullopt;
    }
    std::string_view text = tree.text(node);
    if (tree.kind(node) == NodeKind::string) {
        return unescape(text.substr(1, text.size() - 2));
    }
    if (tree.kind(node) != NodeKind::indented) {
        return std::nullopt;
    }
    text = text.substr(2, text.size() - 4);
    if (text.find("''") != std::string_view::npos || text.starts_with(' ') ||
        text.find_first_of("\r\n") != std::string_view::npos) {
        return std::nullopt;
    }
    return std::string(text);
}

std::optional<std::string> attr_text(const Tree& tree, NodeId attr) {
    if (tree.kind(attr) == NodeKind::attr_name) {
        return std::string(tree.text(attr));
    }
    if (tree.kind(attr) != NodeKind::interpolation) {
        return plain_string(tree, attr);
    }
    const NodeId inner = bare(tree, tree.first(attr));
    return tree.kind(inner) == NodeKind::uri ? std::string(tree.text(inner))
                                             : plain_string(tree, inner);
}

std::vector<std::optional<std::string>> path_texts(const Tree& tree, NodeId attr_path) {
    std::vector<std::optional<std::string>> out;
    for (NodeId attr = tree.first(attr_path); attr != no_node; attr = tree[attr].next) {
        out.push_back(attr_text(tree, attr));
    }
    return out;
}

std::vector<std::optional<std::string>> path_words(const Tree& tree, NodeId attr_path) {
    std::vector<std::optional<std::string>> out = path_texts(tree, attr_path);
    std::size_t i = 0;
    for (NodeId attr = tree.first(attr_path); attr != no_node; attr = tree[attr].next, ++i) {
        if (!out[i] && tree.kind(attr) == NodeKind::interpolation) {
            out[i] = computed_mark + std::string(tree.text(attr));
        }
    }
    return out;
}

std::string joined(std::span<const std::string> names) {
    std::string out;
    for (const std::string& name : names) {
        out += (out.empty() ? "" : ".") +
               (name.starts_with(computed_mark) ? name.substr(1) : nix_name(name));
    }
    return out;
}

} // namespace agentd::proposals::nix
