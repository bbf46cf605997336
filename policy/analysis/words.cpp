#include "policy/analysis/words.hpp"

#include "policy/analysis/automaton.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <queue>
#include <set>
#include <string_view>

namespace agentd::policy {

namespace {

constexpr std::size_t max_states = 4096;
constexpr std::size_t max_steps = std::size_t{1} << 20;

bool one_matches(const std::vector<Glob>& globs, std::string_view word) {
    return std::any_of(globs.begin(), globs.end(),
                       [&](const Glob& glob) { return glob.matches(word); });
}

bool lists(const std::vector<std::string>& names, const std::string& word) {
    return std::find(names.begin(), names.end(), word) != names.end();
}

bool is_outside(const WordWish& wish, const std::string& word) {
    return std::none_of(wish.outside.begin(), wish.outside.end(),
                        [&](const auto* names) { return lists(*names, word); });
}

bool fulfils(const WordWish& wish, const std::string& word) {
    return is_outside(wish, word) &&
           std::all_of(wish.among.begin(), wish.among.end(),
                       [&](const auto* names) { return lists(*names, word); }) &&
           std::all_of(wish.match.begin(), wish.match.end(),
                       [&](const auto* globs) { return one_matches(*globs, word); }) &&
           std::none_of(wish.avoid.begin(), wish.avoid.end(),
                        [&](const auto* globs) { return one_matches(*globs, word); });
}

Words from_list(const WordWish& wish, std::size_t count) {
    Words out{.all = true};
    for (const std::string& word : *wish.among.front()) {
        if (word.empty() || lists(out.found, word) || !fulfils(wish, word)) {
            continue;
        }
        if (out.found.size() == count) {
            out.all = false;
            break;
        }
        out.found.push_back(word);
    }
    return out;
}

constexpr std::size_t none = static_cast<std::size_t>(-1);

/// The states that can be reached, and how many letters each is away from a word.
struct Graph {
    std::vector<std::vector<std::size_t>> next{}; ///< by letter; `none` beyond the limit
    std::vector<std::size_t> distance{};          ///< 0: accepts; `none`: leads nowhere
    bool whole = true;
};

void measure(Graph& graph) {
    std::vector<std::vector<std::size_t>> back(graph.next.size());
    for (std::size_t from = 0; from < graph.next.size(); ++from) {
        for (const std::size_t to : graph.next[from]) {
            if (to != none) {
                back[to].push_back(from);
            }
        }
    }
    std::deque<std::size_t> open;
    for (std::size_t i = 0; i < graph.distance.size(); ++i) {
        if (graph.distance[i] == 0) {
            open.push_back(i);
        }
    }
    while (!open.empty()) {
        const std::size_t to = open.front();
        open.pop_front();
        for (const std::size_t from : back[to]) {
            if (graph.distance[from] == none) {
                graph.distance[from] = graph.distance[to] + 1;
                open.push_back(from);
            }
        }
    }
}

Graph explore(const Automaton& automaton) {
    Graph graph;
    std::map<State, std::size_t> known;
    std::deque<State> open;
    const auto number = [&](State state) {
        if (automaton.is_dead(state)) {
            return none;
        }
        const auto found = known.find(state);
        if (found != known.end()) {
            return found->second;
        }
        if (known.size() == max_states) {
            graph.whole = false;
            return none;
        }
        graph.distance.push_back(automaton.accepts(state) ? 0 : none);
        open.push_back(state);
        return known.emplace(std::move(state), known.size()).first->second;
    };
    if (number(automaton.start()) == none) {
        return graph;
    }
    while (!open.empty()) {
        const State state = std::move(open.front());
        open.pop_front();
        std::vector<std::size_t> row;
        for (std::size_t letter = 0; letter < automaton.letters().size(); ++letter) {
            row.push_back(number(automaton.next(state, letter)));
        }
        graph.next.push_back(std::move(row));
    }
    measure(graph);
    return graph;
}

/// One word, and no more of the automaton than it takes.
Words shortest(const Automaton& automaton) {
    std::set<State> known{automaton.start()};
    std::deque<std::pair<State, std::string>> open{{automaton.start(), ""}};
    while (!open.empty()) {
        const auto [state, word] = std::move(open.front());
        open.pop_front();
        if (!word.empty() && automaton.accepts(state)) {
            return {.found = {automaton.spelled(word)}};
        }
        for (std::size_t i = 0; i < automaton.letters().size(); ++i) {
            State next = automaton.next(state, i);
            if (automaton.is_dead(next) || (!known.insert(next).second && !word.empty())) {
                continue;
            }
            if (known.size() > max_states) {
                return {};
            }
            open.emplace_back(std::move(next), word + automaton.letters()[i]);
        }
    }
    return {.all = automaton.is_exact()};
}

/// The beginning of a word; what can become a short word comes first, and of those the longest.
struct Beginning {
    std::string text;
    std::size_t state;
    std::size_t length; ///< of the shortest word it can become
    friend bool operator<(const Beginning& a, const Beginning& b) {
        return a.length != b.length ? a.length > b.length : a.text.size() < b.text.size();
    }
};

Words from_patterns(const WordWish& wish, std::size_t count) {
    const Automaton automaton(wish);
    if (count == 1 && wish.outside.empty()) {
        return shortest(automaton);
    }
    const Graph graph = explore(automaton);
    Words out;
    std::priority_queue<Beginning> open;
    const auto add = [&](std::string text, std::size_t state) {
        if (state != none && graph.distance[state] != none) {
            const std::size_t length = text.size() + graph.distance[state];
            open.push({.text = std::move(text), .state = state, .length = length});
        }
    };
    if (!graph.distance.empty()) {
        add("", 0);
    }
    for (std::size_t steps = 0; !open.empty(); ++steps) {
        const Beginning now = open.top();
        open.pop();
        if (graph.distance[now.state] == 0 && !now.text.empty()) {
            std::string word = automaton.spelled(now.text);
            if (is_outside(wish, word)) {
                if (out.found.size() == count) {
                    return out;
                }
                out.found.push_back(std::move(word));
            }
        }
        if (steps == max_steps) {
            return out;
        }
        for (std::size_t i = 0; i < automaton.letters().size(); ++i) {
            add(now.text + automaton.letters()[i], graph.next[now.state][i]);
        }
    }
    out.all = graph.whole && automaton.is_exact();
    return out;
}

} // namespace

WordWish operator+(WordWish a, const WordWish& b) {
    a.match.insert(a.match.end(), b.match.begin(), b.match.end());
    a.avoid.insert(a.avoid.end(), b.avoid.begin(), b.avoid.end());
    a.among.insert(a.among.end(), b.among.begin(), b.among.end());
    a.outside.insert(a.outside.end(), b.outside.begin(), b.outside.end());
    return a;
}

WordWish among(const std::vector<std::string>& names) {
    return {.among = {&names}};
}
WordWish outside(const std::vector<std::string>& names) {
    return {.outside = {&names}};
}
WordWish match(const std::vector<Glob>& globs) {
    return {.match = {&globs}};
}
WordWish avoid(const std::vector<Glob>& globs) {
    return {.avoid = {&globs}};
}

Words find_words(const WordWish& wish, std::size_t count) {
    return wish.among.empty() ? from_patterns(wish, count) : from_list(wish, count);
}

} // namespace agentd::policy
