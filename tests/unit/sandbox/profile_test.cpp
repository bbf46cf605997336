#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "sandbox/run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <filesystem>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace agentd;
using namespace std::chrono_literals;
using sandbox::Command;
using sandbox::Need;
using sandbox::Profile;

namespace {

Command confined(const std::string& script, Profile profile) {
    return {.program = "/bin/bash", // it has /dev/tcp and ulimit
            .arguments = {"-c", script},
            .environment = {{"PATH", "/usr/bin:/bin"}},
            .deadline = 20s,
            .grace = 300ms,
            .profile = std::move(profile)};
}

/// A listener on a loopback port that the kernel chose.
class LoopbackListener {
  public:
    LoopbackListener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(fd_.get(), 4) == 0);
        REQUIRE(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
    }
    std::string connect_script() const {
        return "exec 9<>/dev/tcp/127.0.0.1/" + std::to_string(port_) + " && echo connected";
    }

  private:
    core::Fd fd_;
    int port_ = 0;
};

} // namespace

TEST_CASE("a network namespace has nobody to talk to, not even this machine") {
    const LoopbackListener listener;
    CHECK(sandbox::run(confined(listener.connect_script(), {})).out.bytes == "connected\n");
    const auto outcome =
        sandbox::run(confined(listener.connect_script(), {.network_namespace = Need::required}));
    CHECK_FALSE(outcome.succeeded());
    CHECK(outcome.out.bytes.empty());
}

TEST_CASE("the program, its arguments and its status pass through unchanged") {
    auto command =
        confined("", {.network_namespace = Need::required, .process_namespace = Need::required});
    command.arguments = {"-c", "printf '%s|' \"$@\"; exit 7", "sh", "--uid=0", "--", "a b", ""};
    const auto outcome = sandbox::run(command);
    CHECK(outcome.out.bytes == "--uid=0|--|a b||");
    CHECK(outcome.ending == sandbox::Ending{sandbox::Exited{7}});
}

TEST_CASE("a confined program that is not there is a Failure that names it") {
    auto command = confined("", {});
    command.program = "/nonexistent/program";
    CHECK_THROWS_WITH(sandbox::run(command), Catch::Contains("/nonexistent/program"));
}

TEST_CASE("a missing agentd-confine is a Failure: nothing runs unconfined") {
    CHECK_THROWS_AS(sandbox::run(confined("true", {.confine = "/nonexistent/confine"})),
                    core::Failure);
}

namespace {

/// agentd-confine as nobody, copied to where nobody can start it.
struct AsNobody {
    test::TempDir dir;
    std::string program = dir / "agentd-confine";
    AsNobody() {
        std::filesystem::copy_file(sandbox::confine_program(), program);
        ::chmod(dir.path().c_str(), 0755);
    }
};

} // namespace

TEST_CASE("a required namespace that cannot be had keeps the program from starting") {
    // In a root folder that is not the machine's own nobody may make a namespace of users.
    const AsNobody inner;
    const auto attempt = [&](const std::string& need) {
        return sandbox::run(confined(
            "mount --rbind / /mnt && exec /usr/sbin/chroot --userspec=65534:65534 /mnt " +
                inner.program + " --network=" + need + " --umask=63 -- /bin/echo ran 3>/dev/null",
            {.mount_namespace = Need::required}));
    };
    const auto refused = attempt("required");
    CHECK_FALSE(refused.succeeded());
    CHECK(refused.out.bytes.empty());
    CHECK(attempt("best-effort").out.bytes == "ran\n");
}

TEST_CASE("who is not root has an empty network too, and is still himself") {
    const AsNobody inner;
    auto command = confined("", {.run_as = sandbox::Identity{65534, 65533}});
    command.program = inner.program;
    command.arguments = {"--network=required",
                         "--umask=63",
                         "--no-new-privileges",
                         "--",
                         "/bin/sh",
                         "-c",
                         "id -u; id -g; tail -n +3 /proc/net/dev | cut -d: -f1; "
                         "grep CapEff /proc/self/status; hostname x 2>/dev/null && echo may"};
    const auto outcome = sandbox::run(command);
    CHECK(outcome.out.bytes == "65534\n65533\n    lo\nCapEff:\t0000000000000000\n");
}

TEST_CASE("a namespace of users in which nobody can be himself is done without") {
    const AsNobody inner;
    const auto attempt = [&](const std::string& need) {
        return sandbox::run(confined(
            "mount --bind -o ro /proc /proc && mount -o remount,bind,ro /proc && exec "
            "/usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups " +
                inner.program + " --network=" + need + " --umask=63 -- /usr/bin/id -u 3>/dev/null",
            {.mount_namespace = Need::required}));
    };
    CHECK(attempt("best-effort").out.bytes == "65534\n");
    const auto refused = attempt("required");
    CHECK_FALSE(refused.succeeded());
    CHECK(refused.out.bytes.empty());
}

TEST_CASE("agentd-confine refuses what it does not understand") {
    for (const std::string argument :
         {"--surprise", "--as=many", "--network=maybe", "--hide=relative"}) {
        const auto outcome = sandbox::run({.program = sandbox::confine_program(),
                                           .arguments = {argument, "--", "/bin/echo", "ran"}});
        CHECK(outcome.ending == sandbox::Ending{sandbox::Exited{125}});
        CHECK(outcome.out.bytes.empty());
    }
}

