#include "agentd/core/fd.hpp"
#include "agentd/ctl/review.hpp"
#include "proposals/act.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"
#include "tests/unit/ctl/detail.hpp"

using namespace agentd;
using test::by_method;
using test::Ctl;
using test::FakeDaemon;
using test::Json;
using test::ok;

namespace {

const Json restart{{"schema", "agentd.act/1"}, {"act", "restart_unit"}, {"unit", "nginx.service"}};

Json no_commits(Json detail, const char* kind) {
    detail["kind"] = kind;
    for (const char* key : {"base_commit", "base_branch", "candidate_commit", "drv"}) {
        detail[key] = nullptr;
    }
    detail["files"] = Json::array();
    detail["act"] = nullptr;
    detail["rollback"] = nullptr;
    return detail;
}

Json act_detail() {
    Json detail = no_commits(test::detail(), "act");
    detail["title"] = "restart nginx.service";
    detail["act"] = restart;
    detail["toplevel"] = nullptr;
    detail["effects"]["to"] = detail["effects"]["from"];
    detail["notes"] = {"now: nginx.service is active (running)"};
    return detail;
}

Json rollback_detail() {
    Json detail = no_commits(test::detail(), "rollback");
    detail["title"] = "go back to generation 2";
    detail["rollback"] = {{"to", test::store_path('b')}, {"generation", 2}};
    detail["notes"] = {"the data of nginx.service stays as the present version left it"};
    return detail;
}

proposals::Statement statement_of(const Json& detail, core::Instant now) {
    Json filled = detail;
    for (const char* key : {"base_commit", "candidate_commit"}) {
        filled[key] = std::string(40, '1');
    }
    filled["drv"] = test::store_path('c') + ".drv";
    filled["toplevel"] = test::store_path('b');
    auto statement = test::statement_for(filled, now);
    statement.base_commit.reset();
    statement.candidate_commit.reset();
    statement.base_tree_sha256.reset();
    statement.candidate_tree_sha256.reset();
    statement.drv.reset();
    if (!detail.at("act").is_null()) {
        statement.mode = proposals::Mode::act;
        statement.act = core::canonical(detail.at("act"));
        statement.toplevel.reset();
        statement.toplevel_nar_hash.reset();
        statement.closure_manifest_sha256.reset();
    } else {
        statement.mode = proposals::Mode::rollback;
        statement.rollback_to = statement.toplevel;
    }
    return statement;
}

std::string mismatch(const proposals::Statement& statement, const Json& detail, core::Instant now) {
    const auto checked = ctl::check_statement(proposals::canonical_bytes(statement), detail, now);
    return checked                           ? ""
           : checked.problem().where.empty() ? checked.problem().code
                                             : checked.problem().where;
}

Json params_of(FakeDaemon& daemon, const std::string& method) {
    for (const Json& request : daemon.requests()) {
        if (request.at("method") == method) {
            return request.at("params");
        }
    }
    return nullptr;
}

} // namespace

TEST_CASE("rollback --list shows number, date, path and marks") {
    Ctl agentctl;
    FakeDaemon daemon(agentctl.socket(),
                      by_method({{"generations", ok({{"generations",
                                                      {{{"number", 7},
                                                        {"path", test::store_path('b')},
                                                        {"made", "2026-01-02T03:04:05.000006Z"},
                                                        {"running", true},
                                                        {"booted", false},
                                                        {"profile", true},
                                                        {"confirmed", true}}}}})}}));
    const auto ran = agentctl.run({"rollback", "--list"});
    CHECK(ran.exit == 0);
    for (const auto* text : {"7 ", "2026-01-02 03:04", "running, next boot, was healthy"}) {
        CHECK(ran.out.find(text) != std::string::npos);
    }
    CHECK(ran.out.find(test::store_path('b')) != std::string::npos);
}

TEST_CASE("rollback drafts where it goes, then tells what moves and what stays") {
    Ctl agentctl;
    FakeDaemon daemon(agentctl.socket(),
                      by_method({{"propose", ok({{"proposal", test::detail("drafted")}})},
                                 {"show", ok({{"proposal", rollback_detail()}})}}));
    const auto ran = agentctl.run({"rollback", "--to", "2"});
    INFO(ran.err);
    CHECK(ran.exit == 0);
    CHECK(params_of(daemon, "propose") == Json{{"rollback", {{"generation", 2}}}});
    CHECK(ran.out.find("Opens TCP port 8080") < ran.out.find("What stays as it is"));
    CHECK(ran.out.find("the data of nginx.service stays") != std::string::npos);
    CHECK(ran.out.find("agentctl approve 1 --apply") != std::string::npos);
}

TEST_CASE("rollback takes a number, a store path, or nothing") {
    for (const auto& [to, wish] :
         {std::pair(std::string(), Json::object()),
          std::pair(test::store_path('b'), Json{{"to", test::store_path('b')}})}) {
        Ctl agentctl;
        FakeDaemon daemon(agentctl.socket(),
                          by_method({{"propose", ok({{"proposal", test::detail("drafted")}})}}));
        std::vector<std::string> words{"rollback", "--no-wait"};
        if (!to.empty()) {
            words.insert(words.end(), {"--to", to});
        }
        CHECK(agentctl.run(words).exit == 0);
        CHECK(params_of(daemon, "propose") == Json{{"rollback", wish}});
    }
    for (const auto* bad : {"0", "-1", "yesterday", "/etc/passwd"}) {
        Ctl agentctl;
        CHECK(agentctl.run({"rollback", "--to", bad}).exit == 64);
    }
}

