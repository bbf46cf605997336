// The real agentd-auditd over its real socket.
#include "agentd/core/failure.hpp"
#include "audit/client.hpp"
#include "audit/verify.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/audit/log_fixture.hpp"

#include <atomic>
#include <csignal>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace agentd;
using namespace agentd::audit;

namespace {

/// A process of ours; killed when it goes.
class Process {
  public:
    explicit Process(std::vector<std::string> argv) {
        std::vector<char*> raw;
        for (auto& word : argv) {
            raw.push_back(word.data());
        }
        raw.push_back(nullptr);
        REQUIRE(::posix_spawn(&pid_, raw[0], nullptr, nullptr, raw.data(), ::environ) == 0);
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process() { end(SIGKILL); }

    /// Exit status, or 128 + signal.
    int end(int signal) {
        if (pid_ > 0 && signal != 0) {
            ::kill(pid_, signal);
        }
        int status = 0;
        if (pid_ > 0) {
            ::waitpid(std::exchange(pid_, 0), &status, 0);
        }
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

  private:
    pid_t pid_ = 0;
};

struct Daemon {
    test::FixedClock clock{};
    test::TempDir temp{};
    std::string directory = temp / "log";
    std::string socket = temp / "append.sock";

    std::vector<std::string> command(std::vector<std::string> more = {}) const {
        std::vector<std::string> argv = {AGENTD_AUDITD, "--directory", directory, "--socket",
                                         socket,        "--host",      "testhost"};
        argv.insert(argv.end(), more.begin(), more.end());
        return argv;
    }
    /// A client of a daemon that answers.
    Client client() const {
        for (int tries = 0; tries < 1000; ++tries) {
            try {
                Client made(socket);
                (void)made.head();
                return made;
            } catch (const core::Failure&) {
                ::usleep(10'000);
            }
        }
        FAIL("agentd-auditd does not answer");
        return Client(socket);
    }
    std::vector<Draft> drafts(std::size_t count) const {
        std::vector<Draft> out;
        for (std::size_t i = 0; i < count; ++i) {
            out.push_back(test::some_draft(clock, static_cast<std::int64_t>(i)));
        }
        return out;
    }
};

std::size_t count_of(std::string_view text, std::string_view word) {
    std::size_t count = 0;
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
        ++count;
    }
    return count;
}

} // namespace

TEST_CASE("what was appended over the socket is read, followed and verified") {
    const Daemon daemon;
    Process process(daemon.command());
    Client client = daemon.client();
    const auto drafts = daemon.drafts(5);
    const auto done = client.append(drafts);
    REQUIRE(done);
    CHECK(done->first == 1);
    CHECK(done->size == 6);
    CHECK(client.append(drafts)->first == 1);
    const auto page = client.read(0, 100);
    REQUIRE(page);
    REQUIRE(page->lines.size() == 6);
    CHECK(parse_line(page->lines[1])->draft.id == drafts[0].id);
    CHECK(parse_line(page->lines[1])->draft.actor.uid == ::geteuid());
    const auto head = client.head();
    CHECK(head->size == 6);
    CHECK(head->root == done->root);

    std::atomic<std::uint64_t> seen = 0;
    std::jthread follower([&](const std::stop_token& stop) {
        (void)Client(daemon.socket)
            .follow(
                3, [&](std::uint64_t number, std::string_view) { return (seen = number) < 9; },
                stop);
    });
    REQUIRE(client.append(daemon.drafts(2)));
    REQUIRE(client.append(daemon.drafts(2)));
    follower.join();
    CHECK(seen == 9);
    CHECK(process.end(SIGTERM) == 0);
    const auto report = verify_directory(daemon.directory, {.strict = true});
    CHECK(report.ok());
    CHECK(report.size == 10);
    CHECK(report.vkey == head->vkey);
}

TEST_CASE("what a peer may not write is refused by name, and the next request is answered") {
    const Daemon daemon;
    Process process(daemon.command());
    Client client = daemon.client();
    auto draft = daemon.drafts(1)[0];
    const auto code = [&](const std::string& type) {
        draft.type = type;
        return client.append({&draft, 1}).problem().code;
    };
    CHECK(code("log.opened") == "denied");
    CHECK(code("audit.tail_discarded") == "denied");
    CHECK(code("made.up") == "unknown_type");
    CHECK(client.append({}).problem().code == "usage");
    core::LineChannel raw = core::connect_to(daemon.socket);
    for (const std::string request :
         {"rubbish", "[]", "{\"op\":\"drop\"}", "{\"op\":\"head\",\"x\":1}",
          "{\"op\":\"read\",\"from\":-1,\"limit\":1}"}) {
        REQUIRE(raw.write_line(request));
        const auto answer = raw.read_line(std::chrono::seconds(10));
        REQUIRE(answer.line.find("\"code\":\"usage\"") != std::string::npos);
    }
    CHECK(client.head()->size == 1);
}

TEST_CASE("a uid that is not named is refused, and a writer's cannot write for the apply helper") {
    if (::geteuid() != 0) {
        WARN("needs root: not tried");
        return;
    }
    const Daemon daemon;
    REQUIRE(::chmod(daemon.temp.path().c_str(), 0755) == 0);
    Process process(daemon.command({"--writer-uid", "4711"}));
    Client client = daemon.client();
    REQUIRE(::chmod(daemon.socket.c_str(), 0666) == 0);
    const auto as = [&](uid_t uid, const std::string& type) {
        const pid_t child = ::fork();
        if (child == 0) {
            int status = 9;
            try {
                auto draft = daemon.drafts(1)[0];
                draft.type = type;
                draft.actor.uid = 0;
                const bool changed = ::setuid(uid) == 0;
                Client other(daemon.socket);
                const auto done = other.append({&draft, 1});
                status = !changed ? 8 : done ? 0 : done.problem().code == "denied" ? 1 : 2;
            } catch (const std::exception&) {
            }
            ::_exit(status);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WEXITSTATUS(status);
    };
    CHECK(as(4712, "observation.opened") == 1);
    CHECK(as(4711, "apply.outcome") == 1);
    CHECK(as(4711, "observation.opened") == 0);
    CHECK(parse_line(client.read(1, 1)->lines[0])->draft.actor.uid == 4711);
}

TEST_CASE("a second daemon on the same directory is refused") {
    Daemon daemon;
    Process process(daemon.command());
    Client client = daemon.client();
    Daemon second;
    second.directory = daemon.directory;
    CHECK(Process(second.command()).end(0) == 75);
    CHECK(client.head()->size == 1);
}

TEST_CASE("a daemon killed under load has lost nothing that it acknowledged") {
    const Daemon daemon;
    std::atomic<std::uint64_t> acknowledged = 0;
    for (int round = 0; round < 3; ++round) {
        Process process(daemon.command());
        (void)daemon.client();
        const std::uint64_t goal = acknowledged + 100;
        std::vector<std::jthread> callers;
        for (int i = 0; i < 4; ++i) {
            callers.emplace_back([&] {
                try {
                    Client client(daemon.socket);
                    while (client.append(daemon.drafts(1))) {
                        ++acknowledged;
                    }
                } catch (const core::Failure&) { // killed, as it should be
                }
            });
        }
        while (acknowledged < goal) {
            ::usleep(1000);
        }
        CHECK(process.end(SIGKILL) == 128 + SIGKILL);
        callers.clear();
    }
    Process process(daemon.command());
    CHECK(daemon.client().head()->size >= acknowledged + 1);
    CHECK(process.end(SIGTERM) == 0);
    CHECK(verify_directory(daemon.directory, {.strict = true}).ok());
}

TEST_CASE("one group costs one fdatasync, and callers who wait together share it") {
    if (::access("/usr/bin/strace", X_OK) != 0) {
        WARN("no strace: not counted");
        return;
    }
    const Daemon daemon;
    const std::string trace = daemon.temp / "trace";
    auto command = daemon.command();
    const std::vector<std::string> strace = {
        "/usr/bin/strace", "-f", "-D", "-qq", "-e", "trace=fdatasync,fsync,pwrite64", "-o", trace};
    command.insert(command.begin(), strace.begin(), strace.end());
    Process process(command);
    Client client = daemon.client();
    const auto before = core::read_file(trace);
    for (int i = 0; i < 20; ++i) {
        REQUIRE(client.append(daemon.drafts(10)));
    }
    std::string after = core::read_file(trace).substr(before.size());
    CHECK(count_of(after, "fdatasync(") == 20);
    CHECK(count_of(after, " fsync(") == 0);
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 8; ++i) {
            callers.emplace_back([&] {
                Client other(daemon.socket);
                for (int n = 0; n < 25; ++n) {
                    (void)other.append(daemon.drafts(1));
                }
            });
        }
    }
    const auto shared =
        count_of(core::read_file(trace).substr(before.size() + after.size()), "fdatasync(");
    CHECK(shared < 200);
    CHECK(client.head()->size == 1 + 200 + 200);
    process.end(SIGTERM);
}

TEST_CASE("more connections than there is room for are told so") {
    const Daemon daemon;
    Process process(daemon.command());
    { Client first = daemon.client(); }
    std::vector<core::LineChannel> held;
    std::size_t busy = 0;
    for (int i = 0; i < 70; ++i) {
        held.push_back(core::connect_to(daemon.socket));
        // Whoever is refused may be hung up on before he has asked: he is told all the same.
        (void)held.back().write_line("{\"op\":\"head\"}");
        busy +=
            held.back().read_line(std::chrono::seconds(10)).line.find("busy") != std::string::npos;
    }
    CHECK(busy >= 5);
    held.clear();
    CHECK(daemon.client().head()->size == 1);
    CHECK(process.end(SIGTERM) == 0);
}

TEST_CASE("after the disk said EIO the daemon writes nothing more, ends, and a new one recovers") {
    if (::access("/usr/bin/strace", X_OK) != 0) {
        WARN("no strace: not tried");
        return;
    }
    const Daemon daemon;
    auto command = daemon.command();
    const std::vector<std::string> strace = {"/usr/bin/strace",
                                             "-f",
                                             "-D",
                                             "-qq",
                                             "-e",
                                             "trace=fdatasync",
                                             "-e",
                                             "inject=fdatasync:error=EIO:when=5",
                                             "-o",
                                             daemon.temp / "trace"};
    command.insert(command.begin(), strace.begin(), strace.end());
    Process process(command);
    Client client = daemon.client();
    std::uint64_t acknowledged = 0;
    std::string code;
    for (int i = 0; i < 50 && code.empty(); ++i) {
        try {
            const auto done = client.append(daemon.drafts(1));
            code = done ? "" : done.problem().code;
            acknowledged = done ? done->size : acknowledged;
        } catch (const core::Failure&) {
            code = "gone";
        }
    }
    CHECK((code == "unavailable" || code == "gone"));
    CHECK(acknowledged == 5); // log.opened, and four by the thread whose fifth sync failed
    CHECK(process.end(0) == 1);
    Process again(daemon.command());
    CHECK(daemon.client().head()->size >= acknowledged);
    CHECK(again.end(SIGTERM) == 0);
    CHECK(verify_directory(daemon.directory, {.strict = true}).ok());
}
