// What root's helper believes of agentd-probe, and that the two understand each other.
#include "agentd/applyd/health_checks.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "sandbox/run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <unistd.h>

using namespace agentd;
using applyd::Asked;
using applyd::read_answer;

namespace {

/// A real end of a real program.
sandbox::Outcome shell(const std::string& words,
                       std::chrono::milliseconds deadline = std::chrono::seconds(10)) {
    return sandbox::run({.program = "/bin/sh",
                         .arguments = {"-c", words},
                         .environment = {{"PATH", "/usr/bin:/bin:/run/current-system/sw/bin"}},
                         .deadline = deadline,
                         .out = {.bytes = 4096, .above = sandbox::Cap::Above::stop},
                         .err = {.bytes = 4096}});
}
Asked said(const std::string& bytes) {
    return read_answer({.ending = sandbox::Exited{0}, .out = {.bytes = bytes}});
}

const HealthCheck page{
    .name = "page", .kind = HealthKind::tcp, .target = "127.0.0.1:1", .retries = 0};

/// Everything of a judge but the worker: that is a shell script.
struct Judge {
    explicit Judge(const std::string& script, bool required = true) {
        core::write_file_durably(dir / "probe", "#!/bin/sh\nPATH=/usr/bin:/bin\n" + script + "\n",
                                 0755);
        config.health = {page};
        config.health.front().required = required;
    }
    test::TempDir dir{};
    Config config{.host = *core::HostName::parse("web")};
    machine::Machine machine{machine::MachineOptions{}};
    applyd::Checks checks{config, machine, dir / "probe"};
};

} // namespace

TEST_CASE("an answer is three fields and nothing else") {
    const Asked good = said(R"({"ok":true,"impossible":false,"detail":"is 192.0.2.7"})"
                            "\n");
    CHECK(good.ok);
    CHECK_FALSE(good.impossible);
    CHECK(good.detail == "is 192.0.2.7");
    for (const char* wrong :
         {R"()", R"({})", R"([])", R"(true)", R"({"ok":true,"impossible":false})",
          R"({"ok":1,"impossible":false,"detail":""})",
          R"({"ok":true,"impossible":false,"detail":null})",
          R"({"ok":true,"impossible":true,"detail":""})",
          R"({"ok":true,"impossible":false,"detail":"","more":1})",
          R"({"ok":false,"ok":true,"impossible":false,"detail":""})",
          R"({"ok":true,"impossible":false,"detail":{"a":[]}})",
          R"({"ok":true,"impossible":false,"detail":""}{"ok":true})", "\xff\xfe",
          "HTTP/1.1 200 OK"}) {
        INFO(wrong);
        const Asked asked = said(wrong);
        CHECK_FALSE(asked.ok);
        CHECK(asked.impossible);
        CHECK(asked.detail.starts_with("agentd-probe answered nonsense: "));
    }
    CHECK_FALSE(said(std::string(5000, ' ') + R"({"ok":true,"impossible":false,"detail":""})").ok);
}

