#include "agentd/core/failure.hpp"
#include "evaluator/evaluation.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>

using namespace agentd;
using namespace std::chrono_literals;
using evaluator::Evaluated;
using evaluator::EvaluationCancelled;
using evaluator::EvaluationRefused;
using test::NixFixture;

namespace {

NixFixture& fixture() {
    static NixFixture made;
    return made;
}

EvaluationRefused refused(const evaluator::FlakeSource& source, const evaluator::Nix& nix,
                          const std::string& host = "web") {
    auto outcome = evaluator::evaluate(nix, source, NixFixture::host(host));
    REQUIRE(std::holds_alternative<EvaluationRefused>(outcome));
    return std::get<EvaluationRefused>(outcome);
}
EvaluationRefused refused_module(const std::string& module) {
    return refused(fixture().with_module(module), fixture().nix());
}

Evaluated evaluated(const evaluator::FlakeSource& source) {
    auto outcome = evaluator::evaluate(fixture().nix(), source, NixFixture::host());
    if (const auto* no = std::get_if<EvaluationRefused>(&outcome)) {
        INFO(no->log);
        FAIL(no->problem.message);
    }
    REQUIRE(std::holds_alternative<Evaluated>(outcome));
    return std::get<Evaluated>(outcome);
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Minutes of work for the regular expressions of C++, in 60 characters.
const std::string endless = "{ networking.hostName = toString (builtins.match \"((a*)*)*b\" "
                            "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"); }";

/// A listener on loopback that says whether anybody came.
class Bait {
  public:
    Bait() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(fd_.get(), 4) == 0);
        REQUIRE(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/x";
    }
    const std::string& url() const { return url_; }
    bool touched() const {
        pollfd waiting{fd_.get(), POLLIN, 0};
        return ::poll(&waiting, 1, 0) > 0;
    }

  private:
    core::Fd fd_;
    std::string url_;
};

} // namespace

TEST_CASE("a host of the demo evaluates to a derivation, its output and a few facts") {
    const auto result = evaluated(fixture().head());
    CHECK(result.drv.is_derivation());
    CHECK_FALSE(result.toplevel.is_derivation());
    CHECK(result.system == "x86_64-linux");
    CHECK(result.host_name == "web");
    CHECK_FALSE(result.state_version.empty());
    CHECK(holds(result.facts_json, "\"firewall\":true"));
    CHECK(result.nix_time > 0ms);
    CHECK(result.warnings.empty());
}

TEST_CASE("the same commit gives the same derivation, another commit another") {
    const auto source = fixture().head();
    CHECK(evaluated(source).drv == evaluated(source).drv);
    const auto changed =
        fixture().with_module("{ networking.firewall.allowedTCPPorts = [ 8080 ]; }");
    CHECK(evaluated(changed).drv != evaluated(source).drv);
}

TEST_CASE("the hosts of a flake are listed without evaluating one") {
    const auto hosts = evaluator::list_hosts(fixture().nix(), fixture().head());
    REQUIRE(hosts);
    CHECK(*hosts == std::vector<std::string>{"db", "web"});
}

TEST_CASE("a syntax error names its file, line and column in the repository") {
    const auto no = refused_module("{ ... }: {\n  a = ;\n}\n");
    CHECK(no.problem.code == "evaluation_failed");
    CHECK(no.problem.where == "hosts/web/agentd.nix:2:7");
    CHECK(holds(no.problem.message, "syntax error"));
    CHECK_FALSE(no.problem.hint.empty());
    CHECK_FALSE(holds(no.problem.message, "\x1b"));
    CHECK(no.nix_time > 0ms);
}

TEST_CASE("a value of the wrong type names the option and the file") {
    const auto no = refused_module("{ networking.firewall.allowedTCPPorts = [ \"http\" ]; }");
    CHECK(no.problem.code == "evaluation_failed");
    CHECK(holds(no.problem.message, "networking.firewall.allowedTCPPorts"));
    CHECK(no.problem.where == "hosts/web/agentd.nix");
    CHECK_FALSE(holds(no.problem.message, "/nix/store/"));
}

TEST_CASE("an option that does not exist is named") {
    const auto no = refused_module("{ services.ngnix.enable = true; }");
    CHECK(no.problem.code == "evaluation_failed");
    CHECK(holds(no.problem.message, "services.ngnix"));
    CHECK(holds(no.problem.hint, "options"));
}

