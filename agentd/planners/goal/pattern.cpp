#include "agentd/planners/goal/pattern.hpp"

#include "agentd/core/check.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal {

namespace {

/// Reads our own notation.
class Reading {
  public:
    explicit Reading(std::string_view text) : text_(text) {}

    Phrase all() {
        Phrase out = sequence();
        AGENTD_CHECK(at_ == text_.size());
        return out;
    }

  private:
    Phrase sequence() {
        Phrase out;
        while (true) {
            while (at_ < text_.size() && text_[at_] == ' ') {
                ++at_;
            }
            if (at_ == text_.size() || text_[at_] == '|' || text_[at_] == ')' ||
                text_[at_] == ']') {
                return out;
            }
            out.push_back(one());
        }
    }

    Node one() {
        if (text_[at_] == '(' || text_[at_] == '[') {
            return group();
        }
        if (text_[at_] == '{') {
            return slot();
        }
        const auto end = std::min(text_.find_first_of(" |)]", at_), text_.size());
        Node out{.word = std::string(text_.substr(at_, end - at_))};
        at_ = end;
        return out;
    }

    Node group() {
        Node out{.may_miss = text_[at_] == '['};
        const char close = out.may_miss ? ']' : ')';
        do {
            ++at_;
            out.branches.push_back(sequence());
        } while (at_ < text_.size() && text_[at_] == '|');
        AGENTD_CHECK(at_ < text_.size() && text_[at_] == close);
        ++at_;
        return out;
    }

    Node slot() {
        const auto end = text_.find('}', at_);
        AGENTD_CHECK(end != std::string_view::npos);
        const std::string inside(text_.substr(at_ + 1, end - at_ - 1));
        const auto colon = inside.find(':');
        at_ = end + 1;
        return {.slot = inside.substr(0, colon),
                .name = colon == std::string::npos ? inside : inside.substr(colon + 1)};
    }

    std::string_view text_;
    std::size_t at_{};
};

/// Words that carry nothing wherever they stand.
constexpr std::array<std::string_view, 15> soft{"the",    "a",      "an",    "my",   "our",
                                                "please", "too",    "also",  "just", "simply",
                                                "now",    "kindly", "again", "back", "thanks"};

bool is_soft(const Token* token) {
    return token != nullptr && !token->quoted &&
           std::find(soft.begin(), soft.end(), token->lower) != soft.end();
}

/// Behind words that carry nothing only together: "as well".
std::size_t polite_end(const Scene& scene, std::size_t at) {
    static constexpr std::array<std::array<std::string_view, 2>, 4> pairs{
        {{"as", "well"}, {"thank", "you"}, {"for", "me"}, {"for", "us"}}};
    const Token* one = scene.token(at);
    const Token* two = scene.token(at + 1);
    const bool fits = one != nullptr && two != nullptr &&
                      std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) {
                          return one->is(pair[0]) && two->is(pair[1]);
                      });
    return fits ? at + 2 : at;
}

void add_new(States& out, State state) {
    if (std::find(out.begin(), out.end(), state) == out.end()) {
        out.push_back(std::move(state));
    }
}

} // namespace

Phrase phrase_of(std::string_view text) {
    return Reading(text).all();
}

void words_of(const Phrase& phrase, std::vector<std::string>& out) {
    for (const Node& node : phrase) {
        if (!node.word.empty()) {
            out.push_back(node.word);
        }
        for (const Phrase& branch : node.branches) {
            words_of(branch, out);
        }
    }
}

bool State::has(std::string_view name) const {
    return std::any_of(bound.begin(), bound.end(),
                       [&](const Bound& one) { return one.name == name; });
}

const Items& State::items(std::string_view name) const {
    static const Items none;
    const auto found = std::find_if(bound.begin(), bound.end(),
                                    [&](const Bound& one) { return one.name == name; });
    return found == bound.end() ? none : found->items;
}

std::string State::text(std::string_view name) const {
    const Items& found = items(name);
    return found.empty() ? std::string() : found.front().text;
}

void Furthest::note(std::size_t place, const std::string& what) {
    if (place > at) {
        at = place;
        expected.clear();
    }
    if (place == at && std::find(expected.begin(), expected.end(), what) == expected.end()) {
        expected.push_back(what);
    }
}

bool Matcher::spend() {
    if (scene_.steps > 0) {
        --scene_.steps;
    }
    return scene_.steps > 0;
}

States Matcher::drift(States from) {
    for (std::size_t i = 0; i < from.size() && spend(); ++i) {
        if (is_soft(scene_.token(from[i].at))) {
            State next = from[i];
            ++next.at;
            add_new(from, std::move(next));
        }
        if (const std::size_t end = polite_end(scene_, from[i].at); end > from[i].at) {
            State next = from[i];
            next.at = end;
            add_new(from, std::move(next));
        }
        for (const auto& [end, scope] : asides_(from[i].at)) {
            if (auto joined = both(from[i].scope, scope)) {
                State next = from[i];
                next.at = end;
                next.scope = std::move(*joined);
                add_new(from, std::move(next));
            }
        }
    }
    return from;
}

States Matcher::advance(const Node& node, const State& from) {
    States out;
    if (!spend()) {
        return out;
    }
    if (!node.branches.empty()) {
        if (node.may_miss) {
            out.push_back(from);
        }
        for (const Phrase& branch : node.branches) {
            for (State& state : sequence(branch, {from})) {
                add_new(out, std::move(state));
            }
        }
        return out;
    }
    if (!node.slot.empty()) {
        for (Taken& taken : read_slot(scene_, node.slot, from.at)) {
            State next = from;
            next.at = taken.end;
            next.bound.push_back({.name = node.name, .items = std::move(taken.items)});
            out.push_back(std::move(next));
        }
        if (out.empty()) {
            furthest_.note(from.at, std::string(slot_words(node.slot)));
        }
        return out;
    }
    const Token* token = scene_.token(from.at);
    if (token != nullptr && token->is(node.word)) {
        State next = from;
        ++next.at;
        out.push_back(std::move(next));
    } else {
        furthest_.note(from.at, "`" + node.word + "`");
    }
    return out;
}

States Matcher::sequence(const Phrase& phrase, States from) {
    for (const Node& node : phrase) {
        States next;
        for (const State& state : drift(std::move(from))) {
            for (State& reached : advance(node, state)) {
                add_new(next, std::move(reached));
            }
        }
        from = std::move(next);
    }
    return from;
}

States Matcher::match(const Phrase& phrase, const State& from) {
    return drift(sequence(phrase, {from}));
}

} // namespace agentd::planners::goal
