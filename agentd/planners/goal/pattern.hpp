/// @file
/// Phrases with slots, and how they fit the words of a goal: in every way that they do.
#pragma once

#include "agentd/planners/goal/scene.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::planners::goal {

/// A piece of a phrase: a word, a `{slot}`, or a group of which one branch fits.
struct Node {
    std::string word{};
    std::string slot{}; ///< what kind of thing stands here
    std::string name{}; ///< `{kind:name}`; the kind where none is given
    std::vector<std::vector<Node>> branches{};
    bool may_miss = false; ///< `[…]`
};
using Phrase = std::vector<Node>;

/// `install|add` is one word or the other, `(turn on|enable)` one of some words, `[the]` may be
/// missing, `{package}` is a slot. Phrases are our own: a wrong one aborts.
Phrase phrase_of(std::string_view text);
/// Every word of a phrase, for "did you mean".
void words_of(const Phrase& phrase, std::vector<std::string>& out);

/// What fits a slot.
struct Item {
    std::string text{};
    std::string more{};
    std::int64_t number{};
    std::int64_t last{}; ///< of a range
    std::optional<proposals::Value> value{};
    friend bool operator==(const Item&, const Item&) = default;
};
using Items = std::vector<Item>;

struct Bound {
    std::string name{};
    Items items{};
    friend bool operator==(const Bound&, const Bound&) = default;
};

/// One way in which the beginning of a phrase fits.
struct State {
    std::size_t at{};
    std::vector<Bound> bound{};
    Scope scope{};
    friend bool operator==(const State&, const State&) = default;

    bool has(std::string_view name) const;
    /// Empty where the slot was missing.
    const Items& items(std::string_view name) const;
    std::string text(std::string_view name) const;
};
using States = std::vector<State>;

/// A slot that fits from a place: up to where, and with what.
struct Taken {
    std::size_t end{};
    Items items{};
};
using SlotReader = void (*)(const Scene& scene, std::size_t at, std::vector<Taken>& out);
/// Aborts where there is no such slot. Plural slots read lists.
std::vector<Taken> read_slot(const Scene& scene, std::string_view slot, std::size_t at);
/// What stands there, for people: `a package`.
std::string_view slot_words(std::string_view slot);

/// How far the words of a goal were understood.
struct Furthest {
    std::size_t at{};
    std::vector<std::string> expected{};
    void note(std::size_t place, const std::string& what);
};

/// A place where a scope may stand between two words of a phrase.
using Asides = std::function<std::vector<std::pair<std::size_t, Scope>>(std::size_t at)>;

/// Every way in which the phrase fits the words from `from` on.
class Matcher {
  public:
    Matcher(const Scene& scene, const Asides& asides, Furthest& furthest)
        : scene_(scene), asides_(asides), furthest_(furthest) {}

    States match(const Phrase& phrase, const State& from);
    /// Articles, polite words and scopes that stand between others.
    States drift(States from);

  private:
    States advance(const Node& node, const State& from);
    States sequence(const Phrase& phrase, States from);
    bool spend();

    const Scene& scene_;
    const Asides& asides_;
    Furthest& furthest_;
};

} // namespace agentd::planners::goal