TEST_CASE("an undefined variable is named with its place") {
    CHECK(refused_module("{ networking.nameservers = nope; }").problem.where ==
          "hosts/web/agentd.nix:1:28");
}

TEST_CASE("failed assertions are listed one by one") {
    const auto no = refused_module(
        "{ assertions = [ { assertion = false; message = \"first rule\"; } { assertion = true; "
        "message = \"fine\"; } { assertion = false; message = \"second\\nrule\"; } ]; }");
    CHECK(no.problem.code == "assertion_failed");
    CHECK(no.failed_assertions == std::vector<std::string>{"first rule", "second rule"});
}

TEST_CASE("warnings come with the result, one each, without prefix") {
    const auto result =
        evaluated(fixture().with_module("{ warnings = [ \"careful now\" \"two\\nlines\" ]; }"));
    CHECK(result.warnings == std::vector<std::string>{"careful now", "two\nlines"});
}

TEST_CASE("an unknown host is refused with those there are, nearest first") {
    const auto no = refused(fixture().head(), fixture().nix(), "wep");
    CHECK(no.problem.code == "unknown_host");
    CHECK(no.hosts == std::vector<std::string>{"web", "db"});
    CHECK(holds(no.problem.hint, "web"));
}

TEST_CASE("a repository without flake.nix, and one without hosts, say so") {
    CHECK(refused(fixture().commit({{"flake.nix", ""}}), fixture().nix()).problem.code ==
          "no_flake");
    const auto none =
        refused(fixture().commit({{"flake.nix", "{ outputs = { self }: { }; }"}}), fixture().nix());
    CHECK(none.problem.code == "unknown_host");
    CHECK(none.hosts.empty());
}

TEST_CASE("a commit the repository does not have is a Failure, not a refusal") {
    auto source = fixture().head();
    source.commit = core::Commit::parse("0123456789012345678901234567890123456789").value();
    CHECK_THROWS_AS(evaluator::evaluate(fixture().nix(), source, NixFixture::host()),
                    core::Failure);
}

TEST_CASE("an input that is not locked is refused before anything is fetched") {
    const Bait bait;
    const auto no =
        refused(fixture().commit({{"flake.nix", "{ inputs.x.url = \"" + bait.url() +
                                                    ".tar.gz\"; outputs = { self, x }: { }; }"}}),
                fixture().nix());
    CHECK(no.problem.code == "unlocked_input");
    CHECK_FALSE(bait.touched());
}

TEST_CASE("infinite recursion is an error with a place, runaway recursion an error in time") {
    const auto loop = refused_module("{ networking.hostName = let x = x; in x; }");
    CHECK(loop.problem.code == "evaluation_failed");
    CHECK(holds(loop.problem.where, "hosts/web/agentd.nix:1:"));
    const auto deep =
        refused_module("{ networking.hostName = let f = x: 1 + f (x + 1); in toString (f 1); }");
    CHECK((deep.problem.code == "evaluation_failed" || deep.problem.code == "evaluation_limit"));
}

TEST_CASE("an endless loop is ended at the deadline") {
    auto settings = fixture().settings();
    settings.evaluation_deadline = 1s;
    const auto no = refused(fixture().with_module(endless), fixture().nix(settings));
    CHECK(no.problem.code == "evaluation_timeout");
    CHECK(no.nix_time < 10s);
}

TEST_CASE("memory without end is ended at the limit") {
    auto settings = fixture().settings();
    settings.evaluation_memory = 1536ULL << 20;
    const auto no = refused(
        fixture().with_module("{ networking.hostName = let f = n: s: if n == 0 then s else f (n - "
                              "1) (s + s); in f 40 \"0123456789\"; }"),
        fixture().nix(settings));
    INFO(no.log);
    CHECK(no.problem.code == "evaluation_limit");
}

TEST_CASE("a flood of traces is ended at the cap") {
    const auto no = refused_module(
        "{ networking.hostName = builtins.foldl' (a: n: builtins.trace \"flood flood flood "
        "flood\" a) \"web\" (builtins.genList (n: n) 1000000); }");
    CHECK(no.problem.code == "evaluation_limit");
    CHECK(no.log.size() <= 65536);
}

