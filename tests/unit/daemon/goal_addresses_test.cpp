// An address that a goal is said to ask for is the person's or the flake's.
#include "agentd/pipeline/goal_addresses.hpp"

#include "tests/support/catch.hpp"

using namespace agentd;

namespace {

const std::string flake = R"({ inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.05";
                               inputs.tool.url = "https://forge.example/tool.tar.gz"; })";

bool taken(const std::string& url, const std::string& goal) {
    const proposals::plan::Request request{
        .operations = {
            {.kind = proposals::plan::WishKind::set_input_url, .input = "nixpkgs", .url = url}}};
    const auto problem = pipeline::unsaid_address(request, goal, flake);
    CHECK((!problem || problem->code == "analysis_failed"));
    return !problem;
}

} // namespace

TEST_CASE("an address that the person said, or another branch of what the flake has, is asked") {
    CHECK(taken("https://host.example/x.tar.gz", "point nixpkgs to https://host.example/x.tar.gz"));
    CHECK(taken("github:me/nixpkgs", "add the input nixpkgs from github.com/me/nixpkgs"));
    CHECK(taken("github:NixOS/nixpkgs/nixos-unstable", "move nixpkgs to unstable"));
    CHECK(taken("github:NixOS/nixpkgs", "let nixpkgs have no branch"));
    CHECK(taken("", "install ripgrep"));
}

TEST_CASE("an address that nobody said is not asked, whatever it carries") {
    const std::string goal = "install ripgrep";
    CHECK_FALSE(taken("https://73656372657473.evil.example/x.tar.gz", goal));
    CHECK_FALSE(taken("https://forge.example/tool.tar.gz?x=736563726574", goal));
    CHECK_FALSE(taken("github:evil/nixpkgs/nixos-24.05", goal));
    CHECK_FALSE(taken("github:NixOS/nixpkgs2", goal));
    CHECK_FALSE(taken("github:ixOS/nixpkgs", goal));
    CHECK_FALSE(taken("github:NixOS/nixpkgs?host=evil.example", goal));
    CHECK_FALSE(taken("github:NixOS/nixpkgs/" + std::string(65, 'a'), goal));
    CHECK_FALSE(taken("gitlab:", goal));
    CHECK_FALSE(taken("git+ssh://evil.example/NixOS/nixpkgs", goal));
    CHECK_FALSE(taken("path:/etc", goal));
}
