#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "sandbox/run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <thread>
#include <unistd.h>

using namespace agentd;
using namespace std::chrono_literals;
using sandbox::Cap;
using sandbox::Command;
using sandbox::Stream;

namespace {

/// A script for the tests' own convenience; run() itself never sees a shell.
Command shell(const std::string& script) {
    return {.program = "/bin/sh",
            .arguments = {"-c", script},
            .environment = {{"PATH", "/usr/bin:/bin"}},
            .deadline = 20s,
            .grace = 300ms};
}

bool alive_now(const std::string& pid_text) {
    const pid_t pid = std::stoi(pid_text);
    const std::string stat = "/proc/" + std::to_string(pid) + "/stat";
    if (!std::filesystem::exists(stat)) {
        return false;
    }
    const std::string text = core::read_file_if_exists(stat).value_or("");
    return text.find(") Z") == std::string::npos && !text.empty();
}

/// Killed already; on a busy machine it may take a while to be gone.
bool alive(const std::string& pid_text) {
    for (int round = 0; round < 500 && alive_now(pid_text); ++round) {
        std::this_thread::sleep_for(10ms);
    }
    return alive_now(pid_text);
}

} // namespace

TEST_CASE("a program gets its arguments as they are, and its status comes back") {
    const auto outcome =
        sandbox::run({.program = "/usr/bin/printf", .arguments = {"%s|%s", "a b", "$HOME;*"}});
    CHECK(outcome.succeeded());
    CHECK(outcome.out.bytes == "a b|$HOME;*");
    const auto three = sandbox::run(shell("echo wrong >&2; exit 3"));
    CHECK(three.ending == sandbox::Ending{sandbox::Exited{3}});
    CHECK(three.err.bytes == "wrong\n");
    CHECK_FALSE(three.succeeded());
    CHECK(sandbox::describe(three.ending) == "exited with status 3");
}

TEST_CASE("nothing of our environment, directory or stdin is inherited") {
    ::setenv("AGENTD_TEST_SECRET", "hunter2", 1);
    const auto environment = sandbox::run({.program = "/usr/bin/env"});
    CHECK(environment.out.bytes.empty());
    CHECK(sandbox::run({.program = "/bin/pwd"}).out.bytes == "/\n");
    CHECK(sandbox::run({.program = "/bin/cat"}).out.bytes.empty());
}

TEST_CASE("bytes given as stdin arrive whole, however many") {
    const std::string big(3U << 20, 'x');
    const auto outcome =
        sandbox::run({.program = "/usr/bin/wc", .arguments = {"-c"}, .input = big});
    CHECK(outcome.out.bytes == std::to_string(big.size()) + "\n");
}

TEST_CASE("a program that cannot be started is a Failure and nothing runs") {
    CHECK_THROWS_AS(sandbox::run({.program = "/nonexistent/program"}), core::Failure);
    CHECK_THROWS_AS(sandbox::run({.program = "true"}), core::Failure);
    CHECK_THROWS_AS(sandbox::run({.program = "/bin/true", .directory = "/nonexistent"}),
                    core::Failure);
    CHECK_THROWS_AS(sandbox::run({.program = "/bin/true", .arguments = {std::string("a\0b", 3)}}),
                    core::Failure);
}

TEST_CASE("no descriptor of ours leaks into a program") {
    const int leaked = ::open("/dev/null", O_RDONLY); // without O_CLOEXEC, on purpose
    REQUIRE(leaked >= 0);
    const auto plain = sandbox::run(shell("exec ls /proc/self/fd"));
    CHECK(plain.out.bytes == "0\n1\n2\n3\n"); // 3 is ls reading the folder
    auto confined = shell("exec ls /proc/self/fd");
    confined.profile.emplace();
    CHECK(sandbox::run(confined).out.bytes == "0\n1\n2\n3\n");
    ::close(leaked);
}

TEST_CASE("a flood is cut at the cap, drained, and the program ends by itself") {
    auto command = shell("head -c 20000000 /dev/zero; exit 5");
    command.out = {.bytes = 1000, .above = Cap::Above::truncate};
    const auto outcome = sandbox::run(command);
    CHECK(outcome.ending == sandbox::Ending{sandbox::Exited{5}});
    CHECK(outcome.out.bytes.size() == 1000);
    CHECK(outcome.out.truncated);
    CHECK(outcome.out.total == 20'000'000);
}

TEST_CASE("an endless flood is ended at a cap that stops") {
    auto command = shell("exec cat /dev/zero >&2");
    command.err = {.bytes = 4096, .above = Cap::Above::stop};
    const auto outcome = sandbox::run(command);
    CHECK(outcome.ending == sandbox::Ending{sandbox::OutputLimit{Stream::err}});
    CHECK(outcome.err.bytes.size() == 4096);
    CHECK(outcome.wall < 10s);
}

