// Words that are found for patterns, held against every short word and the matcher itself.
#include "policy/analysis/words.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <random>
#include <set>

using namespace agentd;
using policy::Glob;
using policy::WordWish;

namespace {

std::vector<Glob> globs(const std::vector<std::string>& patterns,
                        policy::Form form = policy::Form::file) {
    std::vector<Glob> out;
    for (const std::string& pattern : patterns) {
        auto glob = Glob::compile(pattern, form);
        REQUIRE(glob);
        out.push_back(*glob);
    }
    return out;
}

bool hit(const std::vector<Glob>& patterns, const std::string& word) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const Glob& glob) { return glob.matches(word); });
}

// Every word of one to five of these letters.
const std::vector<std::string>& short_words() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> out{""};
        for (std::size_t from = 0; out[from].size() < 5; ++from) {
            for (const char letter : std::string("abx/")) {
                out.push_back(out[from] + letter);
            }
        }
        out.erase(out.begin());
        return out;
    }();
    return all;
}

std::string random_pattern(std::mt19937& random) {
    static const std::vector<std::string> parts{"a", "b", "/", "*", "**", "{a,b/}"};
    std::string out;
    for (auto left = 1 + random() % 3; left > 0; --left) {
        out += parts[random() % parts.size()];
    }
    return out;
}

} // namespace

TEST_CASE("a word is found exactly where there is one") {
    std::mt19937 random(7);
    for (int round = 0; round < 2000; ++round) {
        const auto wanted = globs({random_pattern(random), random_pattern(random)});
        const auto more = globs({random_pattern(random)});
        const auto unwanted = globs({random_pattern(random)});
        const WordWish wish{.match = {&wanted, &more}, .avoid = {&unwanted}};
        const auto fulfils = [&](const std::string& word) {
            return hit(wanted, word) && hit(more, word) && !hit(unwanted, word);
        };
        INFO(wanted[0].pattern() << " | " << wanted[1].pattern() << "  and  " << more[0].pattern()
                                 << "  not  " << unwanted[0].pattern());
        const auto words = policy::find_words(wish, 40);
        CHECK(std::all_of(words.found.begin(), words.found.end(), fulfils));
        CHECK(std::set(words.found.begin(), words.found.end()).size() == words.found.size());
        const auto there = std::count_if(short_words().begin(), short_words().end(), fulfils);
        CHECK(words.found.size() >= std::min<std::size_t>(40, static_cast<std::size_t>(there)));
        if (words.found.size() < 40) {
            CHECK(words.all);
        }
    }
}

TEST_CASE("the shortest words come first, and long patterns cost little") {
    const auto wanted = globs({"services/*/settings/**/enable"});
    const auto unwanted = globs({"services/x/**"});
    const auto words = policy::find_words({.match = {&wanted}, .avoid = {&unwanted}}, 3);
    REQUIRE(words.found.size() == 3);
    CHECK(words.found.front().size() == std::string("services//settings//enable").size());
    CHECK(hit(wanted, words.found.back()));
}

TEST_CASE("names are taken from their lists") {
    const std::vector<std::string> some{"a/b", "c", "d"};
    const std::vector<std::string> others{"d"};
    const auto one_segment = globs({"*"});
    const auto words =
        policy::find_words({.match = {&one_segment}, .among = {&some}, .outside = {&others}}, 5);
    CHECK(words.found == std::vector<std::string>{"c"});
    CHECK(words.all);
}

TEST_CASE("an option is found with its names spelled as people write them") {
    const auto wanted = globs({"users.users.*.shell"}, policy::Form::option);
    const auto words = policy::find_words({.match = {&wanted}}, 2);
    REQUIRE(words.found.size() == 2);
    CHECK(words.found[0] == "users.users.x.shell");
    const auto quoted = globs({"users.users.\"a.b\".shell"}, policy::Form::option);
    const auto one = policy::find_words({.match = {&wanted, &quoted}}, 2);
    CHECK(one.found == std::vector<std::string>{"users.users.\"a.b\".shell"});
    CHECK(one.all);
    const auto everything = globs({"*"}, policy::Form::option);
    CHECK(policy::find_words({.match = {&wanted}, .avoid = {&everything}}, 1).found.size() == 1);
}

TEST_CASE("what is said of more than ASCII is not worked out, and no half letter is a word") {
    const auto letter = globs({"\u00e9"});
    CHECK_FALSE(policy::find_words({.match = {&letter}}, 1).all);
    for (const std::string& word : policy::find_words({.avoid = {&letter}}, 4).found) {
        CHECK(std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c <= '~'; }));
    }
}
