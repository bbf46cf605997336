#include "agentd/applyd/last_good.hpp"

#include "agentd/core/fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace agentd;
using applyd::LastGood;

namespace {

core::StorePath system_of(int n) {
    std::string hash(32, '0');
    hash[0] = static_cast<char>('0' + n % 10);
    hash[1] = static_cast<char>('0' + n / 10);
    return *core::StorePath::parse("/nix/store/" + hash + "-nixos-system-web");
}

} // namespace

TEST_CASE("systems that were healthy are remembered, the newest first and each once") {
    const test::TempDir dir;
    LastGood good(dir.path());
    CHECK(good.list().empty());
    good.remember(system_of(1));
    good.remember(system_of(2));
    good.remember(system_of(2));
    good.remember(system_of(1));
    CHECK(good.list() == std::vector{system_of(1), system_of(2)});
    for (int n = 0; n < 80; ++n) {
        good.remember(system_of(n));
    }
    CHECK(good.list().size() == LastGood::most);
    CHECK(good.list().front() == system_of(79));
}

TEST_CASE("what is no system in the list is not believed") {
    const test::TempDir dir;
    core::write_file_durably(dir / "last-good",
                             "/etc/passwd\n" + system_of(3).str() + "\n\n../x\n");
    CHECK(LastGood(dir.path()).list() == std::vector{system_of(3)});
}