TEST_CASE("output of exactly the cap is not over it") {
    auto command = shell("printf 12345678");
    command.out = {.bytes = 8, .above = Cap::Above::stop};
    const auto outcome = sandbox::run(command);
    CHECK(outcome.succeeded());
    CHECK_FALSE(outcome.out.truncated);
}

TEST_CASE("a deadline ends a program that listens to SIGTERM without waiting for the grace") {
    auto command = shell("exec sleep 60");
    command.deadline = 100ms;
    command.grace = 30s;
    const auto outcome = sandbox::run(command);
    CHECK(outcome.ending == sandbox::Ending{sandbox::TimedOut{}});
    CHECK(outcome.wall < 10s);
}

TEST_CASE("a program that ignores SIGTERM is killed after the grace") {
    auto command = shell("trap '' TERM; echo up; while :; do sleep 0.05; done");
    command.deadline = 300ms;
    command.grace = 200ms;
    const auto outcome = sandbox::run(command);
    CHECK(outcome.ending == sandbox::Ending{sandbox::TimedOut{}});
    CHECK(outcome.wall >= 500ms);
    CHECK(outcome.wall < 10s);
}

TEST_CASE("a stop request ends the program and its whole group") {
    std::stop_source source;
    std::string child;
    auto command = shell("sleep 60 & echo $!; wait");
    command.on_line = [&](Stream, std::string_view line) {
        child = line;
        source.request_stop();
    };
    const auto outcome = sandbox::run(command, source.get_token());
    CHECK(outcome.ending == sandbox::Ending{sandbox::Cancelled{}});
    REQUIRE_FALSE(child.empty());
    CHECK_FALSE(alive(child));
}

TEST_CASE("a stop asked for before the start ends the program at once") {
    std::stop_source source;
    source.request_stop();
    const auto outcome = sandbox::run(shell("exec sleep 60"), source.get_token());
    CHECK(outcome.ending == sandbox::Ending{sandbox::Cancelled{}});
}

TEST_CASE("a background process of the group does not outlive the program") {
    const auto outcome = sandbox::run(shell("sleep 60 >/dev/null 2>&1 & echo $!"));
    CHECK(outcome.succeeded());
    CHECK_FALSE(alive(outcome.out.bytes));
}

TEST_CASE("an orphan outside the group that holds the pipe does not hold up the return") {
    const test::TempDir dir;
    const auto before = std::chrono::steady_clock::now();
    const auto outcome =
        sandbox::run(shell("setsid sh -c 'echo > " + dir / "up" + "; sleep 3' & while [ ! -e " +
                           dir / "up" + " ]; do sleep 0.01; done; echo said"));
    CHECK(outcome.succeeded());
    CHECK(outcome.out.bytes == "said\n");
    CHECK(std::chrono::steady_clock::now() - before <
          2s); // the orphan keeps the pipe open for three
}

TEST_CASE("lines come in order, without LF, long ones in pieces") {
    std::vector<std::size_t> sizes;
    auto command = shell("echo one; head -c 70000 /dev/zero; echo; printf last");
    command.on_line = [&](Stream, std::string_view line) { sizes.push_back(line.size()); };
    sandbox::run(command);
    CHECK(sizes == std::vector<std::size_t>{3, 65536, 4464, 4});
}

TEST_CASE("a callback that throws leaves no process behind") {
    std::string child;
    auto command = shell("echo $$; exec sleep 60");
    command.on_line = [&](Stream, std::string_view line) {
        child = line;
        throw std::runtime_error("enough");
    };
    CHECK_THROWS_AS(sandbox::run(command), std::runtime_error);
    REQUIRE_FALSE(child.empty());
    CHECK_FALSE(alive(child));
}

TEST_CASE("what a program used is measured") {
    const auto outcome = sandbox::run(shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"));
    CHECK(outcome.user_cpu > 0us);
    CHECK(outcome.wall >= outcome.user_cpu / 4);
    CHECK(outcome.max_rss_kib > 100);
}

TEST_CASE("programs run at the same time from several threads") {
    std::atomic<int> good = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&, i] {
                const auto outcome = sandbox::run(shell("echo " + std::to_string(i)));
                good += outcome.out.bytes == std::to_string(i) + "\n" ? 1 : 0;
            });
        }
    }
    CHECK(good == 8);
}

TEST_CASE("a program that is no longer wanted is ended, also while it says nothing") {
    int asked = 0;
    const auto outcome = sandbox::run({.program = "/bin/sleep",
                                       .arguments = {"60"},
                                       .deadline = std::chrono::seconds(50),
                                       .wanted = [&] { return ++asked < 3; }});
    CHECK(outcome.ending == sandbox::Ending{sandbox::Unwanted{}});
    CHECK(asked == 3);
    CHECK(outcome.wall < std::chrono::seconds(20));
    CHECK(sandbox::run({.program = "/bin/true", .wanted = [] { return true; }}).succeeded());
}
