#include "proposals/refusals.hpp"

#include "tests/support/catch.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

using namespace agentd;

namespace {

std::filesystem::path source_root() {
    return std::filesystem::path(__FILE__).parent_path().parent_path().parent_path().parent_path();
}

std::set<std::string> codes_of_cases() {
    std::set<std::string> out;
    for (const char* folder : {"intake", "flake"}) {
        for (const auto& entry :
             std::filesystem::directory_iterator(source_root() / "tests/corpus" / folder)) {
            const std::string name = entry.path().filename().string();
            if (name.ends_with(".patch")) {
                out.insert(name.substr(0, name.find('.')));
            }
        }
    }
    out.erase("ok");
    return out;
}

} // namespace

TEST_CASE("the contract lists every refusal of a change in its own words") {
    const std::string contract = core::read_file((source_root() / "docs/contracts.md").string());
    const auto from = contract.find("<!-- refusals -->");
    const auto to = contract.find("<!-- /refusals -->");
    REQUIRE(from != std::string::npos);
    REQUIRE(to != std::string::npos);
    std::string expected =
        "<!-- refusals -->\n| code | what was wrong | what to do |\n|---|---|---|\n";
    for (const auto& each : proposals::refusals()) {
        expected += "| `" + std::string(each.code) + "` | " + std::string(each.meaning) + " | " +
                    std::string(each.remedy) + " |\n";
    }
    CHECK(contract.substr(from, to - from) == expected);
}

TEST_CASE("every refusal of a change is listed, and has a case in the corpus") {
    std::set<std::string> listed;
    for (const auto& each : proposals::refusals()) {
        listed.emplace(each.code);
    }
    CHECK(listed.size() == proposals::refusals().size());
    auto cases = codes_of_cases();
    // Of these a file would be half a megabyte, or nothing: intake_test makes them.
    cases.insert({"empty", "too_large"});
    CHECK(cases == listed);
}
