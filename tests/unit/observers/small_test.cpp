#include "agentd/observers/generations.hpp"
#include "agentd/observers/graphics.hpp"
#include "agentd/observers/inputs.hpp"
#include "agentd/observers/reboot.hpp"
#include "agentd/observers/time_sync.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>

using namespace agentd;
namespace fs = std::filesystem;

namespace {

void write(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << text;
}

const std::string system_a = "/nix/store/" + std::string(32, 'a') + "-nixos-system-web";
const std::string system_b = "/nix/store/" + std::string(32, 'b') + "-nixos-system-web";

} // namespace

TEST_CASE("the age of the flake's own inputs is read, that of followed and hostile ones is not") {
    const auto times = observers::input_times(R"({"version":7,"root":"root","nodes":{
        "root":{"inputs":{"nixpkgs":"n","home":["n","x"],"odd":7,"gone":"none"}},
        "n":{"locked":{"lastModified":1700000000}},
        "deep":{"locked":{"lastModified":1}}}})");
    CHECK(times == std::map<std::string, std::int64_t>{{"nixpkgs", 1700000000}});
    CHECK(observers::input_times("").empty());
    CHECK(observers::input_times("[]").empty());
    CHECK(observers::input_times(R"({"version":99,"root":"root","nodes":{}})").empty());
    CHECK(observers::input_times(R"({"version":7,"root":{},"nodes":[]})").empty());
}

TEST_CASE("the graphics bridge that a system declares is found in its tmpfiles") {
    const auto bridges =
        observers::declared_bridges("# x\nd /tmp 1777 - - -\n"
                                    "L+ /run/opengl-driver - - - - /nix/store/x-drivers\n"
                                    "L+ /run/other - - - - /y\n");
    CHECK(bridges ==
          std::map<std::string, std::string>{{"/run/opengl-driver", "/nix/store/x-drivers"}});
}

TEST_CASE("only what a boot decides asks for a reboot") {
    const test::TempDir folder;
    for (const char* system : {"old", "new"}) {
        write(folder / (std::string("kernel-") + system), "k");
        fs::create_directories(folder / system);
        write(folder / (std::string(system) + "/kernel-params"), "quiet\n");
        fs::create_symlink(folder / "kernel-old", folder / (std::string(system) + "/kernel"));
    }
    CHECK(observers::Reboot::parts_that_differ(folder / "old", folder / "new").empty());
    fs::remove(folder / "new/kernel");
    fs::create_symlink(folder / "kernel-new", folder / "new/kernel");
    write(folder / "new/kernel-params", "quiet splash\n");
    CHECK(observers::Reboot::parts_that_differ(folder / "old", folder / "new") ==
          std::vector<std::string>{"the kernel", "the kernel's parameters"});
}

TEST_CASE("what systemd-boot would start is read from its entries") {
    const test::TempDir boot;
    CHECK(observers::read_boot_entries(boot.path()).loader == observers::BootEntries::Loader::none);
    write(boot / "loader/loader.conf", "timeout 5\ndefault nixos-generation-2.conf\n");
    write(boot / "loader/entries/nixos-generation-1.conf",
          "options init=" + system_a + "/init quiet\n");
    write(boot / "loader/entries/nixos-generation-2.conf",
          "options init=" + system_b + "/init quiet\n");
    write(boot / "loader/entries/other.conf", "options init=/bin/sh\n");
    const auto found = observers::read_boot_entries(boot.path());
    CHECK(found.loader == observers::BootEntries::Loader::systemd_boot);
    CHECK(found.systems.size() == 2);
    CHECK(found.default_system == system_b);
}

TEST_CASE("what GRUB would start is read from its menu, the first being the default") {
    const test::TempDir boot;
    write(boot / "grub/grub.cfg",
          "linux /k init=" + system_b + "/init a\nlinux /k init=" + system_a + "/init\n");
    const auto found = observers::read_boot_entries(boot.path());
    CHECK(found.loader == observers::BootEntries::Loader::grub);
    CHECK(found.default_system == system_b);
}

TEST_CASE(
    "a clock that was set is noticed, one that is slewed is not, and an hour later it is over") {
    observers::TimeSync time;
    constexpr std::int64_t second = 1'000'000;
    CHECK_FALSE(time.jump(0, 0));
    CHECK_FALSE(time.jump(4 * second, second));
    CHECK_FALSE(time.jump(8 * second, 2 * second));
    CHECK(time.jump(400 * second, 3 * second) == 392);
    CHECK(time.jump(400 * second, 3000 * second) == 392);
    CHECK_FALSE(time.jump(400 * second, 4000 * second));
}
