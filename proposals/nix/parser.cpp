#include "proposals/nix/parser_state.hpp"

#include <algorithm>

namespace agentd::proposals::nix {

namespace {

std::string found_text(std::string_view source, const Token& token) {
    const std::string text = quoted(source.substr(token.start, token.end - token.start));
    const TokenKind kind = token.kind;
    if (kind == TokenKind::identifier) {
        return "the name " + text;
    }
    if (kind == TokenKind::integer || kind == TokenKind::floating) {
        return "the number " + text;
    }
    if (kind == TokenKind::path_text || kind == TokenKind::search_path) {
        return "the path " + text;
    }
    return kind == TokenKind::uri ? "the URL " + text : std::string(describe(kind));
}

bool is_closing(TokenKind kind) noexcept {
    return kind == TokenKind::brace_close || kind == TokenKind::bracket_close ||
           kind == TokenKind::paren_close || kind == TokenKind::interpolation_close ||
           kind == TokenKind::kw_in;
}

} // namespace

Parser::Parser(std::string_view source, const Lexed& lexed, const Limits& limits)
    : source_(source), lexed_(lexed), limits_(limits), cursor_(lexed.tokens.data()) {
    nodes_.reserve(lexed.tokens.size());
}

NodeId Parser::run() {
    const NodeId root = expression();
    if (!at(TokenKind::end)) {
        fail("the end of the file, or an operator");
    }
    return error_ ? no_node : root;
}

TokenKind Parser::kind(std::size_t ahead) const noexcept {
    const auto left = static_cast<std::size_t>(&lexed_.tokens.back() - cursor_);
    return ahead <= left ? cursor_[ahead].kind : TokenKind::end;
}

std::uint32_t Parser::position() const noexcept {
    return static_cast<std::uint32_t>(cursor_ - lexed_.tokens.data());
}

void Parser::take(TokenKind wanted, const char* expected) {
    if (at(wanted)) {
        return advance();
    }
    fail(expected);
}

void Parser::fail(std::string expected) {
    if (error_) {
        return;
    }
    const Token& here = token();
    error_ = SyntaxError{.offset = here.start,
                         .at = position_of(source_, here.start),
                         .expected = std::move(expected),
                         .found = found_text(source_, here)};
    if (here.kind == TokenKind::broken) {
        const LexicalFault& fault = lexed_.fault;
        error_->expected = fault.expected;
        error_->found = fault.found;
        if (!fault.opener.empty()) {
            error_->opened = fault.opener;
            error_->opened_at = position_of(source_, fault.opened);
        }
    } else if (open_ != nullptr && (here.kind == TokenKind::end || is_closing(here.kind))) {
        error_->opened = describe(open_->kind);
        error_->opened_at = position_of(source_, open_->start);
    }
    cursor_ = &lexed_.tokens.back();
}

void Parser::fail_limit(std::string expected, std::string found) {
    if (!error_) {
        const Token& here = token();
        error_ = SyntaxError{.offset = here.start,
                             .at = position_of(source_, here.start),
                             .expected = std::move(expected),
                             .found = std::move(found)};
        cursor_ = &lexed_.tokens.back();
    }
}

bool Parser::too_deep() {
    if (depth_ <= limits_.max_depth) {
        return false;
    }
    fail_limit("at most " + std::to_string(limits_.max_depth) + " levels of nesting", "one more");
    return true;
}

void Parser::adopt(Children& into, NodeId child) {
    if (child == no_node) {
        return;
    }
    (into.last == no_node ? into.first : nodes_[into.last].next) = child;
    into.last = child;
    into.height = std::max(into.height, nodes_[child].height);
}

NodeId Parser::finish(NodeKind kind, std::uint32_t first_token, const Children& children) {
    if (nodes_.size() >= limits_.max_nodes) {
        fail_limit("at most " + std::to_string(limits_.max_nodes) + " expressions and names",
                   "one more");
    }
    if (children.height >= limits_.max_depth) {
        fail_limit("at most " + std::to_string(limits_.max_depth) + " levels of nesting",
                   "one more");
    }
    if (error_) {
        return no_node;
    }
    nodes_.push_back({.first_child = children.first,
                      .first_token = first_token,
                      .end_token = position(),
                      .height = static_cast<std::uint16_t>(children.height + 1),
                      .kind = kind});
    return static_cast<NodeId>(nodes_.size() - 1);
}

std::variant<Tree, SyntaxError> parse(std::string source, const Limits& limits) {
    if (source.size() > limits.max_bytes || source.size() >= ~std::uint32_t{0} - 1) {
        return SyntaxError{.expected = "at most " + std::to_string(limits.max_bytes) + " bytes",
                           .found = std::to_string(source.size())};
    }
    Tree tree;
    tree.source_ = std::move(source);
    Lexed lexed = lex(tree.source_);
    Parser parser(tree.source_, lexed, limits);
    tree.root_ = parser.run();
    if (parser.error()) {
        return *parser.error();
    }
    tree.nodes_ = std::move(parser.nodes());
    tree.tokens_ = std::move(lexed.tokens);
    return tree;
}

} // namespace agentd::proposals::nix
