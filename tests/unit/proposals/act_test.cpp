#include "proposals/act.hpp"
#include "proposals/proposal.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::proposals;

namespace {

core::UnitName unit(std::string_view text) {
    return *core::UnitName::parse(text);
}
const auto running =
    *core::StorePath::parse("/nix/store/00000000000000000000000000000000-nixos-system-web");

std::string code(std::string_view text) {
    const auto act = parse_act(text);
    return act ? "" : act.problem().code;
}

Draft draft_of(Revision revision) {
    return {.number = 1,
            .host = "web",
            .title = "t",
            .proposer = {.id = "alice", .kind = "human"},
            .source = Source::operations,
            .revision = std::move(revision)};
}

} // namespace

TEST_CASE("an act is read back from its canonical bytes and from no others") {
    for (const Act& act :
         {Act(GcOlderThan{30}), Act(VacuumJournal{500}), Act(RestartUnit{unit("nginx.service")}),
          Act(ResetFailed{unit("nginx.service")})}) {
        const auto bytes = canonical_bytes(act);
        REQUIRE(parse_act(bytes).has_value());
        CHECK(*parse_act(bytes) == act);
        CHECK(code(bytes + " ") == "not_canonical");
        CHECK(code("{" + bytes) == "bad_json");
    }
    CHECK(canonical_bytes(GcOlderThan{30}) ==
          R"({"act":"gc_older_than","days":30,"schema":"agentd.act/1"})");
}

TEST_CASE("an act outside its bounds, or with a field of another, is refused") {
    const auto act = [](const std::string& rest) {
        return code("{\"act\":" + rest + ",\"schema\":\"agentd.act/1\"}");
    };
    CHECK(act(R"("gc_older_than","days":1)").empty());
    CHECK(act(R"("gc_older_than","days":0)") == "bad_act");
    CHECK(act(R"("gc_older_than","days":-5)") == "bad_act");
    CHECK(act(R"("gc_older_than","days":3651)") == "bad_act");
    CHECK(act(R"("vacuum_journal","megabytes":63)") == "bad_act");
    CHECK(act(R"("vacuum_journal","megabytes":1048577)") == "bad_act");
    CHECK(act(R"("gc_older_than","days":30,"unit":"x.service")") == "unknown_field");
    CHECK_FALSE(act(R"("gc_older_than")").empty());
    CHECK_FALSE(act(R"("poweroff","days":1)").empty());
    CHECK_FALSE(code("[]").empty());
}

TEST_CASE("a restart is of one whole unit that can be restarted by itself") {
    const auto restart = [](const std::string& name) {
        const core::Json json{{"schema", "agentd.act/1"}, {"act", "restart_unit"}, {"unit", name}};
        return act_from_json(json).has_value();
    };
    CHECK(restart("nginx.service"));
    CHECK(restart("getty@tty1.service"));
    CHECK(restart("fstrim.timer"));
    for (const auto* bad :
         {"nginx", "", "*.service", "ngin?.service", "multi-user.target", "-.mount", "boot.mount",
          "user.slice", "a.scope", "getty@.service", "--now.service", "../x.service", "a b.service",
          "a\n.service", "$(reboot).service"}) {
        INFO(bad);
        CHECK_FALSE(restart(bad));
    }
}

TEST_CASE("what records, carries out, connects or ends everything is never restarted by an act") {
    for (const auto* name :
         {"agentd-auditd.service", "agentd-auditd.socket", "agentd-applyd.service",
          "agentd-applyd.socket", "agentd-settle.service", "dbus.service", "dbus.socket",
          "dbus-broker.service", "init.scope", "systemd-reboot.service", "systemd-poweroff.service",
          "systemd-suspend.service", "rescue.service"}) {
        INFO(name);
        CHECK(why_forbidden(RestartUnit{unit(name)}).has_value());
        const auto effects = effects_of(RestartUnit{unit(name)}, running);
        CHECK(effects.effects.front().kind == "act_forbidden");
        CHECK(max_risk(effects) == Risk::critical);
    }
    CHECK_FALSE(why_forbidden(RestartUnit{unit("nginx.service")}).has_value());
    CHECK(why_forbidden(GcOlderThan{0}).has_value()); // however it came to be
}

TEST_CASE("the effects of an act are of area act, in plain words, and their codec takes them") {
    const auto gc = effects_of(GcOlderThan{30}, running);
    CHECK(gc.from == running.str());
    CHECK(gc.to == running.str());
    REQUIRE(gc.effects.size() == 1);
    CHECK(gc.effects[0].area == "act");
    CHECK(gc.effects[0].kind == "gc_older_than");
    CHECK(max_risk(gc) == Risk::notice);
    CHECK(max_risk(effects_of(GcOlderThan{1}, running)) == Risk::high);
    CHECK(max_risk(effects_of(RestartUnit{unit("sshd.service")}, running)) == Risk::high);
    CHECK(max_risk(effects_of(RestartUnit{unit("nginx.service")}, running)) == Risk::notice);
    CHECK(max_risk(effects_of(ResetFailed{unit("nginx.service")}, running)) == Risk::low);
    CHECK(effects_of(RestartUnit{unit("nginx.service")}, running).effects[0].sentence ==
          "restarts nginx.service: it stops, then starts again");
    for (const auto& effects : {gc, effects_of(RestartUnit{unit("dbus.service")}, running)}) {
        CHECK(*parse_effects(canonical_bytes(effects)) == effects);
    }
}

TEST_CASE("a draft holds a change, an act or a rollback, each with a revision of its own") {
    const Draft act = draft_of(Act(GcOlderThan{30}));
    const Draft back = draft_of(Rollback{.to = running.str(), .generation = 4});
    CHECK(*draft_from_json(to_json(act)) == act);
    CHECK(*draft_from_json(to_json(back)) == back);
    CHECK(revision_digest(act) != revision_digest(draft_of(Act(GcOlderThan{31}))));
    CHECK(revision_digest(act) != revision_digest(back));
    // A generation's number is for people: the path is what is gone back to.
    CHECK(revision_digest(back) == revision_digest(draft_of(Rollback{.to = running.str()})));
    auto json = to_json(act);
    json["base_commit"] = std::string(40, 'a');
    CHECK(draft_from_json(json).problem().code == "unknown_field");
    json = to_json(back);
    json["rollback_to"] = "/etc/passwd";
    CHECK_FALSE(draft_from_json(json).has_value());
    json["rollback_to"] = running.str() + ".drv";
    CHECK_FALSE(draft_from_json(json).has_value());
}

TEST_CASE("a draft from before there were kinds holds a change") {
    const Draft change = draft_of(Change{.base_commit = std::string(40, 'a'),
                                         .base_branch = "main",
                                         .candidate_commit = std::string(40, 'b'),
                                         .candidate_tree = std::string(64, 'c')});
    auto json = to_json(change);
    json.erase("kind");
    CHECK(*draft_from_json(json) == change);
}
