// The program itself: what it takes, what it answers, and what it has given up by then.
#include "agentd/probe/connect.hpp"
#include "agentd/probe/disk.hpp"
#include "agentd/probe/program.hpp"
#include "agentd/probe/question.hpp"
#include "agentd/probe/rights.hpp"
#include "agentd/probe/shut_in.hpp"

#include "agentd/core/json.hpp"
#include "sandbox/run.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/probe/speaker.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace agentd;
using namespace agentd::probe;
using namespace std::chrono_literals;

namespace {

core::Json question(const std::string& kind, const std::string& target) {
    return {{"kind", kind}, {"target", target}, {"seconds", 5},
            {"free_mb", 0}, {"free_inodes", 0}, {"user", ""},
            {"key", ""},    {"outside", false}, {"arguments", core::Json::array()}};
}

/// Shut in only where there is root to do it.
core::Json answer_to(const std::string& words, bool whole = ::geteuid() == 0) {
    sandbox::Command command{.program = AGENTD_PROBE, .input = words};
    if (!whole) {
        command.arguments = {"shut-in"};
    }
    const auto outcome = sandbox::run(command);
    INFO(outcome.out.bytes + outcome.err.bytes);
    REQUIRE(outcome.succeeded());
    const auto answer = core::parse_json(outcome.out.bytes);
    REQUIRE(answer);
    return *answer;
}

std::string detail(const core::Json& answer) {
    return answer.at("detail").get<std::string>();
}

/// A shell that finds its programs on any machine.
std::vector<std::string> shell(const std::string& words) {
    return {"-c", "PATH=/usr/bin:/bin:/run/current-system/sw/bin; " + words};
}

/// The status a child ends with after `act`.
template <class Act> int in_a_child(Act act) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(act());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool refused(long result) {
    return result == -1 && errno == EPERM;
}

std::string status_line(const std::string& name) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(name)) {
            return line.substr(name.size());
        }
    }
    return "?";
}

bool runs_anywhere(const std::string& word) {
    for (const auto& each : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(each.path() / "cmdline");
        const std::string words{std::istreambuf_iterator<char>(file), {}};
        if (words.find(word) != words.npos) {
            return true;
        }
    }
    return false;
}

} // namespace

TEST_CASE("the worker answers each kind of question, over its own stdin and stdout") {
    const Speaker speaker("HTTP/1.1 200");
    for (const auto& [kind, target] : {std::pair<std::string, std::string>{"tcp", speaker.at()},
                                       {"http", "http://" + speaker.at() + "/"},
                                       {"dns", "localhost"},
                                       {"disk", "/"},
                                       {"find", "/bin/sh"},
                                       {"command", "/bin/sh"}}) {
        const auto answer = answer_to(core::canonical(question(kind, target)));
        INFO(kind + ": " + answer.dump());
        CHECK(answer.size() == 3);
        CHECK(answer.at("ok") == true);
        CHECK(answer.at("impossible") == false);
    }
    const auto ssh = answer_to(core::canonical(question("ssh", speaker.at())));
    CHECK(ssh.at("ok") == false);
    CHECK(detail(ssh).starts_with("accepts a connection and no key exchange"));
}

TEST_CASE("what is no question is not guessed at") {
    auto more = question("dns", "localhost");
    more["more"] = 1;
    auto long_wait = question("dns", "localhost");
    long_wait["seconds"] = 601;
    for (const std::string& words :
         {std::string(), std::string("{}"), std::string("tcp 127.0.0.1:80 5"),
          core::canonical(more), core::canonical(long_wait),
          core::canonical(question("udp", "127.0.0.1:80")),
          core::canonical(question("dns", "localhost")) + "{}", std::string(2 << 20, ' ')}) {
        const auto answer = answer_to(words);
        CHECK(answer.at("impossible") == true);
        CHECK(detail(answer).starts_with("agentd-probe takes one question as JSON on its stdin: "));
    }
    for (const auto& wrong : {question("tcp", "127.0.0.1"), question("http", "https://a/"),
                              question("ssh", "127.0.0.1:0")}) {
        CHECK(answer_to(core::canonical(wrong)).at("impossible") == true);
    }
}

