#include "agentd/planners/goal/sentence.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal {

namespace {

struct Compiled {
    Phrase phrase{};
    const Pattern* pattern{};
};

const std::vector<Compiled>& compiled() {
    static const std::vector<Compiled> all = [] {
        std::vector<Compiled> out;
        for (const Patterns family :
             {package_patterns(), service_patterns(), port_patterns(), option_patterns(),
              system_patterns(), user_patterns(), ssh_patterns(), module_patterns(),
              input_patterns(), maintenance_patterns(), refused_patterns(), machine_patterns(),
              site_patterns(), database_patterns(), backup_patterns()}) {
            for (const Pattern& pattern : family) {
                out.push_back({.phrase = phrase_of(pattern.words), .pattern = &pattern});
            }
        }
        return out;
    }();
    return all;
}

void first_of(const Phrase& phrase, std::vector<std::string>& out) {
    for (const Node& node : phrase) {
        if (!node.word.empty()) {
            out.push_back(node.word);
        }
        for (const Phrase& branch : node.branches) {
            first_of(branch, out);
        }
        if (!node.may_miss) {
            return;
        }
    }
}

} // namespace

std::vector<std::string> first_words() {
    std::vector<std::string> out;
    for (const Compiled& one : compiled()) {
        first_of(one.phrase, out);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

bool begins_with(const Pattern& pattern, std::string_view word) {
    const auto found = std::find_if(compiled().begin(), compiled().end(),
                                    [&](const Compiled& one) { return one.pattern == &pattern; });
    std::vector<std::string> words;
    first_of(found->phrase, words);
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::vector<const Pattern*> all_patterns() {
    std::vector<const Pattern*> out;
    for (const Compiled& one : compiled()) {
        out.push_back(one.pattern);
    }
    return out;
}

std::vector<std::string> all_words() {
    std::vector<std::string> out = scope_words();
    for (const Compiled& one : compiled()) {
        words_of(one.phrase, out);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

const std::vector<Sentence::Found>& Sentence::clauses_at(std::size_t at) {
    if (const auto known = found_.find(at); known != found_.end()) {
        return known->second;
    }
    std::vector<Found> out;
    const Asides asides = [this](std::size_t place) { return scopes_.at(place); };
    for (const auto& [start, lead] : scopes_.opening(at)) {
        for (const Compiled& one : compiled()) {
            Furthest own;
            Matcher matcher(scene_, asides, own);
            for (State& state : matcher.match(one.phrase, {.at = start, .scope = lead})) {
                if (state.at <= start) {
                    continue;
                }
                const std::size_t end = state.at;
                Found found{
                    .clause = {.pattern = one.pattern, .match = std::move(state), .lead = lead},
                    .end = end};
                out.push_back(std::move(found));
            }
            if (own.at > furthest_.at) {
                near_.clear();
            }
            if (own.at >= furthest_.at && own.at > start) {
                near_.push_back(one.pattern);
            }
            for (const std::string& expected : own.expected) {
                furthest_.note(own.at, expected);
            }
        }
    }
    return found_[at] = std::move(out);
}

std::size_t Sentence::behind_separators(std::size_t at) const {
    static constexpr std::array<std::string_view, 13> separators{
        "but", ",",    ";", ".",    ":",    "lparen",    "rparen",
        "and", "then", "&", "plus", "also", "afterwards"};
    const std::size_t begin = at;
    bool open = false; // a word that something has to follow
    while (at < scene_.size() && !scene_.tokens[at].quoted &&
           std::find(separators.begin(), separators.end(), scene_.tokens[at].lower) !=
               separators.end()) {
        open = open || !scene_.tokens[at].mark;
        ++at;
    }
    if (!open) { // "…, please"
        std::size_t polite = at;
        while (polite < scene_.size() &&
               (scene_.tokens[polite].mark || scene_.tokens[polite].is("please") ||
                scene_.tokens[polite].is("thanks") || scene_.tokens[polite].is("too"))) {
            ++polite;
        }
        at = polite == scene_.size() ? polite : at;
    }
    return open && at == scene_.size() ? begin : at;
}

void Sentence::collect(std::size_t at, Clauses& so_far, std::vector<Clauses>& out) {
    if (out.size() >= max_readings || scene_.steps == 0) {
        return;
    }
    for (const Found& found : clauses_at(at)) {
        const std::size_t next = behind_separators(found.end);
        if (next < scene_.size() && next == found.end) {
            furthest_.note(next, "the end, or \"and\"");
            continue;
        }
        so_far.push_back(found.clause);
        if (next < scene_.size()) {
            collect(next, so_far, out);
        } else {
            out.push_back(so_far);
        }
        so_far.pop_back();
    }
}

std::vector<Clauses> Sentence::readings() {
    std::vector<Clauses> out;
    Clauses so_far;
    collect(behind_separators(0), so_far, out);
    return out;
}

Stop Sentence::stop() const {
    return {.furthest = furthest_, .near = near_, .exhausted = scene_.steps == 0};
}

} // namespace agentd::planners::goal
