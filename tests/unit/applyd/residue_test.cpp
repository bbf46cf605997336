#include "agentd/applyd/residue.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>

using namespace agentd;
using applyd::residue_of;
using proposals::Effects;

namespace {

bool says(const std::vector<std::string>& lines, const std::string& words) {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        return line.find(words) != std::string::npos;
    });
}

} // namespace

TEST_CASE(
    "what a rollback leaves behind is named: accounts, what services wrote, what scripts did") {
    Effects effects;
    effects.effects = {{.area = "accounts", .kind = "user_added", .subject = "redis"},
                       {.area = "accounts", .kind = "group_added", .subject = "redis"},
                       {.area = "packages", .kind = "package_added", .subject = "ripgrep"},
                       {.area = "scripts", .kind = "activation_changed", .subject = "activate"},
                       {.area = "units", .kind = "unit_added", .subject = "redis.service"},
                       {.area = "units", .kind = "unit_added", .subject = "redis.target"},
                       {.area = "units", .kind = "unit_changed", .subject = "postgresql.service"},
                       {.area = "units", .kind = "unit_removed", .subject = "backup@home.service"}};
    const auto lines = residue_of(effects);
    CHECK(lines.size() == 6);
    CHECK(says(lines, "user redis"));
    CHECK(says(lines, "/var/lib/redis"));
    CHECK(says(lines, "postgresql.service wrote in its new form"));
    CHECK(says(lines, "backup@home.service was stopped"));
    CHECK(says(lines, "activate"));
    CHECK_FALSE(says(lines, "ripgrep"));
}

TEST_CASE("a change that leaves nothing behind is not said to, and a long list stays short") {
    Effects effects;
    CHECK(residue_of(effects).empty());
    for (int i = 0; i < 500; ++i) {
        effects.effects.push_back(
            {.area = "accounts", .kind = "user_added", .subject = "u" + std::to_string(i)});
    }
    const auto lines = residue_of(effects);
    CHECK(lines.size() == 24);
    CHECK(says(lines, "and 477 more"));
    effects.effects.clear();
    effects.truncated = true;
    CHECK(residue_of(effects).size() == 1);
}

TEST_CASE("a subject from a closure cannot write on a terminal") {
    Effects effects;
    effects.effects = {{.area = "units", .kind = "unit_added", .subject = "a\x1b[2J\n.service"}};
    const auto lines = residue_of(effects);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find('\x1b') == std::string::npos);
    CHECK(lines[0].find('\n') == std::string::npos);
}
