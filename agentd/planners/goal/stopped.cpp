#include "agentd/planners/goal/stopped.hpp"

#include "agentd/core/text.hpp"
#include "proposals/plan/workspace.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal {

using core::Problem;

Problem not_understood(std::string why, std::string hint) {
    return {.code = "not_understood",
            .message = "the goal is not understood: " + std::move(why),
            .hint = std::move(hint)};
}

namespace {

/// How many words of the goal the example has, those that say something; a verb is one of them.
std::size_t shared(const Scene& scene, std::string_view example) {
    static constexpr std::array<std::string_view, 8> plain{"the",  "and",  "for",  "with",
                                                           "from", "that", "this", "all"};
    const auto words = tokens_of(example);
    if (!words) {
        return 0;
    }
    return static_cast<std::size_t>(
        std::count_if(scene.tokens.begin(), scene.tokens.end(), [&](const Token& token) {
            return !token.mark && token.lower.size() >= 3 &&
                   std::find(plain.begin(), plain.end(), token.lower) == plain.end() &&
                   std::any_of(words->begin(), words->end(),
                               [&](const Token& word) { return word.lower == token.lower; });
        }));
}

/// Up to five goals that are like what was said: by their words, then by how they begin.
std::string like(const Scene& scene, const Stop& stop) {
    std::vector<std::pair<std::size_t, std::string>> found;
    for (const Pattern* pattern : all_patterns()) {
        const bool near = std::find(stop.near.begin(), stop.near.end(), pattern) != stop.near.end();
        const std::size_t score = 2 * shared(scene, pattern->example) + (near ? 1 : 0);
        const bool there = std::any_of(found.begin(), found.end(), [&](const auto& one) {
            return one.second == pattern->example;
        });
        if (score > 0 && !there && !pattern->example.empty()) {
            found.emplace_back(score, pattern->example);
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& one, const auto& other) { return one.first > other.first; });
    std::vector<std::string> out;
    for (auto& [score, example] : found) {
        if (out.size() < 5 && (score > 1 || found.front().first == 1)) {
            out.push_back(std::move(example));
        }
    }
    if (out.empty()) {
        out = {"install ripgrep and fd", "open port 8080", "enable fail2ban",
               "set time.timeZone to \"UTC\"", "add user bob to the group wheel"};
    }
    return "understood are, for example: " + core::join(out, "; ");
}

/// A clause begins with a word that is nearly one that clauses begin with.
std::optional<Problem> slip_of_the_pen(const Scene& scene, std::size_t furthest) {
    const auto verbs = first_words();
    for (std::size_t i = 0; i <= furthest && i < scene.size(); ++i) {
        const Token& token = scene.tokens[i];
        const bool begins = i == 0 || scene.tokens[i - 1].mark || scene.tokens[i - 1].is("and") ||
                            scene.tokens[i - 1].is("please") || scene.tokens[i - 1].is("then");
        const bool known = std::find(verbs.begin(), verbs.end(), token.lower) != verbs.end();
        if (!begins || known || token.mark || token.lower.size() < 4) {
            continue;
        }
        for (const std::string& verb : verbs) {
            if (core::edit_distance(token.lower, verb) == 1 && verb.size() >= 4) {
                return not_understood("the word " + quoted(token.text) +
                                          " is not known; did you mean `" + verb + "`?",
                                      "say it once more with that word");
            }
        }
    }
    return std::nullopt;
}

/// A word that is a part of one host's name, and nothing else.
std::optional<Problem> part_of_host(const Scene& scene) {
    for (const Token& token : scene.tokens) {
        const std::string host = proposals::plan::host_called_in_part(scene.around.map, token.text);
        if (!token.mark && !token.quoted && !host.empty() && !is_reserved(token.lower)) {
            return not_understood("no host is called " + quoted(token.text) + ", but " +
                                      quoted(host) + " is",
                                  "say the whole name, if it is meant: " + host);
        }
    }
    return std::nullopt;
}

/// "On" what is no host, where not all of them could be told.
std::optional<Problem> unknown_host(const Scene& scene, std::size_t furthest) {
    static constexpr std::array<std::string_view, 2> before{"on", "from"};
    const auto& map = scene.around.map;
    for (std::size_t i = furthest; i < scene.size() && i <= furthest + 1; ++i) {
        const Token& token = scene.tokens[i];
        const bool said =
            i > 0 && !token.mark && !token.quoted && !is_reserved(token.lower) &&
            std::find(before.begin(), before.end(), scene.tokens[i - 1].lower) != before.end();
        const bool other = token.lower == "all" || token.lower == "every" ||
                           scene.is_user(token.text) || map.host(token.text) != nullptr;
        if (!said || other || map.hosts_known) {
            continue;
        }
        std::vector<std::string> known;
        for (const auto& host : map.hosts) {
            known.push_back(host.name);
        }
        return Problem{.code = "no_such_host",
                       .message = "no host " + quoted(token.text) +
                                  " is known; there may be others than those that could be told "
                                  "without Nix",
                       .where = {},
                       .hint = known.empty()
                                   ? "let Nix tell them: leave --no-eval out"
                                   : "known are " + core::shorten(core::join(known, ", "), 200)};
    }
    return std::nullopt;
}

/// A word that turns the meaning of what stands around it, and was not understood.
std::optional<Problem> turned(const Scene& scene) {
    static constexpr std::array<std::string_view, 16> turning{
        "not",     "don't", "dont",  "never",  "no",    "except", "unless", "without",
        "instead", "if",    "until", "cannot", "can't", "but",    "or",     "neither"};
    for (const Token& token : scene.tokens) {
        if (!token.quoted &&
            std::find(turning.begin(), turning.end(), token.lower) != turning.end()) {
            return not_understood("the word " + quoted(token.text) +
                                      " turns its meaning in a way that is not known here",
                                  "say what shall be, without that word");
        }
    }
    return std::nullopt;
}

/// What may have been meant by a word of no phrase; "" where nothing is near.
std::string near_word(const std::string& word) {
    const auto words = all_words();
    const std::size_t far = word.size() >= 7 ? 2 : 1;
    const bool plain = word.size() >= 4 && word.find_first_of("0123456789") == std::string::npos;
    if (!plain || std::find(words.begin(), words.end(), word) != words.end()) {
        return {};
    }
    const auto found = std::find_if(words.begin(), words.end(), [&](const std::string& one) {
        return one.size() >= 4 && core::edit_distance(word, one) <= far;
    });
    return found == words.end() ? std::string() : *found;
}

/// The words up to there, which fit a phrase; "" where none does.
std::string so_far(const Scene& scene, std::size_t at) {
    std::string out;
    for (std::size_t i = 0; i < at; ++i) {
        const Token& token = scene.tokens[i];
        out += out.empty() || token.mark ? "" : " ";
        out += token.quoted ? "\"" + token.text + "\"" : token.text;
    }
    return out.empty() ? out : "understood up to " + quoted(core::shorten(out, 200));
}

} // namespace

