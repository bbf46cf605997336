#include "proposals/nix/lexer_state.hpp"

#include <algorithm>

namespace agentd::proposals::nix {

using character::is;

void Lexer::fault(std::string_view expected, std::string_view found, std::uint32_t opened,
                  std::string_view opener) {
    fault_ = {.expected = expected, .found = found, .opened = opened, .opener = opener};
    broken_ = true;
}

Lexed Lexer::take() && {
    const auto size = static_cast<std::uint32_t>(source_.size());
    if (broken_) {
        // What cannot be cut is one token up to the end.
        const std::uint32_t from = std::min(offset(), size);
        tokens_.push_back({.start = from, .end = size, .kind = TokenKind::broken});
    }
    tokens_.push_back({.start = size, .end = size, .kind = TokenKind::end});
    return {.tokens = std::move(tokens_), .fault = fault_};
}

void Lexer::open_interpolation(Mode::Kind kind, std::size_t opened) {
    modes_.push_back({kind, static_cast<std::uint32_t>(opened)});
    put(TokenKind::interpolation_open, at_ + 2);
}

void Lexer::string_text(std::uint32_t opened) {
    std::size_t i = at_;
    const std::size_t size = source_.size();
    for (;;) {
        while (i < size && !is(source_[i], character::text_stop)) {
            ++i;
        }
        if (i >= size) {
            put(TokenKind::string_text, size);
            return fault("the `\"` that ends a string", "the end of the file", opened, "`\"`");
        }
        const char c = source_[i];
        const char next = i + 1 < size ? source_[i + 1] : '\0';
        if (c == '"' || (c == '$' && next == '{')) {
            break;
        }
        // `$$` is text, so that the `{` of `$${` is text as well; `$\` and `$"` are a `$` and what
        // follows by itself.
        i += c == '\\' || (c == '$' && next == '$') ? 2 : 1;
    }
    if (i > at_) {
        put(TokenKind::string_text, i);
    }
    if (source_[at_] == '"') {
        return put(TokenKind::string_close, at_ + 1);
    }
    open_interpolation(Mode::in_string, opened);
}

void Lexer::open_indented() {
    if (peek(1) != '\'') {
        return fault("an expression", "a single `'`: strings have `\"` or `''`");
    }
    const std::uint32_t opened = offset();
    put(TokenKind::indented_open, at_ + 2);
    indented_text(opened);
}

void Lexer::indented_text(std::uint32_t opened) {
    std::size_t i = at_;
    const std::size_t size = source_.size();
    const auto byte = [this](std::size_t k) { return k < source_.size() ? source_[k] : '\0'; };
    for (;;) {
        while (i < size && source_[i] != '\'' && source_[i] != '$') {
            ++i;
        }
        if (i >= size) {
            put(TokenKind::indented_text, size);
            return fault("the `''` that ends a string", "the end of the file", opened, "`''`");
        }
        const char next = byte(i + 1);
        if (source_[i] == '$') {
            if (next == '{') {
                break;
            }
            i += next == '$' ? 2 : 1;
        } else if (next != '\'') {
            ++i;
        } else if (byte(i + 2) == '$' || byte(i + 2) == '\'') {
            i += 3; // `''$` and `'''`
        } else if (byte(i + 2) == '\\' && i + 3 < size) {
            i += 4;
        } else {
            break;
        }
    }
    if (i > at_) {
        put(TokenKind::indented_text, i);
    }
    if (source_[at_] == '\'') {
        return put(TokenKind::indented_close, at_ + 2);
    }
    open_interpolation(Mode::in_indented, opened);
}

std::size_t Lexer::run_end(Run& run, std::size_t from, unsigned classes) const {
    if (from < run.from || from >= run.end) {
        run = {.from = from, .end = from};
        while (run.end < source_.size() && is(source_[run.end], classes)) {
            ++run.end;
        }
    }
    return run.end;
}

bool Lexer::path() {
    const std::size_t stop =
        source_[at_] == '~' ? at_ + 1 : run_end(path_run_, at_, character::path);
    if (stop >= source_.size() || source_[stop] != '/') {
        return false;
    }
    const char after = stop + 1 < source_.size() ? source_[stop + 1] : '\0';
    const bool interpolated = after == '$' && stop + 2 < source_.size() && source_[stop + 2] == '{';
    if (!is(after, character::path) && !interpolated) {
        return false;
    }
    path_rest(stop, Piece::first);
    return true;
}

void Lexer::path_rest(std::size_t from, Piece piece) {
    std::size_t i = from;
    while (i < source_.size() && (source_[i] == '/' || is(source_[i], character::path))) {
        ++i;
    }
    const bool slash = i > at_ && source_[i - 1] == '/';
    const bool more = i + 1 < source_.size() && source_[i] == '$' && source_[i + 1] == '{';
    if (slash && !more) {
        return fault("a path that does not end with `/`", "one that does");
    }
    // Nix has two pieces at most before the first interpolation, and cuts them at a `//`.
    const std::string_view text = source_.substr(at_, i - at_);
    const auto twice = text.find("//");
    if (piece == Piece::first && twice != std::string_view::npos &&
        (!more || text.find("//", twice + 1) != std::string_view::npos)) {
        return fault("a path without `//` in it", "one with it");
    }
    if (i > at_) {
        put(TokenKind::path_text, i);
    }
    if (more) {
        open_interpolation(Mode::in_path, at_);
    }
}

bool Lexer::search_path() {
    std::size_t i = at_ + 1;
    bool named = false;
    for (; i < source_.size(); ++i) {
        if (is(source_[i], character::path)) {
            named = true;
        } else if (source_[i] == '/' && named) {
            named = false;
        } else {
            break;
        }
    }
    if (!named || i >= source_.size() || source_[i] != '>') {
        return false;
    }
    put(TokenKind::search_path, i + 1);
    return true;
}

bool Lexer::uri() {
    const std::size_t colon = run_end(scheme_run_, at_, character::scheme);
    if (colon + 1 >= source_.size() || source_[colon] != ':' ||
        !is(source_[colon + 1], character::uri)) {
        return false;
    }
    std::size_t i = colon + 1;
    while (i < source_.size() && is(source_[i], character::uri)) {
        ++i;
    }
    put(TokenKind::uri, i);
    return true;
}

} // namespace agentd::proposals::nix
