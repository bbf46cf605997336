/// @file
/// The parser at work: recursive descent over tokens, precedence climbing for operators.
#pragma once

#include "proposals/nix/lexer.hpp"
#include "proposals/nix/tree.hpp"

#include <optional>
#include <string>
#include <vector>

namespace agentd::proposals::nix {

/// The children of a node that is being read.
struct Children {
    NodeId first{no_node};
    NodeId last{no_node};
    std::uint16_t height{};
};

/// After the first error every token is `end`, so that all loops stop; what comes back is thrown
/// away. The nesting of calls is bounded by `max_depth`, and so is the height of the tree.
class Parser {
  public:
    Parser(std::string_view source, const Lexed& lexed, const Limits& limits);
    /// The root; or no_node, and then there is an error.
    NodeId run();
    std::vector<Node>& nodes() noexcept { return nodes_; }
    const std::optional<SyntaxError>& error() const noexcept { return error_; }

  private:
    NodeId expression();
    NodeId lambda_of_name();
    NodeId lambda_of_set();
    NodeId assertion_or_with(NodeKind kind);
    NodeId let_in();
    NodeId conditional();
    NodeId pipeline();
    NodeId operation(int least);
    NodeId prefix();
    NodeId application();
    NodeId selection();
    NodeId simple();
    NodeId leaf(NodeKind kind);
    NodeId text(NodeKind kind, TokenKind part, TokenKind close);
    NodeId path();
    NodeId paren();
    NodeId list();
    NodeId set(NodeKind kind);
    NodeId interpolation();
    NodeId pattern();
    void formals(Children& into);
    NodeId attr_path();
    NodeId attr();
    NodeId binding();
    NodeId inherit();
    void bindings(Children& into, TokenKind until, const char* expected);

    bool is_pattern() const;
    bool starts_argument() const noexcept;
    bool starts_attr() const noexcept;

    const Token& token() const noexcept { return *cursor_; }
    TokenKind kind() const noexcept { return cursor_->kind; }
    /// Of the token `ahead` places on; `end` beyond the last.
    TokenKind kind(std::size_t ahead) const noexcept;
    bool at(TokenKind wanted) const noexcept { return cursor_->kind == wanted; }
    std::uint32_t position() const noexcept;
    void advance() noexcept { cursor_ += cursor_->kind == TokenKind::end ? 0 : 1; }
    /// Takes that token or fails: "expected `expected`".
    void take(TokenKind wanted, const char* expected);
    void fail(std::string expected);
    void fail_limit(std::string expected, std::string found);
    bool too_deep();

    void adopt(Children& into, NodeId child);
    /// Ends before the token that stands next.
    NodeId finish(NodeKind kind, std::uint32_t first_token, const Children& children);

    /// Names what is open while it is being read, for the error that finds it still open.
    struct Open;
    /// One more level of nesting.
    struct Level;

    std::string_view source_;
    const Lexed& lexed_;
    const Limits& limits_;
    const Token* cursor_;
    std::vector<Node> nodes_{};
    std::optional<SyntaxError> error_{};
    std::uint32_t depth_ = 0;
    const Token* open_ = nullptr;
};

struct Parser::Open {
    Parser& parser;
    const Token* before;
    explicit Open(Parser& p) : parser(p), before(p.open_) { p.open_ = p.cursor_; }
    /// Only where such a token stands.
    Open(Parser& p, TokenKind kind) : parser(p), before(p.open_) {
        p.open_ = p.at(kind) ? p.cursor_ : p.open_;
    }
    ~Open() { parser.open_ = before; }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
};

struct Parser::Level {
    Parser& parser;
    explicit Level(Parser& p) : parser(p) { ++p.depth_; }
    ~Level() { --parser.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
};

} // namespace agentd::proposals::nix
