#include "proposals/nix/parser_state.hpp"

#include <array>

namespace agentd::proposals::nix {

namespace {

enum class Side : std::uint8_t { left, right, none };

/// How tightly an operator binds; 0 for what is none.
struct Binding {
    std::uint8_t level{};
    Side side{Side::left};
};

constexpr int invert_level = 7;
constexpr int negate_level = 12;
constexpr int has_attr_level = 11;

constexpr std::array<Binding, token_kinds> make_bindings() {
    std::array<Binding, token_kinds> out{};
    const auto put = [&out](TokenKind kind, std::uint8_t level, Side side) {
        out[static_cast<std::size_t>(kind)] = {level, side};
    };
    put(TokenKind::implies, 1, Side::right);
    put(TokenKind::either, 2, Side::left);
    put(TokenKind::both, 3, Side::left);
    put(TokenKind::equal, 4, Side::none);
    put(TokenKind::not_equal, 4, Side::none);
    put(TokenKind::less, 5, Side::none);
    put(TokenKind::greater, 5, Side::none);
    put(TokenKind::less_equal, 5, Side::none);
    put(TokenKind::greater_equal, 5, Side::none);
    put(TokenKind::update, 6, Side::right);
    put(TokenKind::plus, 8, Side::left);
    put(TokenKind::minus, 8, Side::left);
    put(TokenKind::times, 9, Side::left);
    put(TokenKind::divide, 9, Side::left);
    put(TokenKind::concat, 10, Side::right);
    put(TokenKind::question, has_attr_level, Side::left);
    return out;
}
constexpr std::array<Binding, token_kinds> bindings_of = make_bindings();

constexpr std::array<bool, token_kinds> make_argument_starts() {
    std::array<bool, token_kinds> out{};
    for (const TokenKind kind :
         {TokenKind::identifier, TokenKind::integer, TokenKind::floating, TokenKind::path_text,
          TokenKind::search_path, TokenKind::uri, TokenKind::string_open, TokenKind::indented_open,
          TokenKind::paren_open, TokenKind::bracket_open, TokenKind::brace_open, TokenKind::kw_rec,
          TokenKind::kw_let}) {
        out[static_cast<std::size_t>(kind)] = true;
    }
    return out;
}
constexpr std::array<bool, token_kinds> argument_starts = make_argument_starts();

} // namespace

NodeId Parser::expression() {
    const Level level(*this);
    if (too_deep()) {
        return no_node;
    }
    if (at(TokenKind::identifier) && (kind(1) == TokenKind::colon || kind(1) == TokenKind::at)) {
        return lambda_of_name();
    }
    if (at(TokenKind::brace_open) && is_pattern()) {
        return lambda_of_set();
    }
    if (at(TokenKind::kw_let) && kind(1) != TokenKind::brace_open) {
        return let_in();
    }
    if (at(TokenKind::kw_if)) {
        return conditional();
    }
    if (at(TokenKind::kw_assert)) {
        return assertion_or_with(NodeKind::assertion);
    }
    return at(TokenKind::kw_with) ? assertion_or_with(NodeKind::with) : pipeline();
}

NodeId Parser::lambda_of_name() {
    if (kind(1) == TokenKind::at) {
        return lambda_of_set();
    }
    const std::uint32_t first = position();
    Children children;
    adopt(children, leaf(NodeKind::identifier));
    advance(); // the colon
    adopt(children, expression());
    return finish(NodeKind::lambda, first, children);
}

NodeId Parser::lambda_of_set() {
    const std::uint32_t first = position();
    Children children;
    adopt(children, pattern());
    take(TokenKind::colon, "`:` after the arguments of a function (in a set, `=` after a name)");
    adopt(children, expression());
    return finish(NodeKind::lambda, first, children);
}

NodeId Parser::assertion_or_with(NodeKind kind) {
    const std::uint32_t first = position();
    Children children;
    advance();
    adopt(children, expression());
    take(TokenKind::semicolon, kind == NodeKind::with ? "`;` after what `with` opens"
                                                      : "`;` after the condition of `assert`");
    adopt(children, expression());
    return finish(kind, first, children);
}

NodeId Parser::let_in() {
    const std::uint32_t first = position();
    Children children;
    {
        const Open open(*this);
        advance();
        bindings(children, TokenKind::kw_in, "a name, `inherit` or the word `in`");
    }
    adopt(children, expression());
    return finish(NodeKind::let_in, first, children);
}

NodeId Parser::conditional() {
    const std::uint32_t first = position();
    Children children;
    advance();
    adopt(children, expression());
    take(TokenKind::kw_then, "the word `then` after the condition of `if`");
    adopt(children, expression());
    take(TokenKind::kw_else, "the word `else`: every `if` has one");
    adopt(children, expression());
    return finish(NodeKind::conditional, first, children);
}

NodeId Parser::pipeline() {
    const std::uint32_t first = position();
    NodeId left = operation(1);
    const TokenKind direction = kind();
    if (direction != TokenKind::pipe_into && direction != TokenKind::pipe_from) {
        return left;
    }
    const Level level(*this);
    while (at(direction) && !too_deep()) {
        Children children;
        adopt(children, left);
        advance();
        // `a <| b <| c` leans to the right, `a |> b |> c` to the left.
        adopt(children, direction == TokenKind::pipe_from ? pipeline() : operation(1));
        left = finish(NodeKind::binary, first, children);
    }
    if (at(TokenKind::pipe_into) || at(TokenKind::pipe_from)) {
        fail("parentheses: `|>` and `<|` do not go together without");
    }
    return left;
}

NodeId Parser::prefix() {
    const bool inverted = at(TokenKind::exclamation);
    if (!inverted && !at(TokenKind::minus)) {
        return application();
    }
    const std::uint32_t first = position();
    Children children;
    advance();
    const Level level(*this);
    adopt(children, too_deep() ? no_node : operation(inverted ? invert_level : negate_level));
    return finish(inverted ? NodeKind::invert : NodeKind::negate, first, children);
}

NodeId Parser::operation(int least) {
    const std::uint32_t first = position();
    NodeId left = prefix();
    int barred = 0; // a level whose operators do not follow each other
    for (;;) {
        const Binding binding = bindings_of[static_cast<std::size_t>(kind())];
        if (binding.level == 0 || binding.level < least) {
            return left;
        }
        if (binding.level == barred) {
            fail("parentheses: such operators do not follow each other without");
            return no_node;
        }
        Children children;
        adopt(children, left);
        advance();
        if (binding.level == has_attr_level) {
            adopt(children, attr_path());
            left = finish(NodeKind::has_attr, first, children);
        } else {
            const Level level(*this);
            const int tighter = binding.side == Side::right ? binding.level : binding.level + 1;
            adopt(children, too_deep() ? no_node : operation(tighter));
            left = finish(NodeKind::binary, first, children);
        }
        barred = binding.side == Side::none ? binding.level : 0;
    }
}

bool Parser::starts_argument() const noexcept {
    return argument_starts[static_cast<std::size_t>(kind())];
}

NodeId Parser::application() {
    const std::uint32_t first = position();
    const NodeId function = selection();
    if (!starts_argument()) {
        return function;
    }
    Children children;
    adopt(children, function);
    while (starts_argument()) {
        adopt(children, selection());
    }
    return finish(NodeKind::apply, first, children);
}

NodeId Parser::selection() {
    const std::uint32_t first = position();
    const NodeId base = simple();
    Children children;
    adopt(children, base);
    if (at(TokenKind::dot)) {
        advance();
        adopt(children, attr_path());
        if (at(TokenKind::kw_or)) {
            const Level level(*this);
            advance();
            adopt(children, too_deep() ? no_node : selection());
        }
        return finish(NodeKind::select, first, children);
    }
    if (at(TokenKind::kw_or)) {
        // An old spelling: `f or` applies `f` to a variable of the name `or`.
        adopt(children, leaf(NodeKind::identifier));
        return finish(NodeKind::apply, first, children);
    }
    return base;
}

} // namespace agentd::proposals::nix
