#include "proposals/nix/parser_state.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals::nix {

namespace {

/// What an expression is that begins with such a token; `ellipsis` where none does.
constexpr std::array<NodeKind, token_kinds> make_simple_kinds() {
    std::array<NodeKind, token_kinds> out{};
    out.fill(NodeKind::ellipsis);
    const auto put = [&out](TokenKind token, NodeKind node) {
        out[static_cast<std::size_t>(token)] = node;
    };
    put(TokenKind::identifier, NodeKind::identifier);
    put(TokenKind::integer, NodeKind::integer);
    put(TokenKind::floating, NodeKind::floating);
    put(TokenKind::search_path, NodeKind::search_path);
    put(TokenKind::uri, NodeKind::uri);
    put(TokenKind::path_text, NodeKind::path);
    put(TokenKind::string_open, NodeKind::string);
    put(TokenKind::indented_open, NodeKind::indented);
    put(TokenKind::paren_open, NodeKind::paren);
    put(TokenKind::bracket_open, NodeKind::list);
    put(TokenKind::brace_open, NodeKind::set);
    put(TokenKind::kw_rec, NodeKind::rec_set);
    put(TokenKind::kw_let, NodeKind::old_let);
    return out;
}
constexpr std::array<NodeKind, token_kinds> simple_kinds = make_simple_kinds();

} // namespace

NodeId Parser::leaf(NodeKind kind) {
    const std::uint32_t first = position();
    advance();
    return finish(kind, first, {});
}

NodeId Parser::simple() {
    const NodeKind kind = simple_kinds[static_cast<std::size_t>(this->kind())];
    if (kind == NodeKind::string) {
        return text(kind, TokenKind::string_text, TokenKind::string_close);
    }
    if (kind == NodeKind::indented) {
        return text(kind, TokenKind::indented_text, TokenKind::indented_close);
    }
    if (kind == NodeKind::set || kind == NodeKind::rec_set || kind == NodeKind::old_let) {
        return set(kind);
    }
    if (kind == NodeKind::path) {
        return path();
    }
    if (kind == NodeKind::paren) {
        return paren();
    }
    if (kind == NodeKind::list) {
        return list();
    }
    if (kind == NodeKind::ellipsis) {
        fail("an expression");
        return no_node;
    }
    return leaf(kind);
}

NodeId Parser::text(NodeKind kind, TokenKind part, TokenKind close) {
    const std::uint32_t first = position();
    Children children;
    {
        const Open open(*this);
        advance();
        while (at(part) || at(TokenKind::interpolation_open)) {
            if (at(part)) {
                advance();
            } else {
                adopt(children, interpolation());
            }
        }
        take(close, "the end of a string");
    }
    return finish(kind, first, children);
}

NodeId Parser::path() {
    const std::uint32_t first = position();
    Children children;
    // The pieces of one path touch each other.
    std::uint32_t stop = token().start;
    while (token().start == stop &&
           (at(TokenKind::path_text) || at(TokenKind::interpolation_open))) {
        stop = token().end;
        if (at(TokenKind::path_text)) {
            advance();
            continue;
        }
        const NodeId inner = interpolation();
        adopt(children, inner);
        stop = cursor_[-1].end;
    }
    return finish(NodeKind::path, first, children);
}

NodeId Parser::paren() {
    const std::uint32_t first = position();
    Children children;
    const Open open(*this);
    advance();
    adopt(children, expression());
    take(TokenKind::paren_close, "`)`, or an operator");
    return finish(NodeKind::paren, first, children);
}

NodeId Parser::list() {
    const std::uint32_t first = position();
    Children children;
    const Open open(*this);
    const Level level(*this); // lists nest without an expression between them
    advance();
    while (starts_argument() && !too_deep()) {
        adopt(children, selection());
    }
    take(TokenKind::bracket_close,
         "an element of the list or `]` (an operator or a function needs parentheses)");
    return finish(NodeKind::list, first, children);
}

NodeId Parser::interpolation() {
    const std::uint32_t first = position();
    Children children;
    const Open open(*this);
    advance();
    adopt(children, expression());
    take(TokenKind::interpolation_close, "`}` after what is interpolated, or an operator");
    return finish(NodeKind::interpolation, first, children);
}

NodeId Parser::set(NodeKind kind) {
    const std::uint32_t first = position();
    Children children;
    if (kind != NodeKind::set) {
        advance();
    }
    const Open open(*this, TokenKind::brace_open);
    take(TokenKind::brace_open, kind == NodeKind::rec_set ? "`{` after `rec`" : "`{` after `let`");
    bindings(children, TokenKind::brace_close, "a name, `inherit` or `}`");
    return finish(kind, first, children);
}