TEST_CASE("a detail is text for people, however it was meant") {
    CHECK(said(R"({"ok":true,"impossible":false,"detail":"a\u001b[2J\u202eb\nc"})").detail ==
          "a\\u{001B}[2J\\u{202E}b");
    CHECK(said("{\"ok\":true,\"impossible\":false,\"detail\":\"\xff\"}").impossible);
}

TEST_CASE("a worker that is killed, fails, floods or says nothing carried nothing out") {
    for (const auto& [words, told] :
         {std::pair<const char*, const char*>{"kill -9 $$",
                                              "killed by signal 9 and gave no answer"},
          {"echo cannot load it >&2; exit 127",
           "exited with status 127 and gave no answer: cannot load it"},
          {R"(echo '{"ok":true,"impossible":false,"detail":""}'; kill -11 $$)",
           "killed by signal 11"},
          {R"(echo '{"ok":true,"impossible":false,"detail":""}'; exit 1)", "exited with status 1"},
          {"yes", "gave no answer"},
          {"exit 0", "answered nonsense: "}}) {
        INFO(words);
        const Asked asked = read_answer(shell(words));
        CHECK_FALSE(asked.ok);
        CHECK(asked.impossible);
        CHECK(asked.detail.starts_with("agentd-probe "));
        CHECK(asked.detail.find(told) != std::string::npos);
    }
}

TEST_CASE("the end of its time is about what was asked, not about the worker") {
    const Asked asked = read_answer(shell("exec sleep 100", std::chrono::milliseconds(20)));
    CHECK_FALSE(asked.ok);
    CHECK_FALSE(asked.impossible);
    CHECK(asked.detail == "did not finish in time");
}

TEST_CASE("with a worker that is broken before a change nothing is changed") {
    for (const char* script : {"kill -9 $$", "echo garbage", "exec cat /dev/zero"}) {
        INFO(script);
        CHECK_THROWS_WITH(Judge(script).checks.before({}),
                          Catch::Contains("the health check `page` cannot be carried out") &&
                              Catch::Contains("127.0.0.1:1: agentd-probe "));
    }
    Judge nowhere("exit 0");
    ::unlink((nowhere.dir / "probe").c_str());
    CHECK_THROWS_AS(nowhere.checks.before({}), core::Failure);
}

TEST_CASE("a worker that breaks after a change is a failed check, and one that nobody requires is "
          "only told") {
    Judge judge("echo '{\"ok\":true,\"impossible\":false,\"detail\":\"accepts a connection\"}'");
    const auto before = judge.checks.before({});
    CHECK_FALSE(before.at("page").failing);
    core::write_file_durably(judge.dir / "probe", "#!/bin/sh\nkill -9 $$\n", 0755);
    const auto results =
        judge.checks.after(before, std::chrono::steady_clock::now() - std::chrono::hours(1), {});
    REQUIRE(results.size() == 1);
    CHECK_FALSE(applyd::all_well(results));
    CHECK(results[0].detail ==
          "127.0.0.1:1: agentd-probe was killed by signal 9 and gave no answer");

    Judge told("kill -9 $$", false);
    CHECK(told.checks.before({}).at("page").failing);
}

TEST_CASE("what the helper asks is what the worker understands, of every kind") {
    if (::geteuid() != 0) {
        WARN("only root can shut a worker in: nothing was tried");
        return;
    }
    const Config config{.host = *core::HostName::parse("web")};
    machine::Machine machine{machine::MachineOptions{}};
    applyd::Asker asker(config, machine, AGENTD_PROBE);
    const auto ask = [&](HealthCheck check) { return asker.ask_first(check, {}).asked; };
    const auto tcp = ask(page);
    CHECK(tcp.detail == "127.0.0.1:1: Connection refused");
    CHECK_FALSE(tcp.impossible);
    CHECK(ask({.kind = HealthKind::http, .target = "http://127.0.0.1:1/"}).detail ==
          "http://127.0.0.1:1/: Connection refused");
    CHECK(ask({.kind = HealthKind::dns, .target = "localhost"}).ok);
    CHECK(ask({.kind = HealthKind::disk, .target = "/root", .free_mb = 0, .free_inodes = 0}).ok);
    CHECK(ask({.kind = HealthKind::disk, .target = "/none"}).impossible);
    const auto ssh = ask({.kind = HealthKind::ssh, .target = "127.0.0.1:1"});
    CHECK_FALSE(ssh.ok);
    CHECK(ssh.detail.find("Connection refused") != std::string::npos);
    const auto key = ask({.kind = HealthKind::ssh,
                          .target = "127.0.0.1:1",
                          .ssh_user = "health",
                          .ssh_key = "/none"});
    CHECK(key.impossible);
    CHECK(key.detail.find("/none: No such file or directory") != std::string::npos);
    CHECK(ask({.kind = HealthKind::command, .target = "/bin/sh", .arguments = {"-c", "echo hello"}})
              .detail == "/bin/sh: exited with status 0: hello");
    const auto none = ask({.kind = HealthKind::command, .target = "/bin/none"});
    CHECK(none.impossible);
    CHECK(none.detail == "/bin/none: there is no such program");
}