TEST_CASE("what a question may use is what it needs") {
    const auto profile = [](Kind kind) { return profile_for({.kind = kind}, "/programs"); };
    for (const auto kind :
         {Kind::tcp, Kind::http, Kind::dns, Kind::disk, Kind::ssh, Kind::find, Kind::command}) {
        const auto one = profile(kind);
        CHECK(one.process_namespace == sandbox::Need::required);
        CHECK(one.ipc_namespace == sandbox::Need::required);
        CHECK(one.no_new_privileges);
        const bool root_for_a_moment = kind == Kind::disk || kind == Kind::ssh;
        CHECK(one.run_as.has_value() != root_for_a_moment);
        CHECK((one.network_namespace == sandbox::Need::required) ==
              (kind == Kind::disk || kind == Kind::find));
        const bool own = kind != Kind::command;
        CHECK(one.files.has_value() == own);
        CHECK((one.limits.file_size == 0U) == own);
        CHECK(
            (!own || (one.files->need == sandbox::Need::required && one.files->writable.empty())));
    }
    const Question login{.kind = Kind::ssh, .user = "health", .key = "/etc/agentd/key"};
    CHECK(profile_for(login, "/programs").files->readable.back() == "/etc/agentd/key");
    CHECK_FALSE(profile(Kind::command).hidden.empty());
}

TEST_CASE("who asks has no rights left: no program, no other process, no mount, no odd socket") {
    CHECK(in_a_child([] {
              const bool root = ::geteuid() == 0;
              if (!give_up_rights()) {
                  return 1;
              }
              char* const none[] = {nullptr};
              const pid_t child = ::fork();
              if (child == 0) {
                  ::_exit(0);
              }
              const bool shut = refused(child) && refused(::execve("/bin/true", none, none)) &&
                                refused(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)) &&
                                refused(::unshare(CLONE_NEWUSER)) &&
                                refused(::mount("a", "/tmp", "tmpfs", 0, nullptr)) &&
                                refused(::socket(AF_PACKET, SOCK_RAW, 0)) &&
                                refused(::socket(AF_VSOCK, SOCK_STREAM, 0));
              const bool speaks = ::socket(AF_INET, SOCK_STREAM, 0) >= 0 &&
                                  ::socket(AF_INET6, SOCK_STREAM, 0) >= 0 &&
                                  ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
              const bool nobody = !root || (::getuid() == 65'534 && ::getgid() == 65'534 &&
                                            status_line("Groups:") == "\t ");
              const bool none_left = status_line("CapEff:") == "\t0000000000000000" &&
                                     status_line("CapPrm:") == "\t0000000000000000" &&
                                     status_line("NoNewPrivs:") == "\t1";
              return (shut ? 0 : 2) | (speaks ? 0 : 4) | (nobody ? 0 : 8) | (none_left ? 0 : 16);
          }) == 0);
}

TEST_CASE("who hears an answer opens nothing any more, and goes on hearing") {
    const Speaker speaker("HTTP/1.1 200");
    CHECK(in_a_child([&] {
              const auto connection =
                  connect_to({.address = "127.0.0.1", .port = speaker.port}, Patience(5s));
              if (!connection || !give_up_rights() || !keep_what_is_open()) {
                  return 1;
              }
              const bool shut = refused(::open("/etc/hosts", O_RDONLY | O_CLOEXEC)) &&
                                refused(::socket(AF_INET, SOCK_STREAM, 0)) &&
                                refused(::socket(AF_UNIX, SOCK_STREAM, 0)) &&
                                refused(::connect(connection->get(), nullptr, 0));
              char words[12];
              const bool hears = say(connection->get(), "?") &&
                                 ::recv(connection->get(), words, sizeof words, 0) > 0;
              return (shut ? 0 : 2) | (hears ? 0 : 4);
          }) == 0);
}

