#include "agentd/planners/sentence.hpp"

#include "agentd/core/text.hpp"
#include "agentd/planners/words.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace agentd::planners {

namespace {

using core::Problem;

struct Phrase {
    std::array<std::string_view, 2> words{}; ///< the second may be empty
    Verb verb{};
};

constexpr std::array verbs{
    Phrase{{"turn", "on"}, Verb::enable},      Phrase{{"switch", "on"}, Verb::enable},
    Phrase{{"turn", "off"}, Verb::disable},    Phrase{{"switch", "off"}, Verb::disable},
    Phrase{{"install", ""}, Verb::install},    Phrase{{"add", ""}, Verb::install},
    Phrase{{"get", ""}, Verb::install},        Phrase{{"need", ""}, Verb::install},
    Phrase{{"remove", ""}, Verb::remove},      Phrase{{"uninstall", ""}, Verb::remove},
    Phrase{{"delete", ""}, Verb::remove},      Phrase{{"open", ""}, Verb::open},
    Phrase{{"close", ""}, Verb::close},        Phrase{{"enable", ""}, Verb::enable},
    Phrase{{"activate", ""}, Verb::enable},    Phrase{{"disable", ""}, Verb::disable},
    Phrase{{"deactivate", ""}, Verb::disable},
};

// Words that ask nicely. They stand only where no object can be taken for them.
constexpr std::array<std::string_view, 26> polite{
    "please", "kindly", "can",  "could",  "would", "will",  "you",  "i",     "we",
    "want",   "to",     "like", "i'd",    "we'd",  "let's", "lets", "just",  "now",
    "hey",    "hello",  "hi",   "thanks", "thank", "also",  "then", "agentd"};

// Words that carry nothing between a verb and its objects.
constexpr std::array<std::string_view, 16> fillers{
    "the",   "a",       "an",       "package", "packages", "program", "programs", "tool",
    "tools", "service", "services", "me",      "for",      "us",      "my",       "firewall"};

constexpr std::array<std::string_view, 5> separators{"and", "&", "plus", "then", "also"};

// Words that change the meaning of what stands around them: half understanding them would be worse
// than not understanding them.
constexpr std::array<std::string_view, 42> refused{
    "not",  "don't", "dont",       "never",   "no",      "without", "except",  "unless", "if",
    "when", "until", "after",      "before",  "only",    "but",     "instead", "or",     "either",
    "from", "on",    "off",        "in",      "at",      "with",    "to",      "of",     "by",
    "all",  "every", "everything", "any",     "some",    "latest",  "newest",  "cannot", "can't",
    "undo", "stop",  "start",      "restart", "neither", "nor"};

template <class List> bool is_in(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

std::string_view strip(std::string_view word) {
    const std::string_view quotes = "\"'`()";
    while (!word.empty() && quotes.find(word.front()) != std::string_view::npos) {
        word.remove_prefix(1);
    }
    while (!word.empty() &&
           (quotes.find(word.back()) != std::string_view::npos || word.back() == '.' ||
            word.back() == '!' || word.back() == '?' || word.back() == ':')) {
        word.remove_suffix(1);
    }
    return word;
}

// Words in order; a comma or semicolon becomes a separator of the word behind it.
std::vector<Word> split_words(std::string_view goal) {
    std::vector<Word> out;
    std::string piece;
    bool separated = false;
    const auto flush = [&] {
        const std::string_view word = strip(piece);
        if (!word.empty()) {
            const std::string lower = core::to_lower(word);
            if (is_in(separators, lower)) {
                separated = true;
            } else {
                out.push_back(
                    {.text = std::string(word), .lower = lower, .after_separator = separated});
                separated = false;
            }
        }
        piece.clear();
    };
    for (const char c : goal) {
        if (c == ' ' || c == '\t' || c == '\n' || c == ',' || c == ';') {
            flush();
            separated = separated || c == ',' || c == ';';
        } else {
            piece += c;
        }
    }
    flush();
    return out;
}

struct Found {
    Verb verb{};
    std::size_t words = 0;
};

std::optional<Found> verb_at(const std::vector<Word>& words, std::size_t i) {
    for (const Phrase& phrase : verbs) {
        if (words[i].lower != phrase.words[0]) {
            continue;
        }
        if (phrase.words[1].empty()) {
            return Found{.verb = phrase.verb, .words = 1};
        }
        if (i + 1 < words.size() && words[i + 1].lower == phrase.words[1]) {
            return Found{.verb = phrase.verb, .words = 2};
        }
    }
    return std::nullopt;
}

std::string quoted(const Word& word) {
    return "`" + core::printable(core::shorten(word.text, 60)) + "`";
}

// A verb begins a clause where one can begin: at the start, after a separator, or when nothing but
// polite words stand between. "install open" would otherwise have no object.
class Reading {
  public:
    explicit Reading(std::vector<Word> words) : words_(std::move(words)) {}

    core::Result<std::vector<Clause>> read() {
        for (std::size_t i = 0; i < words_.size();) {
            const bool may_begin = clauses_.empty() || words_[i].after_separator || polite_before_;
            if (const auto verb = verb_at(words_, i); verb && may_begin) {
                if (auto problem = begin(*verb)) {
                    return *problem;
                }
                i += verb->words;
            } else if (auto problem = take(i)) {
                return *problem;
            } else {
                ++i;
            }
        }
        if (clauses_.empty()) {
            return not_understood("there is no word in it that says what to do");
        }
        if (auto problem = check_last()) {
            return *problem;
        }
        return std::move(clauses_);
    }

  private:
    std::optional<Problem> begin(const Found& verb) {
        if (auto problem = check_last()) {
            return problem;
        }
        clauses_.push_back({.verb = verb.verb});
        polite_before_ = false;
        return std::nullopt;
    }

    std::optional<Problem> check_last() const {
        if (!clauses_.empty() && clauses_.back().objects.empty()) {
            return not_understood("it does not say what is meant by the verb");
        }
        return std::nullopt;
    }

    std::optional<Problem> take(std::size_t i) {
        const Word& word = words_[i];
        const bool nothing_yet = clauses_.empty() || clauses_.back().objects.empty();
        const bool boundary = clauses_.empty() || !nothing_yet;
        if (boundary && is_in(polite, word.lower)) {
            polite_before_ = true;
            return std::nullopt;
        }
        if (clauses_.empty()) {
            return not_understood("it begins with " + quoted(word));
        }
        if (is_in(refused, word.lower)) {
            return not_understood("the word " + quoted(word) +
                                  " changes its meaning in a way that "
                                  "is not understood");
        }
        if (polite_before_) {
            return not_understood(quoted(word) + " stands where a verb should");
        }
        if (!is_in(fillers, word.lower)) {
            clauses_.back().objects.push_back(word);
        }
        return std::nullopt;
    }

    std::vector<Word> words_;
    std::vector<Clause> clauses_{};
    bool polite_before_ = false;
};

} // namespace

Problem not_understood(std::string why) {
    const auto& examples = example_goals();
    return {.code = "not_understood",
            .message = "the goal is not understood: " + std::move(why),
            .hint = "understood are, for example: " + core::join(examples, "; ")};
}

core::Result<std::vector<Clause>> read_sentence(std::string_view goal) {
    std::vector<Word> words = split_words(goal);
    if (words.empty()) {
        return Problem{.code = "empty_goal",
                       .message = "the goal is empty",
                       .hint = "say what the machine should have, such as: " + example_goals()[0]};
    }
    if (words.size() > max_words) {
        return Problem{.code = "too_many", .message = "the goal has more than 200 words"};
    }
    return Reading(std::move(words)).read();
}

} // namespace agentd::planners