void Parser::bindings(Children& into, TokenKind until, const char* expected) {
    for (;;) {
        if (at(TokenKind::kw_inherit)) {
            adopt(into, inherit());
        } else if (starts_attr()) {
            adopt(into, binding());
        } else {
            return take(until, expected);
        }
    }
}

bool Parser::starts_attr() const noexcept {
    return at(TokenKind::identifier) || at(TokenKind::string_open) ||
           at(TokenKind::interpolation_open) || at(TokenKind::kw_or);
}

NodeId Parser::binding() {
    const std::uint32_t first = position();
    Children children;
    const NodeId path = attr_path();
    adopt(children, path);
    take(TokenKind::assign, "`=` or `.` after the name of an attribute");
    const std::uint32_t nested = children.height;
    children.height = 0;
    adopt(children, expression());
    children.height = static_cast<std::uint16_t>(children.height + nested);
    if (!at(TokenKind::semicolon) && path != no_node && !error_) {
        const std::uint32_t from = lexed_.tokens[nodes_[path].first_token].start;
        const std::uint32_t to = lexed_.tokens[nodes_[path].end_token - 1].end;
        fail("`;` after the value of " + quoted(source_.substr(from, to - from)));
    }
    take(TokenKind::semicolon, "`;`");
    return finish(NodeKind::binding, first, children);
}

NodeId Parser::inherit() {
    const std::uint32_t first = position();
    Children children;
    advance();
    const bool from = at(TokenKind::paren_open);
    if (from) {
        advance();
        adopt(children, expression());
        take(TokenKind::paren_close, "`)` after what is inherited from");
    }
    while (starts_attr()) {
        adopt(children, attr());
    }
    take(TokenKind::semicolon, "a name or `;` after `inherit`");
    return finish(from ? NodeKind::inherit_from : NodeKind::inherit, first, children);
}

NodeId Parser::attr() {
    if (at(TokenKind::string_open)) {
        return text(NodeKind::string, TokenKind::string_text, TokenKind::string_close);
    }
    if (at(TokenKind::interpolation_open)) {
        return interpolation();
    }
    if (at(TokenKind::identifier) || at(TokenKind::kw_or)) {
        return leaf(NodeKind::attr_name);
    }
    fail("the name of an attribute");
    return no_node;
}

NodeId Parser::attr_path() {
    const std::uint32_t first = position();
    Children children;
    std::uint32_t names = 1;
    adopt(children, attr());
    while (at(TokenKind::dot)) {
        advance();
        adopt(children, attr());
        if (++names > limits_.max_depth) {
            fail_limit("at most " + std::to_string(limits_.max_depth) + " names joined by dots",
                       "one more");
        }
    }
    // `a.b.c = …` nests as `a = { b = { c = …` does.
    children.height = static_cast<std::uint16_t>(std::max<std::uint32_t>(children.height, names));
    return finish(NodeKind::attr_path, first, children);
}

bool Parser::is_pattern() const {
    const TokenKind next = kind(2);
    if (kind(1) == TokenKind::brace_close) {
        return next == TokenKind::colon || next == TokenKind::at;
    }
    return kind(1) == TokenKind::ellipsis ||
           (kind(1) == TokenKind::identifier &&
            (next == TokenKind::comma || next == TokenKind::question ||
             next == TokenKind::brace_close));
}

NodeId Parser::pattern() {
    const std::uint32_t first = position();
    Children children;
    const bool before = at(TokenKind::identifier);
    if (before) {
        adopt(children, leaf(NodeKind::binder));
        advance(); // the `@`
    }
    {
        const Open open(*this);
        take(TokenKind::brace_open, "`{` after `@`");
        formals(children);
        const bool whole =
            children.last != no_node && nodes_[children.last].kind == NodeKind::ellipsis;
        take(TokenKind::brace_close,
             whole ? "`}`: nothing follows `...`" : "`,` or `}` after an argument");
    }
    if (at(TokenKind::at)) {
        advance();
        if (before || !at(TokenKind::identifier)) {
            fail(before ? "`:`: a function has one name for all arguments" : "a name after `@`");
        }
        adopt(children, leaf(NodeKind::binder));
    }
    return finish(NodeKind::pattern, first, children);
}

void Parser::formals(Children& into) {
    for (;;) {
        if (at(TokenKind::ellipsis)) {
            return adopt(into, leaf(NodeKind::ellipsis));
        }
        if (!at(TokenKind::identifier)) {
            return;
        }
        const std::uint32_t first = position();
        Children children;
        advance();
        if (at(TokenKind::question)) {
            advance();
            adopt(children, expression());
        }
        adopt(into, finish(NodeKind::formal, first, children));
        if (!at(TokenKind::comma)) {
            return;
        }
        advance();
    }
}

} // namespace agentd::proposals::nix
