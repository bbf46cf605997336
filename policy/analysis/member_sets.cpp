#include "policy/analysis/member_sets.hpp"

#include "agentd/core/match.hpp"
#include "policy/analysis/words.hpp"

#include <algorithm>

namespace agentd::policy {

namespace {

using Names = std::vector<std::string>;
using Globs = std::vector<Glob>;

/// What a set has to be: its members are all like this, some are like that, and so many they are.
struct SetWish {
    WordWish every{};
    std::vector<WordWish> some{};
    std::vector<const Names*> not_all_of{}; ///< of each list one is missing
    std::int64_t least = 0;
    std::int64_t most = static_cast<std::int64_t>(Facts::max_members);
};

// Every member is like this, or (where the wish is that it is not so) some member is otherwise.
void add_to_all(SetWish& out, bool holds, const WordWish& like, const WordWish& otherwise) {
    if (holds) {
        out.every = out.every + like;
    } else {
        out.some.push_back(otherwise);
    }
}

void add_names(SetWish& out, const Wish& wish, const Names& names, std::vector<Names>& single) {
    const Test test = wish.condition->test;
    if (test == Test::subset_of) {
        add_to_all(out, wish.holds, among(names), outside(names));
    } else if (test == Test::none_in || test == Test::any_in) {
        add_to_all(out, wish.holds == (test == Test::none_in), outside(names), among(names));
    } else if (!wish.holds) { // superset_of
        out.not_all_of.push_back(&names);
    } else {
        for (const std::string& name : names) {
            out.some.push_back(among(single.emplace_back(Names{name})));
        }
    }
}

void add_globs(SetWish& out, const Wish& wish, const Globs& globs) {
    const Test test = wish.condition->test;
    if (test == Test::all_match) {
        add_to_all(out, wish.holds, match(globs), avoid(globs));
    } else {
        add_to_all(out, wish.holds == (test == Test::none_match), avoid(globs), match(globs));
    }
}

void add_count(SetWish& out, const Wish& wish) {
    const auto wanted = std::clamp<std::int64_t>(std::get<std::int64_t>(wish.condition->wanted), -1,
                                                 Facts::max_members + 1);
    if ((wish.condition->test == Test::count_le) == wish.holds) {
        out.most = std::min(out.most, wish.holds ? wanted : wanted - 1);
    } else {
        out.least = std::max(out.least, wish.holds ? wanted : wanted + 1);
    }
}

/// Looks for a set; every list it points to lives as long as it does.
class SetSearch {
  public:
    SetSearch(std::size_t fact, std::span<const Wish> wishes) {
        std::size_t names = 1;
        for (const Wish& wish : wishes) {
            const auto* list = std::get_if<Names>(&wish.condition->wanted);
            names += list == nullptr ? 0 : list->size();
        }
        single_.reserve(2 * names); // nothing may move
        if (const KnownFact& known = known_facts()[fact]; !known.choices.empty()) {
            wish_.every = among(known.choices);
        }
        for (const Wish& wish : wishes) {
            core::match(
                wish.condition->wanted,
                [&](const Names& list) { add_names(wish_, wish, list, single_); },
                [&](const Globs& globs) { add_globs(wish_, wish, globs); },
                [&](bool empty) {
                    if (empty == wish.holds) {
                        wish_.most = std::min<std::int64_t>(wish_.most, 0);
                    } else {
                        wish_.least = std::max<std::int64_t>(wish_.least, 1);
                    }
                },
                [&](std::int64_t) { add_count(wish_, wish); }, [](const std::string&) {});
        }
    }

    FoundValue find() { return leave_out(0); }

  private:
    // Of each list in `not_all_of` some name stays out: every choice is tried.
    FoundValue leave_out(std::size_t list) {
        if (list == wish_.not_all_of.size()) {
            groups_.clear();
            return find_members();
        }
        bool decided = true;
        for (const std::string& name : *wish_.not_all_of[list]) {
            single_.push_back({name});
            wish_.every.outside.push_back(&single_.back());
            FoundValue found = leave_out(list + 1);
            wish_.every.outside.pop_back();
            single_.pop_back();
            if (found.value) {
                return found;
            }
            decided = decided && found.decided;
        }
        return {.decided = decided};
    }

    FoundValue find_members() {
        for (const WordWish& some : wish_.some) {
            const Words words = find_words(wish_.every + some, 1);
            if (words.found.empty()) {
                return {.decided = words.all}; // nothing at all is like that
            }
            groups_.push_back({wish_.every + some, words.found.front()});
        }
        if (static_cast<std::int64_t>(wish_.some.size()) <= wish_.most) {
            return fill();
        }
        groups_.clear();
        return divide(0);
    }

    // With less room than wants, a member is one of its own or serves others too.
    FoundValue divide(std::size_t next) {
        if (next == wish_.some.size()) {
            return fill();
        }
        bool decided = true;
        for (std::size_t i = 0; i < groups_.size(); ++i) {
            FoundValue found = join(i, next);
            if (found.value) {
                return found;
            }
            decided = decided && found.decided;
        }
        if (static_cast<std::int64_t>(groups_.size()) == wish_.most) {
            return {.decided = decided};
        }
        groups_.push_back({wish_.every, ""});
        FoundValue found = join(groups_.size() - 1, next);
        groups_.pop_back();
        return found.value ? found : FoundValue{.decided = decided && found.decided};
    }

    FoundValue join(std::size_t at, std::size_t next) {
        if (++divisions_ > max_divisions) {
            return {.decided = false};
        }
        const Group before = groups_[at];
        const WordWish both = before.wish + wish_.some[next];
        const Words words = find_words(both, 1);
        if (words.found.empty()) {
            return {.decided = words.all};
        }
        groups_[at] = {both, words.found.front()};
        FoundValue found = divide(next + 1);
        groups_[at] = before;
        return found;
    }

    FoundValue fill() const {
        Texts out;
        for (const Group& group : groups_) {
            out.insert(group.word);
        }
        if (static_cast<std::int64_t>(out.size()) > wish_.most || wish_.least > wish_.most) {
            return {};
        }
        if (static_cast<std::int64_t>(out.size()) < wish_.least) {
            const Words words = find_words(wish_.every, static_cast<std::size_t>(wish_.least));
            for (const std::string& word : words.found) {
                if (static_cast<std::int64_t>(out.size()) < wish_.least) {
                    out.insert(word);
                }
            }
            if (static_cast<std::int64_t>(out.size()) < wish_.least) {
                return {.decided = words.all};
            }
        }
        return {.value = std::move(out)};
    }

    struct Group {
        WordWish wish;
        std::string word;
    };
    using Groups = std::vector<Group>;
    static constexpr std::size_t max_divisions = 2000;

    SetWish wish_;
    std::vector<Names> single_;
    Groups groups_;
    std::size_t divisions_ = 0;
};

} // namespace

FoundValue find_set(std::size_t fact, std::span<const Wish> wishes) {
    return SetSearch(fact, wishes).find();
}

} // namespace agentd::policy
