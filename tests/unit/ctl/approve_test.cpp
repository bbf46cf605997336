#include "agentd/core/fd.hpp"
#include "agentd/ctl/review.hpp"
#include "proposals/approvers.hpp"
#include "proposals/presence.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"
#include "tests/unit/ctl/detail.hpp"

#include <cstdlib>
#include <filesystem>

using namespace agentd;
using test::Ctl;
using test::FakeDaemon;
using test::Json;
using test::ok;

namespace {

struct Desk {
    Ctl agentctl;
    Json detail = test::detail();
    proposals::Statement statement = test::statement_for(detail, agentctl.clock.now());
    Json outcome{{"outcome", "confirmed"}, {"reason", ""}, {"from", test::store_path('a')}};
    std::string key = agentctl.directory / "id_ed25519";

    Desk() {
        REQUIRE(std::system(("/usr/bin/ssh-keygen -q -t ed25519 -N '' -f " + key).c_str()) == 0);
    }

    FakeDaemon::Answer answers() {
        return [this](const Json& request) -> std::vector<Json> {
            const std::string method = request.at("method");
            if (method == "show") {
                return {ok({{"proposal", detail}})};
            }
            if (method == "statement") {
                const auto bytes = proposals::canonical_bytes(statement);
                return {
                    ok({{"statement", bytes}, {"statement_sha256", core::sha256(bytes).hex()}})};
            }
            if (method == "approve") {
                return {ok({{"proposal", test::detail("approved")}})};
            }
            Json after = test::detail(outcome.at("outcome"));
            return {Json{{"event", {{"step", "way_back_armed"}, {"detail", "300 s"}}}},
                    ok({{"proposal", after}, {"outcome", outcome}})};
        };
    }
};

std::size_t asked(FakeDaemon& daemon, const std::string& method) {
    std::size_t n = 0;
    for (const Json& request : daemon.requests()) {
        n += request.at("method") == method ? 1U : 0U;
    }
    return n;
}

} // namespace

TEST_CASE("an approval is a good signature over exactly the statement") {
    Desk desk;
    FakeDaemon daemon(desk.agentctl.socket(), desk.answers());
    const auto ran = desk.agentctl.run({"approve", "1", "--key", desk.key, "--yes"});
    INFO(ran.err);
    REQUIRE(ran.exit == 0);
    const Json params = daemon.requests().back().at("params");
    CHECK(params.at("apply") == false);
    CHECK(params.at("proposal") == test::proposal_id);
    const auto presence = proposals::presence_from_json(params.at("presence"));
    REQUIRE(presence.has_value());
    const auto approvers =
        proposals::parse_approvers("ssh alice " + core::read_file(desk.key + ".pub"));
    const auto approver = proposals::verify_presence(params.at("statement").get<std::string>(),
                                                     *presence, approvers.approvers);
    REQUIRE(approver.has_value());
    CHECK(approver->name == "alice");
    CHECK(ran.out.find("next: agentctl apply 1") != std::string::npos);
    CHECK(ran.out.find("riskiest") == std::string::npos);
    CHECK(ran.out.find("Opens TCP port 8080") < ran.out.find("What you sign"));
}

TEST_CASE("evidence that did not pass is told before anything is signed") {
    Desk desk;
    desk.detail["evidence"].push_back({{"level", "checks"},
                                       {"status", "failed"},
                                       {"duration_ms", 7},
                                       {"summary", "web-page did not build"}});
    desk.detail["evidence"].push_back({{"level", "parse"},
                                       {"status", "failed"},
                                       {"duration_ms", 1},
                                       {"summary", "templates/x.nix:1:1"}});
    FakeDaemon daemon(desk.agentctl.socket(), desk.answers());
    const auto ran = desk.agentctl.run({"approve", "1", "--key", desk.key, "--yes"});
    CHECK(ran.out.find("Evidence that did not pass") < ran.out.find("What you sign"));
    CHECK(ran.out.find("web-page did not build") < ran.out.find("What you sign"));
    CHECK(ran.out.find("templates/x.nix") == std::string::npos);
}

