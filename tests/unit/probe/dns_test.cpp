// What hostile servers of names make of a question: the resolver is the machine's own (glibc's), so
// each is tried in a process and a network of its own.
#include "agentd/probe/names.hpp"

#include "agentd/core/fd.hpp"
#include "sandbox/run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstring>
#include <functional>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace agentd;

namespace {

using Server = std::function<std::string(const std::string& question)>;
using Asker = std::string (*)();

std::string this_process() {
    const auto answer = probe::dns("host.example");
    return (answer.verdict == probe::Verdict::well ? "well " : "unwell ") + answer.said;
}

std::string worker() {
    return sandbox::run({.program = AGENTD_PROBE,
                         .input = R"({"kind":"dns","target":"host.example","seconds":5,)"
                                  R"("arguments":[],"free_mb":0,"free_inodes":0,"user":"",)"
                                  R"("key":"","outside":false})"})
        .out.bytes;
}

std::string bytes(std::initializer_list<int> list) {
    return {list.begin(), list.end()};
}

/// The question's own id and words, marked as an answer with so many records.
std::string answering(const std::string& question, int records) {
    std::string out = question.substr(0, question.find('\0', 12) + 5);
    out[2] = '\x81';
    out[3] = '\x80';
    out[6] = static_cast<char>(records >> 8);
    out[7] = static_cast<char>(records);
    out.replace(8, 4, bytes({0, 0, 0, 0}));
    return out;
}

const std::string record = bytes({0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7});

std::string good(const std::string& question) {
    const bool asks_for_ipv4 = question[question.find('\0', 12) + 2] == 1;
    return asks_for_ipv4 ? answering(question, 1) + bytes({0xc0, 12}) + record
                         : answering(question, 0);
}

bool own_network(const std::string& folder) {
    if (::unshare(CLONE_NEWNET | CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        return false;
    }
    core::write_file_durably(folder + "/resolv.conf",
                             "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n", 0644);
    core::write_file_durably(folder + "/nsswitch.conf", "hosts: dns\n", 0644);
    for (const std::string name : {"resolv.conf", "nsswitch.conf"}) {
        if (::mount((folder + "/" + name).c_str(), ("/etc/" + name).c_str(), nullptr, MS_BIND,
                    nullptr) != 0) {
            return false;
        }
    }
    const core::Fd any(::socket(AF_INET, SOCK_DGRAM, 0));
    ifreq loopback{};
    std::strcpy(loopback.ifr_name, "lo");
    loopback.ifr_flags = IFF_UP;
    return ::ioctl(any.get(), SIOCSIFFLAGS, &loopback) == 0;
}

[[noreturn]] void serve(int fd, const Server& server) {
    for (;;) {
        char question[2048];
        sockaddr_in from{};
        socklen_t size = sizeof from;
        const auto got =
            ::recvfrom(fd, question, sizeof question, 0, reinterpret_cast<sockaddr*>(&from), &size);
        const std::string answer = server({question, static_cast<std::size_t>(got)});
        ::sendto(fd, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
}

/// In a child: a server, and one question to it. What it wrote: `well is 192.0.2.7`.
[[noreturn]] void ask_and_tell(const std::string& folder, const Server& server, Asker ask,
                               int out) {
    if (!own_network(folder)) {
        ::_exit(77);
    }
    const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(53);
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        ::_exit(77);
    }
    std::thread([&] { serve(fd, server); }).detach();
    core::write_all(out, ask(), "pipe");
    ::_exit(0);
}

/// "" where this machine gives nobody a network of his own.
std::string asked(const Server& server, Asker ask = this_process) {
    const test::TempDir folder;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const core::Fd in(ends[0]);
    core::Fd out(ends[1]);
    const pid_t child = ::fork();
    if (child == 0) {
        ask_and_tell(folder.path(), server, ask, out.get());
    }
    out.reset();
    char words[512];
    const auto got = ::read(in.get(), words, sizeof words);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        return "";
    }
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 0);
    return {words, static_cast<std::size_t>(got)};
}

} // namespace

TEST_CASE("no answer of a hostile server of names is taken for one, and none harms whoever asks") {
    const std::string well = asked(good);
    if (well.empty()) {
        WARN("no network of its own can be had here: nothing was tried");
        return;
    }
    CHECK(well == "well is 192.0.2.7");
    CHECK(asked(good, worker) == R"({"detail":"is 192.0.2.7","impossible":false,"ok":true})"
                                 "\n");
    const std::pair<const char*, Server> servers[] = {
        {"another id",
         [](auto& q) {
             auto a = good(q);
             a[0] = static_cast<char>(a[0] ^ 1);
             return a;
         }},
        {"a name that points to itself",
         [](auto& q) {
             const auto a = answering(q, 1);
             const int here = static_cast<int>(a.size());
             return a + bytes({0xc0 | here >> 8, here & 255}) + record;
         }},
        {"two names that point to each other",
         [](auto& q) {
             const auto a = answering(q, 1);
             const int here = static_cast<int>(a.size());
             return a + bytes({0xc0, here + 2, 0xc0, here}) + record;
         }},
        {"half a header", [](auto& q) { return q.substr(0, 6); }},
        {"a record that ends too early", [](auto& q) { return good(q).substr(0, q.size() + 9); }},
        {"an address that is longer than the packet",
         [](auto& q) {
             auto a = answering(q, 1) + bytes({0xc0, 12}) + record;
             a[a.size() - 6] = '\x7f';
             return a;
         }},
        {"more was there, and nobody listens where it is",
         [](auto& q) {
             auto a = answering(q, 0);
             a[2] = static_cast<char>(a[2] | 2);
             return a;
         }},
        {"65,535 records of nothing",
         [](auto& q) { return answering(q, 65'535) + std::string(60'000, '\0'); }}};
    for (const auto& [name, server] : servers) {
        INFO(name);
        CHECK(asked(server).starts_with("unwell "));
    }
}
