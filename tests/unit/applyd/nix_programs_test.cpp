#include "agentd/applyd/nix_programs.hpp"

#include "agentd/core/fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>

using namespace agentd;
using applyd::nix_programs;

namespace {

std::string program(const std::string& path) {
    core::make_directories(std::filesystem::path(path).parent_path().string());
    core::write_file_durably(path, "", 0755);
    return path;
}

} // namespace

TEST_CASE("the way back asks the Nix of the system it goes back to, and no git") {
    const test::TempDir dir;
    applyd::Journal journal(dir / "apply");
    Config config{.host = *core::HostName::parse("web")};
    CHECK(nix_programs(config, journal).nix.empty()); // looked for, as everywhere
    const auto nix = program(dir / "old/sw/bin/nix");
    const auto nix_store = program(dir / "old/sw/bin/nix-store");
    journal.write({.from = dir / "old", .to = dir / "new"});
    const auto found = nix_programs(config, journal);
    CHECK(found.nix == nix);
    CHECK(found.nix_store == nix_store);
    CHECK_FALSE(found.git.empty()); // else it would have to be there
    config.nix.nix = "/opt/nix";
    CHECK(nix_programs(config, journal).nix == "/opt/nix");
    std::filesystem::remove_all(dir / "old");
    CHECK(nix_programs(config, journal).nix_store.empty());
    core::write_file_durably(dir / "apply/in-flight.json", "torn");
    CHECK(nix_programs(config, journal).nix == "/opt/nix");
}