TEST_CASE("the key is ~/.ssh/id_ed25519 when none is named") {
    Desk desk;
    FakeDaemon daemon(desk.agentctl.socket(), desk.answers());
    std::filesystem::create_directory(desk.agentctl.directory / ".ssh");
    std::filesystem::rename(desk.key, desk.agentctl.directory / ".ssh/id_ed25519");
    desk.agentctl.variables["HOME"] = desk.agentctl.directory.path();
    CHECK(desk.agentctl.run({"approve", "1", "--yes"}).exit == 0);
}

TEST_CASE("without a terminal nothing is asked: presence needed, and nothing is signed") {
    Desk desk;
    desk.agentctl.input = "y\n";
    FakeDaemon daemon(desk.agentctl.socket(), desk.answers());
    const auto ran = desk.agentctl.run({"approve", "1", "--key", desk.key});
    CHECK(ran.exit == 4);
    CHECK(ran.err.find("agentctl: presence needed: ") == 0);
    CHECK(ran.err.find("--yes --key FILE") != std::string::npos);
    CHECK(asked(daemon, "approve") == 0);
}

TEST_CASE("a person who does not say yes has declined") {
    for (const std::string answer : {"n\n", "\n", "", "yep\n"}) {
        Desk desk;
        desk.agentctl.terminal = true;
        desk.agentctl.input = answer;
        FakeDaemon daemon(desk.agentctl.socket(), desk.answers());
        CHECK(desk.agentctl.run({"approve", "1", "--key", desk.key}).exit == 3);
        CHECK(asked(daemon, "approve") == 0);
    }
    Desk desk;
    desk.agentctl.terminal = true;
    desk.agentctl.input = "y\n";
    FakeDaemon daemon(desk.agentctl.socket(), desk.answers());
    CHECK(desk.agentctl.run({"approve", "1", "--key", desk.key}).exit == 0);
}

TEST_CASE("a risky change wants the host name, not a y") {
    for (const auto& [answer, exit] : {std::pair("y\n", 3), std::pair("demo\n", 0)}) {
        Desk desk;
        desk.detail["effects"]["effects"].push_back(test::effect("high", "root may log in"));
        desk.statement = test::statement_for(desk.detail, desk.agentctl.clock.now());
        desk.agentctl.terminal = true;
        desk.agentctl.input = answer;
        FakeDaemon daemon(desk.agentctl.socket(), desk.answers());
        CHECK(desk.agentctl.run({"approve", "1", "--key", desk.key}).exit == exit);
    }
}

TEST_CASE("no key, or a key of another kind: presence needed") {
    Desk desk;
    FakeDaemon daemon(desk.agentctl.socket(), desk.answers());
    CHECK(desk.agentctl.run({"approve", "1", "--yes", "--key", "/nonexistent"}).exit == 4);
    CHECK(desk.agentctl.run({"approve", "1", "--yes"}).exit == 4); // no HOME
    const std::string rsa = desk.agentctl.directory / "rsa";
    REQUIRE(std::system(("/usr/bin/ssh-keygen -q -t rsa -b 2048 -N '' -f " + rsa).c_str()) == 0);
    CHECK(desk.agentctl.run({"approve", "1", "--yes", "--key", rsa}).exit == 4);
    CHECK(asked(daemon, "approve") == 0);
}

TEST_CASE("policy that wants more than an SSH key is presence needed") {
    Desk desk;
    desk.detail["verdict"]["presence"] = "passkey";
    FakeDaemon daemon(desk.agentctl.socket(), desk.answers());
    CHECK(desk.agentctl.run({"approve", "1", "--yes", "--key", desk.key}).exit == 4);
    CHECK(asked(daemon, "approve") == 0);
}