TEST_CASE("an evaluation can be stopped") {
    std::stop_source source;
    const auto flake = fixture().with_module(endless);
    std::jthread stopper([&] {
        std::this_thread::sleep_for(
            200ms); // any moment is right: before the start, or in the middle
        source.request_stop();
    });
    const auto outcome =
        evaluator::evaluate(fixture().nix(), flake, NixFixture::host(), source.get_token());
    CHECK(std::holds_alternative<EvaluationCancelled>(outcome));
}

TEST_CASE("nothing outside the repository is read, nothing is fetched") {
    const Bait bait;
    const std::string hash = "0000000000000000000000000000000000000000000000000000";
    const std::string secret = fixture() / "secret";
    core::write_file_durably(secret, "hunter2");
    for (const std::string& value : {
             std::string("builtins.readFile /etc/hostname"),
             "builtins.readFile \"" + secret + "\"",
             std::string(
                 "builtins.concatStringsSep \"\" (builtins.attrNames (builtins.readDir /etc))"),
             "builtins.readFile (builtins.fetchurl \"" + bait.url() + "\")",
             "builtins.readFile (builtins.fetchurl { url = \"" + bait.url() + "\"; sha256 = \"" +
                 hash + "\"; })",
             "builtins.readFile (builtins.fetchurl { url = \"file://" + secret + "\"; sha256 = \"" +
                 hash + "\"; })",
             "toString (builtins.fetchTarball { url = \"" + bait.url() + "\"; sha256 = \"" + hash +
                 "\"; })",
             "toString (builtins.fetchGit { url = \"" + bait.url() +
                 "\"; rev = \"0123456789012345678901234567890123456789\"; })",
             std::string("builtins.exec [ \"/bin/echo\" \"1\" ]"),
             std::string("import (derivation { name = \"ifd\"; system = \"x86_64-linux\"; builder "
                         "= \"/bin/sh\"; })"),
         }) {
        INFO(value);
        const auto no = refused_module("{ networking.hostName = " + value + "; }");
        CHECK(no.problem.code == "evaluation_failed");
        CHECK_FALSE(holds(no.log, "hunter2"));
    }
    CHECK_FALSE(bait.touched());
}

TEST_CASE("the environment of the daemon is not there to be read") {
    ::setenv("AGENTD_TEST_SECRET", "hunter2", 1);
    const auto result =
        evaluated(fixture().with_module("{ lib, ... }: { networking.hostName = lib.mkForce "
                                        "(\"web\" + builtins.getEnv \"AGENTD_TEST_SECRET\" + "
                                        "builtins.getEnv \"HOME\"); }"));
    CHECK(result.host_name == "web");
}

TEST_CASE("a flake's own settings of Nix are not obeyed") {
    const std::string flake = core::read_file(fixture() / "tree/flake.nix");
    const auto at = flake.find("outputs");
    REQUIRE(at != std::string::npos);
    const std::string mark = fixture() / "hook-ran";
    const auto source = fixture().commit(
        {{"flake.nix",
          std::string(flake).insert(at, "nixConfig = { restrict-eval = false; pure-eval = false; "
                                        "post-build-hook = \"/bin/touch " +
                                            mark + "\"; };\n  ")},
         {"hosts/web/agentd.nix", "{ networking.hostName = builtins.readFile /etc/hostname; }"}});
    CHECK(refused(source, fixture().nix()).problem.code == "evaluation_failed");
    CHECK_FALSE(core::read_file_if_exists(mark).has_value());
}

TEST_CASE("a unit's text is told as the options have it, and of a unit that is not there none") {
    const auto source =
        fixture().with_module("{ systemd.services.\"odd-\\${x}\" = { script = \"true\"; }; }");
    const auto text = [&](const std::string& unit) {
        return evaluator::unit_text(fixture().nix(), source, NixFixture::host(), unit);
    };
    const auto sshd = text("sshd.service");
    REQUIRE(sshd);
    CHECK(sshd->find("ExecStart=") != std::string::npos);
    CHECK(text("nothing.service").value().empty());
    CHECK(evaluator::unit_text(fixture().nix(), source, NixFixture::host("nobody"), "x.service")
              .problem()
              .code == "unknown_host");
}