TEST_CASE("the program is another user with no groups and no way back") {
    const auto outcome = sandbox::run(confined("id -u; id -G; grep NoNewPrivs /proc/self/status",
                                               {.run_as = sandbox::Identity{65534, 65533}}));
    CHECK(outcome.out.bytes == "65534\n65533\nNoNewPrivs:\t1\n");
}

TEST_CASE("limits hold") {
    SECTION("address space") {
        const auto outcome = sandbox::run(confined("head -c 400M /dev/zero | tail -c 300M | wc -c",
                                                   {.limits = {.address_space = 128U << 20}}));
        CHECK(outcome.out.bytes != "314572800\n");
    }
    SECTION("processor time") {
        const auto outcome =
            sandbox::run(confined("while :; do :; done", {.limits = {.cpu_seconds = 1}}));
        CHECK(outcome.ending == sandbox::Ending{sandbox::Signalled{SIGKILL}});
    }
    SECTION("size of a file") {
        const test::TempDir dir;
        sandbox::run(
            confined("head -c 1M /dev/zero > " + dir / "big", {.limits = {.file_size = 5000}}));
        CHECK(std::filesystem::file_size(dir / "big") <= 5000);
    }
    SECTION("open files, core files") {
        const auto outcome = sandbox::run(
            confined("ulimit -n; ulimit -c; ulimit -Hc", {.limits = {.open_files = 17}}));
        CHECK(outcome.out.bytes == "17\n0\n0\n");
    }
    SECTION("processes of a user") {
        const auto outcome = sandbox::run(
            confined("for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; echo all started",
                     {.limits = {.processes = 4}, .run_as = sandbox::Identity{64999, 64999}}));
        CHECK(outcome.err.bytes.find("fork") != std::string::npos);
    }
}

TEST_CASE("new files are nobody else's") {
    const test::TempDir dir;
    sandbox::run(confined("touch " + dir / "file", {}));
    struct stat info {};
    REQUIRE(::stat((dir / "file").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("a hidden directory is empty inside and untouched outside") {
    const test::TempDir dir;
    core::write_file_durably(dir / "secret", "s");
    const auto outcome =
        sandbox::run(confined("ls -A " + dir.path() + " | wc -l",
                              {.mount_namespace = Need::required, .hidden = {dir.path()}}));
    CHECK(outcome.out.bytes == "0\n");
    CHECK(core::read_file(dir / "secret") == "s");
    CHECK_THROWS_AS(sandbox::run(confined("true", {.hidden = {dir.path()}})), core::Failure);
}

TEST_CASE("in a process namespace nobody outlives the program, not even who left the group") {
    // The lock is held for exactly as long as the daemonised process lives.
    const test::TempDir dir;
    const std::string script = "setsid flock " + dir / "lock" + " -c 'echo held; sleep 60' >" +
                               dir / "said" + " 2>&1 </dev/null & while [ ! -s " + dir / "said" +
                               " ]; do sleep 0.02; done; ";
    SECTION("when it ends by itself") {
        const auto outcome = sandbox::run(confined(script, {.process_namespace = Need::required}));
        CHECK(outcome.succeeded());
    }
    SECTION("when it is ended") {
        auto command = confined(script + "trap '' TERM; while :; do sleep 0.05; done",
                                {.process_namespace = Need::required});
        command.deadline = 700ms;
        CHECK(sandbox::run(command).ending == sandbox::Ending{sandbox::TimedOut{}});
    }
    CHECK(core::read_file(dir / "said") == "held\n");
    CHECK(sandbox::run({.program = "/usr/bin/flock",
                        .arguments = {"--wait", "5", dir / "lock", "/bin/true"},
                        .deadline = 10s})
              .succeeded());
}

TEST_CASE("SIGTERM reaches a program in a process namespace, and its signal comes back") {
    // Many times, and at once: whoever stands between must not be the first to hear it.
    for (int round = 0; round < 25; ++round) {
        auto command = confined("trap 'echo heard; exit 4' TERM; echo up; while :; do sleep 0.02; "
                                "done",
                                {.process_namespace = Need::required});
        std::stop_source source;
        command.on_line = [&](sandbox::Stream, std::string_view) { source.request_stop(); };
        command.grace = 60s;
        const auto outcome = sandbox::run(command, source.get_token());
        CHECK(outcome.ending == sandbox::Ending{sandbox::Cancelled{}});
        CHECK(outcome.out.bytes == "up\nheard\n");
    }
    const auto killed =
        sandbox::run(confined("kill -USR1 $$", {.process_namespace = Need::required}));
    CHECK(killed.ending == sandbox::Ending{sandbox::Signalled{SIGUSR1}});
}

TEST_CASE("a confined program dies with the one that started it") {
    // A confine that is killed stands for us: its program must go as well.
    const test::TempDir dir;
    const std::string holder = sandbox::confine_program() + " --umask=63 --die-with-parent=$$ -- " +
                               "/usr/bin/flock --no-fork " + dir / "lock" +
                               " /bin/sleep 60 3>/dev/null & ";
    sandbox::run({.program = "/bin/bash",
                  .arguments = {"-c", "set -m; " + holder + "sleep 0.3; kill -9 $$"},
                  .environment = {{"PATH", "/usr/bin:/bin"}},
                  .deadline = 10s});
    CHECK(sandbox::run({.program = "/usr/bin/flock",
                        .arguments = {"--wait", "5", dir / "lock", "/bin/true"},
                        .deadline = 10s})
              .succeeded());
}