Problem stopped(const Scene& scene, const Stop& stop) {
    if (stop.exhausted) {
        return {.code = "too_many",
                .message = "the goal can be read in too many ways",
                .hint = "say it in several goals"};
    }
    const std::size_t at = std::min(stop.furthest.at, scene.size() - 1);
    if (const auto slip = slip_of_the_pen(scene, at)) {
        return *slip;
    }
    if (const auto host = part_of_host(scene)) {
        return *host;
    }
    if (const auto host = unknown_host(scene, at)) {
        return *host;
    }
    if (const auto word = turned(scene)) {
        return *word;
    }
    if (stop.furthest.at >= scene.size()) {
        std::vector<std::string> expected = stop.furthest.expected;
        std::sort(expected.begin(), expected.end());
        expected.resize(std::min<std::size_t>(expected.size(), 6));
        return not_understood("it ends too early", "expected was " + core::join(expected, ", ") +
                                                       "; " + like(scene, stop));
    }
    const Token& token = scene.tokens[at];
    const std::string near = near_word(token.lower);
    auto problem = not_understood(
        "the word " + quoted(token.text) + (at == 0 ? "" : " there") +
            (near.empty() ? " does not fit" : " is not known; did you mean `" + near + "`?"),
        like(scene, stop));
    problem.where = so_far(scene, at);
    return problem;
}

} // namespace agentd::planners::goal
