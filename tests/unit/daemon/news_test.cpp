// How far an input moves, in words that nobody can turn.
#include "agentd/stages/news.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using core::Json;

namespace {

Json lock(const std::string& type, char rev, std::int64_t time, const std::string& owner = "o") {
    return {{"nodes",
             {{"pkgs",
               {{"locked",
                 {{"type", type},
                  {"owner", owner},
                  {"repo", "r"},
                  {"rev", std::string(40, rev)},
                  {"lastModified", time}}},
                {"original", {{"type", type}, {"owner", owner}, {"repo", "r"}, {"ref", "main"}}}}},
              {"root", {{"inputs", {{"pkgs", "pkgs"}}}}}}},
            {"root", "root"},
            {"version", 7}};
}

constexpr std::int64_t start = 1'700'000'000; // 2023-11-14
constexpr std::int64_t day = 86'400;

proposals::InputNews news(const Json& before, const Json& after) {
    const auto all = stages::input_news(before.dump(), after.dump());
    REQUIRE(all.size() == 1);
    return all.front();
}

} // namespace

TEST_CASE("a bumped input is told with its range, its dates and the page that compares") {
    const auto moved = news(lock("github", 'a', start), lock("github", 'b', start + 10 * day));
    CHECK(sentence(moved) ==
          "pkgs: o/r aaaaaaaaaa..bbbbbbbbbb, 2023-11-14 to 2023-11-24, 10 days newer");
    CHECK(moved.compare ==
          "https://github.com/o/r/compare/" + std::string(40, 'a') + "..." + std::string(40, 'b'));
    CHECK(moved.branch == "main");
    const auto json = to_json(moved);
    CHECK(json.at("days") == 10);
    CHECK(json.at("after") == "2023-11-24");
    CHECK(stages::input_news(lock("github", 'a', 1).dump(), lock("github", 'a', 2).dump()).empty());
    CHECK(stages::input_news("", "no lock").empty());
}

TEST_CASE("an input that goes back is told as older, one without dates without them") {
    const auto back = news(lock("gitlab", 'a', start), lock("gitlab", 'b', start - 2 * day));
    CHECK(sentence(back).find("OLDER than before by 2 days") != std::string::npos);
    CHECK(back.compare.starts_with("https://gitlab.com/o/r/-/compare/"));
    CHECK(to_json(back).at("days") == -2);
    const auto blank =
        news(lock("sourcehut", 'a', 0), lock("sourcehut", 'b', std::int64_t{1} << 52));
    CHECK(sentence(blank) == "pkgs: o/r aaaaaaaaaa..bbbbbbbbbb");
}

TEST_CASE("what a lock calls its place makes no address of somebody else's") {
    for (const char* owner : {"o?x", "o\"", "o b", "\u202Eo", "o&x=1", "evil.example:80/o"}) {
        const auto moved = news(lock("github", 'a', 1, owner), lock("github", 'b', 2, owner));
        CHECK(moved.compare.find(owner) == std::string::npos);
        CHECK((moved.compare.empty() || moved.compare.starts_with("https://github.com/")));
    }
}