TEST_CASE("an act outside its bounds is refused before anybody is asked") {
    Ctl agentctl;
    const auto ran = agentctl.run({"store", "gc", "--older-than", "0"});
    CHECK(ran.exit == 64);
    CHECK(ran.err.find("1 to 3650") != std::string::npos);
    CHECK(agentctl.run({"journal", "vacuum", "5"}).exit == 64);
    CHECK(agentctl.run({"restart", "multi-user.target"}).exit == 64);
    CHECK(agentctl.run({"restart", "*.service"}).exit == 64);
}

TEST_CASE("a unit without a suffix is a service, and a dry run proposes nothing") {
    Ctl agentctl;
    FakeDaemon daemon(
        agentctl.socket(),
        by_method({{"propose", ok({{"proposal", test::detail("drafted")}})},
                   {"act.preview", ok({{"notes", {"deletes 3 of 9 generations"}}})}}));
    CHECK(agentctl.run({"restart", "nginx", "--no-wait"}).exit == 0);
    CHECK(params_of(daemon, "propose").at("act") == restart);
    const auto ran = agentctl.run({"store", "gc", "--dry-run"});
    CHECK(ran.exit == 0);
    CHECK(ran.out.find("deletes 3 of 9 generations") != std::string::npos);
    CHECK(params_of(daemon, "act.preview").at("act").at("days") == 30);
    CHECK(daemon.requests().size() == 2);
}

TEST_CASE("a statement for another act, or another system to go back to, is not signed") {
    const test::FixedClock clock;
    const Json shown = act_detail();
    auto statement = statement_of(shown, clock.now());
    CHECK(mismatch(statement, shown, clock.now()).empty());
    statement.act = proposals::canonical_bytes(proposals::Act(proposals::GcOlderThan{.days = 1}));
    CHECK(mismatch(statement, shown, clock.now()) == "act");
    CHECK_FALSE(mismatch(statement_of(rollback_detail(), clock.now()), shown, clock.now()).empty());
    const Json back = rollback_detail();
    CHECK(mismatch(statement_of(back, clock.now()), back, clock.now()).empty());
    auto elsewhere = statement_of(back, clock.now());
    elsewhere.rollback_to = elsewhere.toplevel = test::store_path('d');
    CHECK(mismatch(elsewhere, back, clock.now()) == "rollback_to");
    CHECK(mismatch(test::statement_for(test::detail(), clock.now()), back, clock.now()) == "mode");
    CHECK(mismatch(statement_of(back, clock.now()), test::detail(), clock.now()) == "mode");
}

TEST_CASE("only root breaks the glass, and who is not hears what to type") {
    Ctl agentctl;
    const auto ran = agentctl.run({"approve", "1", "--break-glass", "--yes"});
    CHECK(ran.exit == 77);
    CHECK(ran.err.find("sudo agentctl approve 1 --break-glass") != std::string::npos);
}

TEST_CASE("root that breaks the glass records it with agentd and hands it to the helper itself") {
    Ctl agentctl;
    agentctl.uid = 0;
    const Json shown = act_detail();
    const auto bytes = proposals::canonical_bytes(statement_of(shown, agentctl.clock.now()));
    const std::string apply_socket = agentctl.directory / "apply.sock";
    core::write_file_durably(agentctl.directory / "agentd.toml",
                             "host = \"demo\"\n[flake]\nupstream = \"/x\"\n[sockets]\napply = \"" +
                                 apply_socket + "\"\n",
                             0644);
    agentctl.variables["AGENTD_CONFIG"] = agentctl.directory / "agentd.toml";
    FakeDaemon daemon(agentctl.socket(), by_method({{"show", ok({{"proposal", shown}})},
                                                    {"statement", ok({{"statement", bytes}})},
                                                    {"approve", ok({{"proposal", shown}})}}));
    FakeDaemon helper(apply_socket, [](const Json&) -> std::vector<Json> {
        return {
            Json{{"event", "step"}, {"step", "carrying_out"}, {"detail", "restart"}},
            Json{{"ok", true},
                 {"outcome", {{"outcome", "confirmed"}, {"reason", "nginx.service is active"}}}}};
    });
    const auto ran = agentctl.run({"approve", "1", "--break-glass", "--yes"});
    INFO(ran.err);
    CHECK(ran.exit == 0);
    CHECK(ran.out.find("approved by breaking the glass") != std::string::npos);
    CHECK(params_of(daemon, "approve").at("presence").at("method") == "break_glass");
    REQUIRE(helper.requests().size() == 1);
    const Json handed = helper.requests().front();
    CHECK(handed.at("op") == "apply");
    CHECK(handed.at("statement") == bytes);
    CHECK(handed.at("presence").at("signed_digest") == core::sha256(bytes).hex());
    CHECK(handed.at("presence").at("signature") == "");
}
