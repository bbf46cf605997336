#include "proposals/nix/layout.hpp"

#include "proposals/nix/characters.hpp"
#include "proposals/nix/lexer.hpp"

#include <algorithm>

namespace agentd::proposals::nix {

namespace {

bool blank(char c) noexcept {
    return c == ' ' || c == '\t';
}

/// The end of what stands on the line of `end`, comments included, before the token at `next`.
std::optional<std::size_t> tail(std::string_view source, std::size_t token_end, std::size_t next) {
    std::size_t stop = token_end;
    for (const Comment& comment : comments_in(source, static_cast<std::uint32_t>(token_end),
                                              static_cast<std::uint32_t>(next))) {
        if (source.substr(stop, comment.start - stop).find('\n') != std::string_view::npos) {
            break;
        }
        stop = comment.end;
    }
    const auto gap = source.substr(stop, next - stop);
    const auto end_of_line = gap.find('\n');
    if (end_of_line == std::string_view::npos) {
        return std::nullopt;
    }
    // Blanks at the end of a line stay with it.
    const bool carriage = end_of_line > 0 && gap[end_of_line - 1] == '\r';
    return stop + end_of_line - (carriage ? 1 : 0);
}

std::uint32_t next_start(const Tree& tree, NodeId node) {
    return tree.tokens()[tree[node].end_token].start;
}

} // namespace

Layout::Layout(std::string_view source) : source_(source) {
    const auto first = source.find('\n');
    line_end_ =
        first != std::string_view::npos && first > 0 && source[first - 1] == '\r' ? "\r\n" : "\n";
    step_ = source.find("\n\t") != std::string_view::npos ? "\t" : "  ";
    for (std::size_t start = 0; start <= source.size();) {
        std::size_t text = start;
        while (text < source.size() && blank(source[text])) {
            ++text;
        }
        lines_.push_back({.start = start, .text = text});
        start = std::min(source.find('\n', text), source.size()) + 1;
    }
}

const Layout::Line& Layout::line_of(std::size_t at) const noexcept {
    const auto next =
        std::upper_bound(lines_.begin(), lines_.end(), at,
                         [](std::size_t value, const Line& line) { return value < line.start; });
    return *(next - 1); // the first begins at 0
}

std::string_view Layout::indent_of(std::size_t at) const noexcept {
    const Line& line = line_of(at);
    return source_.substr(line.start, line.text - line.start);
}

bool Layout::starts_line(std::size_t at) const noexcept {
    return line_start(at) + indent_of(at).size() == at;
}

bool Layout::breaks_between(std::size_t from, std::size_t to) const noexcept {
    return source_.substr(from, to - from).find('\n') != std::string_view::npos;
}

std::string Layout::fitted(std::string_view text, std::string_view indent) const {
    const Lexed lexed = lex(text);
    const auto in_string = [&lexed](std::size_t at) {
        const auto token =
            std::upper_bound(lexed.tokens.begin(), lexed.tokens.end(), at,
                             [](std::size_t value, const Token& t) { return value < t.end; });
        return token != lexed.tokens.end() && token->start <= at &&
               token->kind == TokenKind::string_text;
    };
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\n' || in_string(i)) {
            out += text[i];
            continue;
        }
        out += line_end_;
        std::size_t steps = 0;
        while (step_ == "\t" && text.substr(i + 1).starts_with("  ")) {
            ++steps;
            i += 2;
        }
        const bool empty = i + 1 >= text.size() || text[i + 1] == '\n';
        out += empty ? "" : std::string(indent) + std::string(steps, '\t');
    }
    return out;
}

Sequence sequence_of(const Tree& tree, NodeId node) {
    Sequence out{.items = tree.children(node)};
    const auto& tokens = tree.tokens();
    out.close_start = tokens[tree[node].end_token - 1].start;
    if (tree.kind(node) == NodeKind::inherit_from) {
        // `inherit (x) a b;`: it opens with the parenthesis that closes.
        out.open_end = tokens[tree[out.items.front()].end_token].end;
        out.items.erase(out.items.begin());
    } else {
        const bool keyword = is_keyword(tokens[tree[node].first_token].kind);
        out.open_end = tokens[tree[node].first_token + (keyword ? 1 : 0)].end;
    }
    return out;
}

std::optional<std::size_t> line_tail(const Tree& tree, NodeId node) {
    return tail(tree.source(), tree.end(node), next_start(tree, node));
}