TEST_CASE("a disk is well with room for what is asked, below anybody's folder too") {
    const test::TempDir dir;
    const auto room = [&](Room wanted) {
        const auto held = hold(dir.path());
        REQUIRE(held);
        return disk(*held, wanted).verdict;
    };
    CHECK(room({}) == Verdict::well);
    CHECK(room({.mib = std::int64_t{1} << 30}) == Verdict::unwell);
    CHECK(hold(dir / "nothing").problem().code == "cannot");
    core::make_directories(dir / "private", 0700);
    core::write_file_durably(dir / "private/file", "x");
    for (const char* name : {"private", "private/file"}) { // asked by nobody, through root's hold
        CHECK(answer_to(core::canonical(question("disk", dir / name))).at("ok") == true);
    }
}

TEST_CASE("a program is the file in the store, or the path itself where it is in none") {
    const test::TempDir dir;
    core::write_file_durably(dir / "real", "", 0755);
    std::filesystem::create_symlink("real", dir / "link");
    CHECK(find_program(dir / "link").said == std::filesystem::canonical(dir / "real").string());
    CHECK(find_program(dir / "none").verdict == Verdict::cannot);
    CHECK(find_program(dir / "none").said == "there is no such program");
    std::filesystem::create_symlink("loop", dir / "loop");
    CHECK(find_program(dir / "loop").verdict == Verdict::cannot);
}

TEST_CASE("a program that ends with 0 in time is well, and its first line is told") {
    const auto sh = [](const std::string& words, std::chrono::seconds limit = 5s) {
        return run_program("/bin/sh", shell(words), limit);
    };
    CHECK(sh("echo hello; echo more").said == "exited with status 0: hello");
    CHECK(sh("echo out; echo err >&2; exit 3").said == "exited with status 3: err");
    CHECK(sh("exit 64").verdict == Verdict::unwell);
    CHECK(sh("printf '\\033[2J\\377\\n'; exit 1").said ==
          "exited with status 1: \\u{001B}[2J\\xFF");
    CHECK(sh("exec sleep 60", 1s).said == "did not finish in time");
    CHECK(run_program("/bin/none", {}, 5s).verdict == Verdict::cannot);
    CHECK(sh("yes | head -c 1000000").said.size() < 2000);
}

TEST_CASE("nothing that a program started outlives its question, and it sees no home") {
    if (::geteuid() != 0) {
        WARN("only root can shut somebody in: nothing was tried");
        return;
    }
    auto leaves = question("command", "/bin/sh");
    leaves["arguments"] =
        shell("setsid sleep 98765.4321 & setsid -f sleep 98765.4321; id -u; exit 0");
    const auto left = answer_to(core::canonical(leaves));
    CHECK(detail(left) == "exited with status 0: 65534");
    CHECK_FALSE(runs_anywhere("98765.4321"));
    auto hangs = leaves;
    hangs["seconds"] = 1;
    hangs["arguments"] = shell("trap '' TERM; setsid -f sleep 98765.4321; sleep 98765.4321");
    CHECK(detail(answer_to(core::canonical(hangs))) == "did not finish in time");
    CHECK_FALSE(runs_anywhere("98765.4321"));
    auto looks = question("command", "/bin/sh");
    looks["arguments"] =
        shell("ls /root | grep -q . && exit 1; test -r /etc/shadow && exit 2; exit 0");
    CHECK(detail(answer_to(core::canonical(looks))) == "exited with status 0");
}

TEST_CASE("a file system that answers nobody holds its question up, and not whoever asked") {
    const test::TempDir dir;
    const int ended = in_a_child([&] {
        const core::Fd fuse(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
        const std::string options =
            "fd=" + std::to_string(fuse.get()) + ",rootmode=40000,user_id=0,group_id=0,allow_other";
        if (!fuse || ::unshare(CLONE_NEWNS) != 0 ||
            ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("silent", dir.path().c_str(), "fuse", 0, options.c_str()) != 0) {
            return 77;
        }
        for (const std::string& target : {dir.path(), dir / "program"}) {
            const auto kind = target == dir.path() ? "disk" : "find";
            const auto outcome = sandbox::run({.program = AGENTD_PROBE,
                                               .input = core::canonical(question(kind, target)),
                                               .deadline = 300ms});
            if (!std::holds_alternative<sandbox::TimedOut>(outcome.ending) || outcome.wall > 4s) {
                return 1;
            }
        }
        return 0;
    });
    if (ended == 77) {
        WARN("no such file system can be had here: nothing was tried");
        return;
    }
    CHECK(ended == 0);
}
