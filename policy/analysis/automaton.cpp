#include "policy/analysis/automaton.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix_text.hpp"

#include <algorithm>
#include <set>

namespace agentd::policy {

namespace {

void set_bit(State& state, std::size_t bit) {
    state[bit / 64] |= std::uint64_t{1} << (bit % 64);
}

bool meet(const State& a, const State& b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
        if ((a[i] & b[i]) != 0) {
            return true;
        }
    }
    return false;
}

/// Adds to `out` the places after those in `from` that are marked.
void add_shifted(State& out, const State& from, const State& marked) {
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::uint64_t now = from[i] & marked[i];
        out[i] |= now << 1U | carry;
        carry = now >> 63U;
    }
}

} // namespace

Automaton::Automaton(const WordWish& wish) {
    for (const auto* globs : wish.match) {
        add(*globs, true);
    }
    for (const auto* globs : wish.avoid) {
        add(*globs, false);
    }
    if (options_) {
        avoid_empty_names();
    }
    choose_letters();
    make_masks();
}

std::string Automaton::spelled(const std::string& word) const {
    if (!options_) {
        return word;
    }
    std::string out;
    for (const std::string_view part : core::split(word, '.')) {
        std::string name(part);
        std::replace(name.begin(), name.end(), dot_in_name, '.');
        out += (out.empty() ? "" : ".") + proposals::nix_name(name);
    }
    return out;
}

State Automaton::start() const {
    State state(words_, 0);
    for (const Alternative& one : alternatives_) {
        set_bit(state, one.first);
    }
    const State from = state;
    add_shifted(state, from, stars_);
    return state;
}

State Automaton::next(const State& state, std::size_t letter) const {
    State out(words_, 0);
    add_shifted(out, state, steps_[letter]);
    for (std::size_t i = 0; i < words_; ++i) {
        out[i] |= state[i] & stays_[letter][i];
    }
    const State from = out;
    add_shifted(out, from, stars_);
    return out;
}

bool Automaton::accepts(const State& state) const {
    return std::all_of(lists_.begin(), lists_.end(),
                       [&](const List& list) { return meet(state, list.ends) == list.wanted; });
}

bool Automaton::is_dead(const State& state) const {
    return std::any_of(lists_.begin(), lists_.end(),
                       [&](const List& list) { return list.wanted && !meet(state, list.all); });
}

void Automaton::add(const std::vector<Glob>& globs, bool wanted) {
    const std::size_t first = alternatives_.size();
    for (const Glob& glob : globs) {
        for (const auto& one : glob.alternatives()) {
            add_text(one.text, separator_of(glob.form()));
        }
        options_ = options_ || glob.form() == Form::option;
    }
    lists_.push_back({.first = first, .last = alternatives_.size(), .wanted = wanted});
}

void Automaton::add_text(std::string_view text, char separator) {
    Alternative out{.separator = separator, .first = places_};
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '*') {
            out.tokens.push_back({.letter = text[i]});
        } else if (out.tokens.empty() || !out.tokens.back().star) {
            out.tokens.push_back({.star = true, .across = separator == '\0'});
        } else {
            out.tokens.back().across = true;
        }
    }
    places_ += out.tokens.size() + 1;
    alternatives_.push_back(std::move(out));
}

void Automaton::avoid_empty_names() {
    const std::size_t first = alternatives_.size();
    for (const std::string_view text : {".**", "**.", "**..**"}) {
        add_text(text, '.');
    }
    lists_.push_back({.first = first, .last = alternatives_.size(), .wanted = false});
}

// Every letter that a pattern names, what separates segments, and one that nobody names.
void Automaton::choose_letters() {
    std::set<char> named;
    for (const Alternative& one : alternatives_) {
        for (const Token& token : one.tokens) {
            named.insert(token.letter);
        }
        named.insert(one.separator);
    }
    named.erase('\0');
    const bool dots_in_names = named.contains(dot_in_name);
    // Half of a letter makes no text: what is said of more than ASCII is not worked out.
    const auto removed = std::erase_if(named, [](char c) { return c < ' ' || c > '~'; });
    exact_ = removed == static_cast<std::size_t>(dots_in_names ? 1 : 0);
    if (dots_in_names) {
        named.insert(dot_in_name);
    }
    std::string others = "xyzwvutsrqponmlkjihgfedcba";
    for (char c = '!'; c <= '~'; ++c) {
        if (std::string_view("*?[]\\{},\"$").find(c) == std::string_view::npos) {
            others += c;
        }
    }
    const auto other =
        std::find_if(others.begin(), others.end(), [&](char c) { return !named.contains(c); });
    if (other == others.end()) {
        exact_ = false; // there are more letters than these, and none stands for them
    } else {
        letters_ = *other;
    }
    letters_.append(named.begin(), named.end());
}

void Automaton::make_masks() {
    words_ = places_ / 64 + 1;
    stars_.assign(words_, 0);
    steps_.assign(letters_.size(), State(words_, 0));
    stays_ = steps_;
    for (const Alternative& one : alternatives_) {
        for (std::size_t i = 0; i < one.tokens.size(); ++i) {
            mark(one.tokens[i], one.separator, one.first + i);
        }
    }
    for (List& list : lists_) {
        list.ends.assign(words_, 0);
        list.all.assign(words_, 0);
        for (std::size_t i = list.first; i < list.last; ++i) {
            const Alternative& one = alternatives_[i];
            set_bit(list.ends, one.first + one.tokens.size());
            for (std::size_t at = 0; at <= one.tokens.size(); ++at) {
                set_bit(list.all, one.first + at);
            }
        }
    }
}

void Automaton::mark(const Token& token, char separator, std::size_t place) {
    if (token.star) {
        set_bit(stars_, place);
    }
    for (std::size_t i = 0; i < letters_.size(); ++i) {
        if (token.star && (token.across || letters_[i] != separator)) {
            set_bit(stays_[i], place);
        } else if (!token.star && letters_[i] == token.letter) {
            set_bit(steps_[i], place);
        }
    }
}

} // namespace agentd::policy
