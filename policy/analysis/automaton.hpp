/// @file
/// Patterns side by side, read letter by letter: an automaton over all of them at once.
#pragma once

#include "policy/analysis/words.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::policy {

/// A bit for every place between the letters of every alternative, 64 a word: the places that the
/// letters so far may have come to.
using State = std::vector<std::uint64_t>;

/// The patterns of a wish's `match` and `avoid`. Letters that no pattern names are all alike: one
/// of them stands for them.
class Automaton {
  public:
    explicit Automaton(const WordWish& wish);

    const std::string& letters() const { return letters_; }
    /// False: there are words that are not made of these letters, and may be alike to none.
    bool is_exact() const { return exact_; }
    State start() const;
    /// After one more letter, given by its place in letters().
    State next(const State& state, std::size_t letter) const;
    bool accepts(const State& state) const;
    /// No further letter makes a word of it.
    bool is_dead(const State& state) const;
    /// The word as people write it.
    std::string spelled(const std::string& word) const;

  private:
    struct Token {
        char letter = '\0';
        bool star = false;
        bool across = false; ///< a star that crosses the separator
    };
    struct Alternative {
        std::vector<Token> tokens{}; ///< a run of stars is one
        char separator = '\0';
        std::size_t first = 0; ///< its first place
    };
    struct List {
        State ends{}; ///< the last place of each alternative
        State all{};
        std::size_t first = 0; ///< of the alternatives
        std::size_t last = 0;
        bool wanted = true;
    };

    void add(const std::vector<Glob>& globs, bool wanted);
    void add_text(std::string_view text, char separator);
    void avoid_empty_names();
    void choose_letters();
    void make_masks();
    void mark(const Token& token, char separator, std::size_t place);

    std::vector<Alternative> alternatives_;
    std::vector<List> lists_;
    std::string letters_;
    State stars_;              ///< places that need no letter to go on
    std::vector<State> steps_; ///< by letter: places that it leads on from
    std::vector<State> stays_; ///< by letter: places that it leaves as they are
    std::size_t places_ = 0;
    std::size_t words_ = 0;
    bool exact_ = true;
    bool options_ = false; ///< the words are names with dots between them
};

} // namespace agentd::policy
