#include "proposals/nix/highlight.hpp"

#include "proposals/nix/lexer.hpp"
#include "proposals/nix/tree.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals::nix {

namespace {

constexpr std::array<std::string_view, 14> colour_names{
    "keyword",       "constant", "variable", "attribute", "argument",  "number", "string",
    "interpolation", "path",     "url",      "comment",   "operation", "mark",   "broken"};

ColourKind colour_of(TokenKind kind) noexcept {
    using K = TokenKind;
    if (kind == K::identifier) {
        return ColourKind::variable;
    }
    if (is_keyword(kind)) {
        return ColourKind::keyword;
    }
    if (kind == K::integer || kind == K::floating) {
        return ColourKind::number;
    }
    if (kind == K::path_text || kind == K::search_path) {
        return ColourKind::path;
    }
    if (kind >= K::string_open && kind <= K::indented_close) {
        return ColourKind::string;
    }
    if (kind == K::interpolation_open || kind == K::interpolation_close) {
        return ColourKind::interpolation;
    }
    if (kind == K::uri || kind == K::broken) {
        return kind == K::uri ? ColourKind::url : ColourKind::broken;
    }
    return is_operator(kind) ? ColourKind::operation : ColourKind::mark;
}

bool is_constant(std::string_view name) noexcept {
    return name == "true" || name == "false" || name == "null";
}

/// What the tree knows of names.
void tell_names(const Tree& tree, std::vector<ColourKind>& kinds) {
    for (NodeId id = 0; id < tree.size(); ++id) {
        const NodeKind kind = tree.kind(id);
        const std::uint32_t token = tree[id].first_token;
        if (kind == NodeKind::attr_name) {
            kinds[token] = ColourKind::attribute;
        } else if (kind == NodeKind::formal || kind == NodeKind::binder) {
            kinds[token] = ColourKind::argument;
        } else if (kind == NodeKind::lambda && tree.kind(tree.first(id)) == NodeKind::identifier) {
            kinds[token] = ColourKind::argument;
        } else if (kind == NodeKind::identifier && is_constant(tree.text(id))) {
            kinds[token] = ColourKind::constant;
        }
    }
}

/// The same for a text that has no tree, from the tokens beside each name.
void guess_names(std::string_view source, const std::vector<Token>& tokens,
                 std::vector<ColourKind>& kinds) {
    bool bound = false; // by the `=` that follows a dotted name
    for (std::size_t i = tokens.size(); i-- > 0;) {
        const Token& token = tokens[i];
        if (token.kind == TokenKind::assign) {
            bound = true;
        } else if (token.kind == TokenKind::identifier) {
            const bool selected = i > 0 && tokens[i - 1].kind == TokenKind::dot;
            const TokenKind after = i + 1 < tokens.size() ? tokens[i + 1].kind : TokenKind::end;
            if (bound || selected) {
                kinds[i] = ColourKind::attribute;
                bound = bound && selected;
            } else if (after == TokenKind::colon || after == TokenKind::at) {
                kinds[i] = ColourKind::argument;
            } else if (is_constant(source.substr(token.start, token.end - token.start))) {
                kinds[i] = ColourKind::constant;
            }
        } else if (token.kind != TokenKind::dot) {
            bound = false;
        }
    }
}

/// Text and quotes of one string are one colour.
void put(std::vector<Colour>& out, Colour colour) {
    if (!out.empty() && out.back().end == colour.start && out.back().kind == colour.kind &&
        colour.kind == ColourKind::string) {
        out.back().end = colour.end;
    } else if (colour.end > colour.start) {
        out.push_back(colour);
    }
}

std::vector<Colour> join(std::string_view source, const std::vector<Token>& tokens,
                         const std::vector<ColourKind>& kinds) {
    std::vector<Colour> out;
    out.reserve(tokens.size() * 5 / 4);
    std::uint32_t from = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].start > from) {
            for (const Comment& comment : comments_in(source, from, tokens[i].start)) {
                put(out, {.start = comment.start, .end = comment.end, .kind = ColourKind::comment});
            }
        }
        put(out, {.start = tokens[i].start, .end = tokens[i].end, .kind = kinds[i]});
        from = tokens[i].end;
    }
    return out;
}

} // namespace

std::string_view to_string(ColourKind kind) noexcept {
    return colour_names[static_cast<std::size_t>(kind)];
}

std::vector<Colour> highlight(std::string_view source) {
    const auto read = parse(std::string(source));
    const auto* tree = std::get_if<Tree>(&read);
    const Lexed lexed = tree == nullptr ? lex(source) : Lexed{};
    const std::vector<Token>& tokens = tree == nullptr ? lexed.tokens : tree->tokens();
    std::vector<ColourKind> kinds;
    kinds.reserve(tokens.size());
    for (const Token& token : tokens) {
        kinds.push_back(colour_of(token.kind));
    }
    if (tree != nullptr) {
        tell_names(*tree, kinds);
    } else {
        guess_names(source, tokens, kinds);
    }
    return join(source, tokens, kinds);
}

std::vector<std::vector<Colour>> highlight_lines(std::string_view source) {
    const std::vector<Colour> colours = highlight(source);
    std::vector<std::vector<Colour>> out;
    auto next = colours.begin();
    for (std::size_t start = 0; start < source.size();) {
        const auto line_break = std::min(source.find('\n', start), source.size());
        std::vector<Colour>& line = out.emplace_back();
        while (next != colours.end() && next->start < line_break) {
            const auto from = std::max<std::size_t>(next->start, start);
            const auto to = std::min<std::size_t>(next->end, line_break);
            if (to > from) {
                line.push_back({.start = static_cast<std::uint32_t>(from - start),
                                .end = static_cast<std::uint32_t>(to - start),
                                .kind = next->kind});
            }
            if (next->end > line_break) {
                break; // it goes on in the next line
            }
            ++next;
        }
        start = line_break + 1;
    }
    return out;
}

} // namespace agentd::proposals::nix
