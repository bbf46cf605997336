/// @file
/// The lexer at work: where it is, and what it is inside of.
#pragma once

#include "proposals/nix/characters.hpp"
#include "proposals/nix/lexer.hpp"

#include <string_view>
#include <vector>

namespace agentd::proposals::nix {

/// What the next `}` closes.
struct Mode {
    enum Kind : std::uint8_t { in_braces, in_attribute, in_string, in_indented, in_path };
    Kind kind{};
    std::uint32_t opened{}; ///< offset of the brace, or of the string's quote
};

class Lexer {
  public:
    explicit Lexer(std::string_view source) : source_(source) {
        tokens_.reserve(source.size() / 4 + 16);
    }
    void run();
    /// Once, after `run`.
    Lexed take() &&;

  private:
    void step();
    void skip_gap();
    void word();
    void number();
    void mark();
    void close_brace();
    /// Of a string whose quote stands at `opened`: the text from here to its end or next `${`.
    void string_text(std::uint32_t opened);
    void open_indented();
    void indented_text(std::uint32_t opened);
    void open_interpolation(Mode::Kind kind, std::size_t opened);
    /// True when a path, a search path or a URL begins here: its tokens are put.
    bool path();
    bool search_path();
    bool uri();
    /// The piece of a path from here, of which the part before `from` is known to be one.
    enum class Piece : std::uint8_t { first, later };
    void path_rest(std::size_t from, Piece piece);

    /// The end of the run of such characters that `from` is in. A run is measured once.
    struct Run {
        std::size_t from{};
        std::size_t end{};
    };
    std::size_t run_end(Run& run, std::size_t from, unsigned classes) const;

    char peek(std::size_t ahead) const noexcept {
        return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
    }
    std::uint32_t offset() const noexcept { return static_cast<std::uint32_t>(at_); }
    void put(TokenKind kind, std::size_t end) {
        tokens_.push_back(
            {.start = offset(), .end = static_cast<std::uint32_t>(end), .kind = kind});
        at_ = end;
    }
    void fault(std::string_view expected, std::string_view found, std::uint32_t opened = 0,
               std::string_view opener = {});

    std::string_view source_;
    std::size_t at_ = 0;
    std::vector<Token> tokens_;
    std::vector<Mode> modes_;
    LexicalFault fault_{};
    bool broken_ = false;
    Run path_run_{};
    Run scheme_run_{};
};

} // namespace agentd::proposals::nix