namespace {

/// The indentation of a line of its own inside the sequence.
std::string inner_indent(const Tree& tree, const Layout& layout, const Sequence& sequence) {
    for (auto item = sequence.items.rbegin(); item != sequence.items.rend(); ++item) {
        if (layout.starts_line(tree.start(*item))) {
            return std::string(layout.indent_of(tree.start(*item)));
        }
    }
    const std::size_t anchor =
        layout.starts_line(sequence.close_start) ? sequence.close_start : sequence.open_end - 1;
    return std::string(layout.indent_of(anchor)) + std::string(layout.step());
}

Splice at(std::size_t where, std::string text) {
    const auto offset = static_cast<std::uint32_t>(where);
    return {.start = offset, .end = offset, .text = std::move(text)};
}

Splice insert_first(const Tree& tree, const Layout& layout, const Sequence& sequence,
                    std::string_view text) {
    const std::size_t next =
        sequence.items.empty() ? sequence.close_start : tree.start(sequence.items.front());
    if (!layout.breaks_between(sequence.open_end, next)) {
        const bool tight = next == sequence.open_end;
        const bool alone = sequence.items.empty();
        return at(sequence.open_end, (tight ? "" : " ") +
                                         layout.fitted(text, layout.indent_of(next)) +
                                         (tight && !alone ? " " : ""));
    }
    const std::string indent = inner_indent(tree, layout, sequence);
    const std::string line = std::string(layout.line_end()) + indent + layout.fitted(text, indent);
    if (sequence.items.empty() && layout.starts_line(sequence.close_start)) {
        // Behind the comments that stand in it.
        std::size_t stop = layout.line_start(sequence.close_start);
        stop -= stop >= 2 && tree.source()[stop - 2] == '\r' ? 2 : 1;
        return at(stop, line);
    }
    return at(tail(tree.source(), sequence.open_end, next).value_or(sequence.open_end), line);
}

} // namespace

Splice insert_item(const Tree& tree, const Sequence& sequence, std::optional<std::size_t> after,
                   std::string_view text) {
    const Layout layout(tree.source());
    if (!after || sequence.items.empty()) {
        return insert_first(tree, layout, sequence, text);
    }
    const NodeId item = sequence.items[*after];
    const std::size_t next = next_start(tree, item);
    const std::string indent = inner_indent(tree, layout, sequence);
    const std::string line = std::string(layout.line_end()) + indent + layout.fitted(text, indent);
    if (const auto stop = line_tail(tree, item)) {
        return at(*stop, line);
    }
    const bool closes = next == sequence.close_start;
    if (closes && layout.starts_line(tree.start(item)) &&
        layout.breaks_between(sequence.open_end, tree.start(item))) {
        return at(tree.end(item), line);
    }
    return at(tree.end(item), " " + layout.fitted(text, layout.indent_of(tree.end(item))));
}

namespace {

Splice cut(std::size_t from, std::size_t to) {
    return {.start = static_cast<std::uint32_t>(from), .end = static_cast<std::uint32_t>(to)};
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Splice remove_laid_out(const Tree& tree, const Layout& layout, const Sequence& sequence,
                       std::size_t index) {
    const std::string& source = tree.source();
    const NodeId item = sequence.items[index];
    const std::size_t start = tree.start(item);
    const bool starts = layout.starts_line(start);
    if (const auto stop = line_tail(tree, item); stop && starts) {
        return cut(layout.line_start(start), source.find('\n', *stop) + 1);
    }
    const std::size_t previous =
        index == 0 ? sequence.open_end : tree.end(sequence.items[index - 1]);
    const auto between = std::string_view(source).substr(previous, start - previous);
    if (is_blank(between) && (!starts || index > 0)) {
        return cut(previous, tree.end(item));
    }
    std::size_t end = tree.end(item);
    while (end < source.size() && blank(source[end])) {
        ++end;
    }
    return cut(start, end);
}

} // namespace

Splice remove_item(const Tree& tree, const Sequence& sequence, std::size_t index) {
    return remove_laid_out(tree, Layout(tree.source()), sequence, index);
}

std::vector<Splice> remove_from(const Tree& tree, NodeId parent,
                                const std::vector<NodeId>& children) {
    const Sequence sequence = sequence_of(tree, parent);
    const std::string_view source = tree.source();
    const auto before =
        source.substr(sequence.open_end, tree.start(children.front()) - sequence.open_end);
    const auto after =
        source.substr(tree.end(children.back()), sequence.close_start - tree.end(children.back()));
    if (sequence.items.size() == 1 && is_blank(before) && is_blank(after) &&
        tree.kind(parent) != NodeKind::inherit_from) {
        Splice closed = cut(sequence.open_end, sequence.close_start);
        closed.text = before.empty() ? "" : " ";
        return {closed};
    }
    const Layout layout(source);
    std::vector<Splice> out;
    auto child = children.begin();
    for (std::size_t i = 0; i < sequence.items.size() && child != children.end(); ++i) {
        if (sequence.items[i] == *child) {
            out.push_back(remove_laid_out(tree, layout, sequence, i));
            ++child;
        }
    }
    return out;
}

} // namespace agentd::proposals::nix
