#include "proposals/nix/lexer.hpp"

#include "proposals/nix/lexer_state.hpp"

#include <algorithm>
#include <charconv>

namespace agentd::proposals::nix {

using character::is;

namespace {

struct Word {
    std::string_view text;
    TokenKind kind;
};
constexpr std::array<Word, 10> words{{{"assert", TokenKind::kw_assert},
                                      {"else", TokenKind::kw_else},
                                      {"if", TokenKind::kw_if},
                                      {"in", TokenKind::kw_in},
                                      {"inherit", TokenKind::kw_inherit},
                                      {"let", TokenKind::kw_let},
                                      {"or", TokenKind::kw_or},
                                      {"rec", TokenKind::kw_rec},
                                      {"then", TokenKind::kw_then},
                                      {"with", TokenKind::kw_with}}};

TokenKind kind_of_word(std::string_view text) noexcept {
    if (text.size() < 2 || text.size() > 7) {
        return TokenKind::identifier;
    }
    for (const Word& word : words) {
        if (word.text == text) {
            return word.kind;
        }
    }
    return TokenKind::identifier;
}

/// Marks of one character; the longer ones were tried before.
constexpr std::array<TokenKind, 256> make_marks() {
    std::array<TokenKind, 256> out{};
    using K = TokenKind;
    constexpr std::string_view characters = "[]();:,.@?=!-+*/<>";
    constexpr std::array<K, 18> kinds{
        K::bracket_open, K::bracket_close, K::paren_open, K::paren_close, K::semicolon,
        K::colon,        K::comma,         K::dot,        K::at,          K::question,
        K::assign,       K::exclamation,   K::minus,      K::plus,        K::times,
        K::divide,       K::less,          K::greater};
    for (std::size_t i = 0; i < characters.size(); ++i) {
        out[static_cast<unsigned char>(characters[i])] = kinds[i];
    }
    return out;
}
constexpr std::array<TokenKind, 256> marks = make_marks();

/// The mark of two characters, or `end`.
constexpr TokenKind pair_mark(char a, char b) noexcept {
    using K = TokenKind;
    switch (a) {
    case '=':
        return b == '=' ? K::equal : K::end;
    case '!':
        return b == '=' ? K::not_equal : K::end;
    case '<':
        return b == '=' ? K::less_equal : b == '|' ? K::pipe_from : K::end;
    case '>':
        return b == '=' ? K::greater_equal : K::end;
    case '&':
        return b == '&' ? K::both : K::end;
    case '|':
        return b == '|' ? K::either : b == '>' ? K::pipe_into : K::end;
    case '-':
        return b == '>' ? K::implies : K::end;
    case '/':
        return b == '/' ? K::update : K::end;
    case '+':
        return b == '+' ? K::concat : K::end;
    default:
        return K::end;
    }
}

} // namespace

void Lexer::run() {
    const std::string_view whole = source_;
    const std::size_t nul = whole.find('\0');
    source_ = whole.substr(0, nul);
    while (!broken_) {
        skip_gap();
        if (broken_ || at_ >= source_.size()) {
            break;
        }
        step();
    }
    if (nul != std::string_view::npos && (!broken_ || at_ >= nul)) {
        at_ = nul;
        fault("text", "a NUL byte");
    }
    source_ = whole;
}

void Lexer::step() {
    const char c = source_[at_];
    if (is(c, character::letter)) {
        return word();
    }
    if (is(c, character::digit)) {
        return number();
    }
    switch (c) {
    case '"':
        put(TokenKind::string_open, at_ + 1);
        return string_text(tokens_.back().start);
    case '\'':
        return open_indented();
    case '{':
        modes_.push_back({Mode::in_braces, offset()});
        return put(TokenKind::brace_open, at_ + 1);
    case '}':
        return close_brace();
    case '$':
        if (peek(1) != '{') {
            return fault("an expression", "a `$` that no `{` follows");
        }
        return open_interpolation(Mode::in_attribute, at_);
    default:
        break;
    }
    const bool may_be_path = is(c, character::path) || c == '~' || c == '/';
    if (c == '<' ? !search_path() : !may_be_path || !path()) {
        mark();
    }
}

void Lexer::mark() {
    const char c = source_[at_];
    if (c == '.' && is(peek(1), character::digit)) {
        return number();
    }
    if (c == '.' && peek(1) == '.' && peek(2) == '.') {
        return put(TokenKind::ellipsis, at_ + 3);
    }
    if (const TokenKind pair = pair_mark(c, peek(1)); pair != TokenKind::end) {
        return put(pair, at_ + 2);
    }
    const TokenKind kind = marks[static_cast<unsigned char>(c)];
    if (kind == TokenKind::end) {
        return fault("an expression", "a character that has no meaning in Nix here");
    }
    put(kind, at_ + 1);
}

void Lexer::skip_gap() {
    while (at_ < source_.size()) {
        const char c = source_[at_];
        if (is(c, character::blank)) {
            ++at_;
        } else if (c == '#') {
            at_ = std::min(source_.find_first_of("\r\n", at_), source_.size());
        } else if (c == '/' && peek(1) == '*') {
            const auto close = source_.find("*/", at_ + 2);
            if (close == std::string_view::npos) {
                const auto opened = offset();
                return fault("the `*/` that ends a comment", "the end of the file", opened, "`/*`");
            }
            at_ = close + 2;
        } else {
            return;
        }
    }
}

void Lexer::word() {
    std::size_t stop = at_ + 1;
    while (stop < source_.size() && is(source_[stop], character::inner)) {
        ++stop;
    }
    const char after = stop < source_.size() ? source_[stop] : '\0';
    if (after == '.' || after == '+' || after == '/' || after == ':') {
        // It may be the beginning of something longer: `a.b/c`, `a+b:c`.
        if (path() || uri()) {
            return;
        }
    }
    put(kind_of_word(source_.substr(at_, stop - at_)), stop);
}

void Lexer::number() {
    if (path()) {
        return;
    }
    const auto digits = [this](std::size_t from) {
        while (from < source_.size() && is(source_[from], character::digit)) {
            ++from;
        }
        return from;
    };
    const auto byte = [this](std::size_t i) { return i < source_.size() ? source_[i] : '\0'; };
    const std::size_t whole = digits(at_);
    const bool nothing = whole == at_;
    const bool zero = whole == at_ + 1 && source_[at_] == '0';
    const std::size_t fraction = byte(whole) == '.' ? digits(whole + 1) : whole;
    // `1.` is a number, `0.` and `01.5` are not.
    const bool floating =
        fraction > whole && (nothing || zero ? fraction > whole + 1 : source_[at_] != '0');
    if (!floating) {
        std::int64_t value{};
        const auto read = std::from_chars(source_.data() + at_, source_.data() + whole, value);
        if (read.ec != std::errc{}) {
            return fault("a whole number of at most 2^63-1", "a larger one");
        }
        return put(TokenKind::integer, whole);
    }
    std::size_t stop = fraction;
    if (byte(stop) == 'e' || byte(stop) == 'E') {
        const std::size_t sign = byte(stop + 1) == '+' || byte(stop + 1) == '-' ? 1 : 0;
        const std::size_t exponent = digits(stop + 1 + sign);
        stop = exponent > stop + 1 + sign ? exponent : stop;
    }
    double value{};
    const auto read = std::from_chars(source_.data() + at_, source_.data() + stop, value);
    if (read.ec != std::errc{}) {
        return fault("a number that fits into 64 bits", "a larger or smaller one");
    }
    put(TokenKind::floating, stop);
}

void Lexer::close_brace() {
    const Mode::Kind mode = modes_.empty() ? Mode::in_braces : modes_.back().kind;
    const std::uint32_t opened = modes_.empty() ? 0 : modes_.back().opened;
    if (!modes_.empty()) {
        modes_.pop_back();
    }
    put(mode == Mode::in_braces ? TokenKind::brace_close : TokenKind::interpolation_close, at_ + 1);
    switch (mode) {
    case Mode::in_string:
        return string_text(opened);
    case Mode::in_indented:
        return indented_text(opened);
    case Mode::in_path:
        return path_rest(at_, Piece::later);
    case Mode::in_braces:
    case Mode::in_attribute:
        return;
    }
}

Lexed lex(std::string_view source) {
    Lexer lexer(source);
    lexer.run();
    return std::move(lexer).take();
}

std::vector<Comment> comments_in(std::string_view source, std::uint32_t from, std::uint32_t to) {
    std::vector<Comment> out;
    while (from < to) {
        if (source[from] == '#') {
            const auto stop = std::min<std::size_t>(source.find_first_of("\r\n", from), to);
            out.push_back({.start = from, .end = static_cast<std::uint32_t>(stop)});
            from = out.back().end;
        } else if (source[from] == '/' && from + 1 < to && source[from + 1] == '*') {
            const auto close = source.find("*/", from + 2);
            const auto stop = close == std::string_view::npos ? to : close + 2;
            out.push_back({.start = from, .end = static_cast<std::uint32_t>(stop), .block = true});
            from = out.back().end;
        } else {
            ++from;
        }
    }
    return out;
}

} // namespace agentd::proposals::nix
