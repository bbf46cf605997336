#include "agentd/planners/goal/token.hpp"

#include "agentd/core/text.hpp"
#include "agentd/planners/goal/goal.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace agentd::planners::goal {

namespace {

using core::Problem;

struct Quotes {
    std::string_view open{};
    std::string_view close{};
};
constexpr std::array<Quotes, 5> quotes{
    {{"\"", "\""}, {"`", "`"}, {"\u201c", "\u201d"}, {"\u2018", "\u2019"}, {"'", "'"}}};

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n';
}

/// Marks that end a word, and are none of it.
constexpr std::string_view enders = ",;:.!?)]";
constexpr std::string_view openers = "([";

/// Typographic marks as people's editors make them.
std::string plain(std::string_view goal) {
    std::string out(goal);
    const auto replace = [&out](std::string_view from, std::string_view to) {
        for (auto at = out.find(from); at != std::string::npos; at = out.find(from, at + 1)) {
            out.replace(at, from.size(), to);
        }
    };
    replace("\u2019s ", "'s ");
    replace("\u2019t ", "'t ");
    replace("\u2019d ", "'d ");
    replace("\u2013", "-"); // 8000–8010
    replace("\u2026", " ");
    return out;
}

class Splitting {
  public:
    explicit Splitting(std::string_view goal) : text_(plain(goal)) {}

    core::Result<Tokens> run() {
        while (at_ < text_.size()) {
            if (is_space(text_[at_])) {
                ++at_;
            } else if (openers.find(text_[at_]) != std::string_view::npos) {
                mark(text_.substr(at_++, 1));
            } else if (const auto quote = quote_here()) {
                if (!quoted(*quote)) {
                    return Problem{.code = "bad_goal",
                                   .message = "a quote begins that does not end"};
                }
            } else {
                word();
            }
            if (out_.size() > max_goal_words * 2) {
                return Problem{.code = "too_many", .message = "the goal has more than 200 words"};
            }
        }
        return std::move(out_);
    }

  private:
    void mark(std::string text) {
        // An end of the sentence, however loud.
        const std::string same = text == "!" || text == "?" ? "."
                                 : text == "("              ? "lparen"
                                 : text == ")"              ? "rparen"
                                                            : text;
        out_.push_back({.text = text, .lower = same, .mark = true});
    }

    std::optional<Quotes> quote_here() const {
        for (const Quotes& one : quotes) {
            if (std::string_view(text_).substr(at_).starts_with(one.open)) {
                return one;
            }
        }
        return std::nullopt;
    }

    bool quoted(const Quotes& quote) {
        const auto begin = at_ + quote.open.size();
        auto end = text_.find(quote.close, begin);
        if (end == std::string::npos) {
            return false;
        }
        out_.push_back({.text = text_.substr(begin, end - begin), .quoted = true});
        at_ = end + quote.close.size();
        return true;
    }

    /// Up to the next space; quotes inside of it (`users.users."a b".x`) belong to it.
    void word() {
        const auto begin = at_;
        bool inside = false;
        while (at_ < text_.size() && (inside || !is_space(text_[at_]))) {
            inside = inside != (text_[at_] == '"');
            const char c = text_[at_];
            const bool breaks = c == ',' || c == ';' || c == ')' || c == ']' || c == '(';
            if (!inside && breaks && at_ > begin) {
                break;
            }
            ++at_;
            if (!inside && breaks) {
                break;
            }
        }
        piece(text_.substr(begin, at_ - begin));
    }

    void piece(std::string word) {
        std::vector<std::string> behind;
        while (!word.empty() && enders.find(word.back()) != std::string_view::npos) {
            behind.insert(behind.begin(), word.substr(word.size() - 1));
            word.pop_back();
        }
        const auto equals = word.find('=');
        if (word == "=") {
            mark("=");
        } else if (equals != std::string::npos && is_setting(word, equals)) {
            plain_word(word.substr(0, equals));
            mark("=");
            text_.insert(at_, " "); // what is behind is read anew: it may be quoted
            text_.insert(at_ + 1, word.substr(equals + 1) + core::join(behind, ""));
            return;
        } else if (!word.empty()) {
            plain_word(std::move(word));
        }
        for (std::string& one : behind) {
            mark(std::move(one));
        }
    }

    /// `a.b.c=true`, but no address with a query, nor a key that ends in `=`.
    static bool is_setting(std::string_view word, std::size_t equals) {
        const auto name = word.substr(0, equals);
        return name.find('.') != std::string_view::npos &&
               name.find(':') == std::string_view::npos &&
               name.find('/') == std::string_view::npos &&
               name.find('?') == std::string_view::npos &&
               word.find("==") == std::string_view::npos;
    }

    void plain_word(std::string word) {
        static constexpr std::array<std::string_view, 5> whole{"let's", "it's", "that's", "there's",
                                                               "who's"};
        std::string lower = core::to_lower(word);
        const bool owner = lower.size() > 2 && lower.ends_with("'s") &&
                           std::find(whole.begin(), whole.end(), lower) == whole.end();
        if (owner) {
            word.resize(word.size() - 2);
            lower.resize(lower.size() - 2);
        }
        out_.push_back({.text = std::move(word), .lower = std::move(lower)});
        if (owner) {
            mark("'s");
        }
    }

    std::string text_;
    std::size_t at_{};
    Tokens out_{};
};

std::optional<Problem> wrong(std::string_view goal) {
    if (goal.size() > max_goal_bytes) {
        return Problem{.code = "bad_goal", .message = "the goal is longer than 1000 bytes"};
    }
    if (!core::is_utf8(goal)) {
        return Problem{.code = "bad_goal", .message = "the goal is not UTF-8"};
    }
    for (const auto line : core::lines(goal)) {
        if (!core::hidden_code_points(line).empty()) {
            return Problem{.code = "bad_goal", .message = "the goal holds hidden characters"};
        }
    }
    return std::nullopt;
}

} // namespace

core::Result<Tokens> tokens_of(std::string_view goal) {
    if (auto problem = wrong(goal)) {
        return *problem;
    }
    auto out = Splitting(goal).run();
    if (out && out->empty()) {
        return Problem{.code = "empty_goal",
                       .message = "the goal is empty",
                       .hint = "say what the machine should have, such as: install ripgrep"};
    }
    return out;
}

} // namespace agentd::planners::goal
