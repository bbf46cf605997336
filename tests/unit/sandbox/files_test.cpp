/// What a confined program can open, whoever it is.
#include "agentd/core/fd.hpp"
#include "sandbox/run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <unistd.h>

using namespace agentd;

namespace {

sandbox::Outcome run(const test::TempDir& dir, std::vector<std::string> arguments) {
    sandbox::Command command{.program = "/bin/busybox", .arguments = std::move(arguments)};
    command.profile = sandbox::Profile{};
    command.profile->files =
        sandbox::Files{.readable = {"/bin", "/usr", "/lib", "/lib64", "/etc/ld.so.cache",
                                    dir / "given", dir / "absent"},
                       .writable = {dir / "work"}};
    return sandbox::run(command);
}

} // namespace

TEST_CASE("a confined program opens what it was given, and nothing else, root too") {
    const test::TempDir dir;
    for (const char* name : {"given", "work", "other"}) {
        core::make_directories(dir / name);
        core::write_file_durably(dir / (std::string(name) + "/file"), name);
    }
    CHECK(run(dir, {"cat", dir / "given/file"}).out.bytes == "given");
    CHECK(run(dir, {"cat", dir / "work/file"}).out.bytes == "work");
    CHECK_FALSE(run(dir, {"cat", dir / "other/file"}).succeeded());
    CHECK_FALSE(run(dir, {"cat", "/etc/passwd"}).succeeded());
    CHECK_FALSE(run(dir, {"ls", dir / "other"}).succeeded());
    CHECK_FALSE(run(dir, {"cat", "/proc/1/environ"}).succeeded());
    CHECK(run(dir, {"touch", dir / "work/new"}).succeeded());
    CHECK_FALSE(run(dir, {"touch", dir / "given/new"}).succeeded());
    CHECK_FALSE(run(dir, {"rm", dir / "given/file"}).succeeded());
}

TEST_CASE("a link from a given folder does not lead a confined program out of it") {
    const test::TempDir dir;
    for (const char* name : {"given", "work", "other"}) {
        core::make_directories(dir / name);
    }
    core::write_file_durably(dir / "other/file", "other");
    CHECK(run(dir, {"ln", "-s", dir / "other/file", dir / "work/link"}).succeeded());
    CHECK_FALSE(run(dir, {"cat", dir / "work/link"}).succeeded());
    CHECK_FALSE(run(dir, {"ln", dir / "other/file", dir / "work/hard"}).succeeded());
}

TEST_CASE(
    "a program that lies where only root may go is started all the same, as whoever it becomes") {
    if (::geteuid() != 0) {
        return;
    }
    const test::TempDir dir;
    core::make_directories(dir / "home", 0700);
    const auto bytes = core::read_file("/bin/busybox", 16U << 20);
    core::write_file_durably(dir / "home/busybox", bytes, 0755);
    core::write_file_durably(dir / "home/file", "secret", 0644);
    sandbox::Command command{.program = dir / "home/busybox", .arguments = {"id", "-u"}};
    command.profile = sandbox::Profile{};
    command.profile->files = sandbox::Files{.readable = {"/usr"}};
    command.profile->run_as = sandbox::Identity{.uid = 65534, .gid = 65534};
    CHECK(sandbox::run(command).out.bytes == "65534\n");
    command.arguments = {"cat", dir / "home/file"};
    CHECK_FALSE(sandbox::run(command).succeeded());
}
