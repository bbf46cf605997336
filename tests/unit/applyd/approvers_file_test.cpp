#include "agentd/applyd/approvers_file.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <thread>

using namespace agentd;
using applyd::ApproversFile;

namespace {

constexpr const char* marker = "# paired: lines below are kept; take one out to revoke it\n";

} // namespace

TEST_CASE("what is declared stands above the marker, what was paired below it stays") {
    const test::TempDir dir;
    const std::string path = dir / "approvers";
    ApproversFile file(path);
    file.declare("# Who may\nssh alice A");
    CHECK(core::read_file(path) == std::string("# Who may\nssh alice A\n") + marker);
    file.add("k", "browser phone B");
    file.declare("ssh bob C\n");
    CHECK(core::read_file(path) == std::string("ssh bob C\n") + marker + "browser phone B\n");
    file.declare("ssh bob C\n");
    CHECK(core::read_file(path) == std::string("ssh bob C\n") + marker + "browser phone B\n");
}

TEST_CASE("a file of before, without the marker, counts as paired") {
    const test::TempDir dir;
    const std::string path = dir / "approvers";
    core::write_file_durably(path, "browser laptop B");
    ApproversFile(path).declare("ssh alice A\n");
    CHECK(core::read_file(path) == std::string("ssh alice A\n") + marker + "browser laptop B\n");
}

TEST_CASE("keys that are paired while the declared ones are written are not lost") {
    const test::TempDir dir;
    const std::string path = dir / "approvers";
    constexpr int times = 50;
    std::jthread switching([&] {
        for (int i = 0; i < times; ++i) {
            ApproversFile(path).declare("ssh alice A\n");
        }
    });
    for (int i = 0; i < times; ++i) {
        ApproversFile(path).add("", "browser b" + std::to_string(i) + " B");
    }
    switching.join();
    const std::string text = core::read_file(path);
    for (int i = 0; i < times; ++i) {
        CHECK(text.find("browser b" + std::to_string(i) + " B\n") != std::string::npos);
    }
}
