/// @file
/// The syntax tree of a Nix text: nothing is lost, every node knows its exact span.
#pragma once

#include "proposals/nix/syntax_error.hpp"
#include "proposals/nix/token.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace agentd::proposals::nix {

using NodeId = std::uint32_t;
inline constexpr NodeId no_node = ~NodeId{0};

/// In brackets the children, in this order.
enum class NodeKind : std::uint8_t {
    identifier,
    integer,
    floating,
    string,        ///< `"…"` [interpolation*]
    indented,      ///< `''…''` [interpolation*]
    path,          ///< [interpolation*]
    search_path,   ///< `<nixpkgs>`
    uri,           ///< a bare URL
    paren,         ///< [expression]
    list,          ///< [expression*]
    set,           ///< [binding | inherit | inherit_from *]
    rec_set,       ///< the same, after `rec`
    old_let,       ///< `let { … }`: the same
    select,        ///< [expression, attr_path] and, after `or`, [expression]
    has_attr,      ///< `a ? b` [expression, attr_path]
    apply,         ///< [function, argument+]; `f or` has the identifier `or` as argument
    negate,        ///< [expression]
    invert,        ///< `!` [expression]
    binary,        ///< [left, right]; the operator is the token after `left`
    lambda,        ///< [identifier | pattern, body]
    assertion,     ///< [condition, body]
    with,          ///< [scope, body]
    let_in,        ///< [binding | inherit | inherit_from *, body]
    conditional,   ///< [condition, then, else]
    binding,       ///< [attr_path, value]; ends with its `;`
    inherit,       ///< [attr_name | string | interpolation *]; ends with its `;`
    inherit_from,  ///< [source, attr_name | string | interpolation *]; ends with its `;`
    attr_path,     ///< [attr_name | string | interpolation +]
    attr_name,     ///< an identifier or `or`, in a path or an `inherit`
    interpolation, ///< `${…}` [expression]
    pattern,       ///< [binder?, formal*, ellipsis?, binder?]: at most one binder
    formal,        ///< [default?]; its first token is its name
    ellipsis,
    binder, ///< the name before or after `@`
};

/// A run of tokens: its children, and between them the marks that are no nodes.
struct Node {
    NodeId first_child{no_node};
    NodeId next{no_node}; ///< the next child of the same parent
    std::uint32_t first_token{};
    std::uint32_t end_token{}; ///< one past the last
    std::uint16_t height{}; ///< 1 for a leaf; `a.b.c = 1` is as high as `a = { b = { c = 1; }; }`
    NodeKind kind{};
};

/// What a text may be at most. A text beyond is refused as a syntax error that says so.
struct Limits {
    std::size_t max_bytes = 16U << 20;
    std::size_t max_nodes = 8U << 20;
    std::uint16_t max_depth = 1000; ///< of nesting, and of the tree
};

/// Owns source, tokens and nodes. Ids are of this tree alone.
class Tree {
  public:
    const std::string& source() const noexcept { return source_; }
    /// Sorted, not overlapping; the last is `end`. Between them stand blanks and comments only.
    const std::vector<Token>& tokens() const noexcept { return tokens_; }
    std::size_t size() const noexcept { return nodes_.size(); }
    NodeId root() const noexcept { return root_; }

    const Node& operator[](NodeId id) const { return nodes_[id]; }
    NodeKind kind(NodeId id) const { return nodes_[id].kind; }
    std::uint32_t start(NodeId id) const { return tokens_[nodes_[id].first_token].start; }
    std::uint32_t end(NodeId id) const { return tokens_[nodes_[id].end_token - 1].end; }
    std::string_view text(NodeId id) const;
    std::string_view text(const Token& token) const;
    std::vector<NodeId> children(NodeId id) const;
    NodeId first(NodeId id) const { return nodes_[id].first_child; }
    /// The last child, or no_node.
    NodeId last(NodeId id) const;
    /// The operator of a `binary`, the `=` of a `binding`: the token that follows the first child.
    const Token& after_first(NodeId id) const;
    Position position(NodeId id) const { return position_of(source_, start(id)); }

  private:
    friend std::variant<Tree, SyntaxError> parse(std::string source, const Limits& limits);
    std::string source_;
    std::vector<Token> tokens_;
    std::vector<Node> nodes_;
    NodeId root_{no_node};
};

/// Reads one Nix expression, which the whole text has to be. Never throws on what the text holds.
std::variant<Tree, SyntaxError> parse(std::string source, const Limits& limits = {});

} // namespace agentd::proposals::nix