TEST_CASE("a statement that binds anything but what was shown is never signed") {
    const std::vector<std::function<void(Desk&)>> lies{
        [](Desk& d) { d.statement.toplevel = test::store_path('d'); },
        [](Desk& d) { d.statement.from.path = test::store_path('d'); },
        [](Desk& d) { d.statement.drv = "/nix/store/" + std::string(32, 'd') + "-nixos.drv"; },
        [](Desk& d) { d.statement.effects_sha256 = std::string(64, '9'); },
        [](Desk& d) { d.statement.candidate_commit = std::string(40, '9'); },
        [](Desk& d) { d.statement.base_commit = std::string(40, '9'); },
        [](Desk& d) { d.statement.policy_sha256 = std::string(64, '9'); },
        [](Desk& d) { d.statement.proposal = "01JGK0000000000000000000ZZ"; },
        [](Desk& d) { d.statement.host = "other"; },
        [](Desk& d) { d.statement.mode = proposals::Mode::boot; },
        [](Desk& d) { d.statement.required_level = proposals::Level::automatic; },
        [](Desk& d) { d.detail["effects"]["effects"].clear(); }, // hides what will happen
        [](Desk& d) { d.detail["effects"] = nullptr; }};
    for (std::size_t i = 0; i < lies.size(); ++i) {
        INFO(i);
        Desk desk;
        lies[i](desk);
        FakeDaemon daemon(desk.agentctl.socket(), desk.answers());
        CHECK(desk.agentctl.run({"approve", "1", "--yes", "--key", desk.key}).exit == 75);
        CHECK(asked(daemon, "approve") == 0);
    }
}

TEST_CASE("a statement out of its time is not signed") {
    Desk desk;
    desk.agentctl.clock.advance(std::chrono::hours(2));
    FakeDaemon daemon(desk.agentctl.socket(), desk.answers());
    CHECK(desk.agentctl.run({"approve", "1", "--yes", "--key", desk.key}).exit == 75);
    CHECK(asked(daemon, "approve") == 0);
}

TEST_CASE("approve --apply ends with confirmed, the commit and the line that undoes it") {
    Desk desk;
    FakeDaemon daemon(desk.agentctl.socket(), desk.answers());
    const auto ran = desk.agentctl.run({"approve", "1", "--yes", "--key", desk.key, "--apply"});
    CHECK(ran.exit == 0);
    CHECK(ran.out.find("confirmed: opens TCP port 8080, and 1 more change\n") != std::string::npos);
    CHECK(ran.out.find("commit  " + std::string(40, '2')) != std::string::npos);
    CHECK(ran.out.find(test::store_path('a') + "/bin/switch-to-configuration switch") !=
          std::string::npos);
    CHECK(ran.err.find("way back armed  300 s") != std::string::npos);
}

TEST_CASE("what was taken back is exit 1 with its reason") {
    Desk desk;
    desk.outcome = {{"outcome", "rolled_back"},
                    {"reason", "nginx.service is unwell"},
                    {"checks", {{{"name", "nginx"}, {"ok", false}, {"detail", "failed"}}}},
                    {"residue", {"a file"}}};
    FakeDaemon daemon(desk.agentctl.socket(), desk.answers());
    const auto ran = desk.agentctl.run({"apply", "1"});
    CHECK(ran.exit == 1);
    CHECK(ran.err.find("agentctl: taken back: nginx.service is unwell\n") != std::string::npos);
    CHECK(ran.out.find("unwell: nginx: failed") != std::string::npos);
    CHECK(ran.out.find("left behind: a file") != std::string::npos);
}

TEST_CASE("an apply that loses the daemon says that the change goes on") {
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(), [](const Json&) {
        return std::vector<Json>{Json{{"event", {{"step", "activated"}, {"detail", ""}}}}};
    });
    const auto ran = agentctl.run({"apply", "1"});
    CHECK(ran.exit == 69);
    CHECK(ran.err.find("next: the change goes on without agentd: agentctl show 1") !=
          std::string::npos);
}
