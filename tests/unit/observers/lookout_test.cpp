#include "agentd/observers/lookout.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

using namespace agentd;
using namespace std::chrono_literals;
using observers::Lookout;
using observers::Topic;
namespace fs = std::filesystem;

namespace {

bool tells(Lookout& lookout, Topic topic, std::chrono::milliseconds within = 5s) {
    return lookout.wait(Lookout::Clock::now() + within).test(observers::index_of(topic));
}

bool silent(Lookout& lookout, std::chrono::milliseconds during = 300ms) {
    return lookout.wait(Lookout::Clock::now() + during).none();
}

} // namespace

TEST_CASE("a link that is replaced as a switch replaces it is told") {
    const test::TempDir run;
    fs::create_symlink("/a", run / "current-system");
    Lookout lookout;
    lookout.follow({{.folder = run.path(), .names = {"current-system"}, .topic = Topic::links}});
    CHECK(silent(lookout, 10ms));
    fs::create_symlink("/b", run / "current-system.tmp");
    fs::rename(run / "current-system.tmp", run / "current-system");
    CHECK(tells(lookout, Topic::links));
}

TEST_CASE("what happens before other folders are followed is told all the same") {
    const test::TempDir run;
    const test::TempDir etc;
    const observers::WatchedFolder links{.folder = run.path(), .names = {"current-system"}, .topic = Topic::links};
    Lookout lookout;
    lookout.follow({links});
    fs::create_symlink("/b", run / "current-system"); // nobody waited yet
    lookout.follow({links, {.folder = etc.path(), .topic = Topic::etc}});
    CHECK(tells(lookout, Topic::links));
    CHECK(silent(lookout));
}

TEST_CASE("names that nobody asked for are not told") {
    const test::TempDir run;
    Lookout lookout;
    lookout.follow(
        {{.folder = run.path(), .names = {"current-system", "system*"}, .topic = Topic::links}});
    std::ofstream(run / "other") << "x";
    CHECK(silent(lookout));
    std::ofstream(run / "system-12-link") << "x";
    CHECK(tells(lookout, Topic::links));
}

TEST_CASE("a folder that is not there yet is waited for") {
    const test::TempDir root;
    Lookout lookout;
    const std::vector<observers::WatchedFolder> folders{
        {.folder = root / "refs/heads", .names = {"main"}, .topic = Topic::upstream}};
    lookout.follow(folders);
    fs::create_directories(root / "refs/heads");
    CHECK(tells(lookout, Topic::upstream));
    CHECK(lookout.moved());
    lookout.follow(folders);
    std::ofstream(root / "refs/heads/main") << "x";
    CHECK(tells(lookout, Topic::upstream));
}

TEST_CASE("a folder that goes is told") {
    const test::TempDir root;
    fs::create_directory(root / "etc");
    Lookout lookout;
    lookout.follow({{.folder = root / "etc", .topic = Topic::etc}});
    fs::remove_all(root / "etc");
    CHECK(tells(lookout, Topic::etc));
    CHECK(lookout.moved());
}

TEST_CASE("what is poked is told, and waking tells nothing") {
    Lookout lookout;
    lookout.poke(observers::topics({Topic::head}));
    CHECK(tells(lookout, Topic::head));
    lookout.wake();
    CHECK(lookout.wait(Lookout::Clock::now() + 1h).none());
}

TEST_CASE("a descriptor that is always readable is told a few times a second at most") {
    const int fd = ::eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC); // nobody empties it
    Lookout lookout;
    lookout.listen({{.fd = fd, .events = POLLIN, .topic = Topic::units}});
    const auto end = Lookout::Clock::now() + 1s;
    int told = 0;
    while (Lookout::Clock::now() < end) {
        told += lookout.wait(end).any() ? 1 : 0;
    }
    CHECK(told >= 2);
    CHECK(told <= 4);
    ::close(fd);
}
