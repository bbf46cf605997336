// What root itself remembers of who had what done, and what it takes of a person's grant.
#include "tests/unit/applyd/desk.hpp"

#include "agentd/applyd/intent.hpp"
#include "agentd/core/crypto.hpp"
#include "agentd/core/fd.hpp"
#include "policy/load.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>

using namespace agentd;
using applyd::TrustNote;
using policy::EffectClass;
using policy::trust::AgreedBy;
using policy::trust::EventKind;
using policy::trust::Grant;
using policy::trust::Key;
using policy::trust::TrustLevel;
using std::chrono::hours;
using test::Desk;

namespace {

const proposals::Proposer claude{.id = "claude", .kind = "agent", .binding = std::string(64, '1')};

Key key(EffectClass effect_class = EffectClass::package) {
    return {.who = {.kind = "agent", .id = "claude", .binding = std::string(64, '1')},
            .effect_class = effect_class,
            .host_class = "web"};
}

/// Root's tools, with a policy, an approver and a real SSH key.
struct Root : Desk {
    std::string policy{policy::default_policy_text()};

    Root() {
        config.policy.file = dir / "policy.toml";
        config.apply.approvers = dir / "approvers";
        core::write_file_durably(config.policy.file, policy, 0644);
        run("/usr/bin/ssh-keygen -q -t ed25519 -N '' -C laptop -f " + dir / "key");
        core::write_file_durably(config.apply.approvers,
                                 "ssh ann " + core::read_file(dir / "key.pub"), 0644);
    }
    static void run(const std::string& command) { REQUIRE(std::system(command.c_str()) == 0); }

    std::string policy_sha256() const { return core::sha256(policy).hex(); }
    TrustLevel level(EffectClass effect_class = EffectClass::package) const {
        return trust.standing(key(effect_class), policy_sha256()).level;
    }
    std::string apply(AgreedBy by, const std::string& target, EventKind end = EventKind::confirmed,
                      EffectClass effect_class = EffectClass::package) {
        const std::string proposal = "P" + std::to_string(++count);
        trust.begun(
            proposal,
            {.author = claude, .effect_class = effect_class, .by = by, .targets = {target}});
        trust.ended(proposal, end, "it broke");
        return proposal;
    }
    void earn() {
        for (int day = 0; day < 16; ++day) {
            apply(AgreedBy::person, "package" + std::to_string(day));
            clock.advance(hours(24));
        }
    }
    Grant grant(TrustLevel level) {
        return {.key = key(),
                .level = level,
                .host = "web",
                .machine_id = "m",
                .policy_sha256 = policy_sha256(),
                .agentd_version = AGENTD_VERSION,
                .not_before = clock.now(),
                .expires = clock.now() + hours(48),
                .nonce = core::sha256(std::to_string(++count)).hex()};
    }
    proposals::Presence sign(const std::string& bytes, const char* space = "agentd-trust@v1") {
        core::write_file_durably(dir / "m", bytes);
        run("/bin/rm -f " + dir / "m.sig");
        run("/usr/bin/ssh-keygen -Y sign -n " + std::string(space) + " -f " + dir / "key" + " " +
            dir / "m" + " 2>/dev/null");
        const auto approvers =
            proposals::parse_approvers(core::read_file(config.apply.approvers)).approvers;
        return {.method = proposals::PresenceMethod::ssh,
                .key_id = approvers.front().key_id,
                .signature = core::read_file(dir / "m.sig"),
                .signed_digest = core::sha256(bytes).hex()};
    }
    std::string give(const Grant& grant, const char* space = "agentd-trust@v1") {
        const std::string bytes = canonical_bytes(grant);
        const auto checked = trust.check(bytes, sign(bytes, space), "m");
        if (checked) {
            trust.granted(*checked);
        }
        return checked ? "given by " + checked->by : checked.problem().code;
    }
    int count = 0;
};

} // namespace

TEST_CASE("what root remembers is there for the next helper, and earns what the log's fold earns") {
    Root root;
    root.earn();
    const applyd::TrustRecords again(root.config, root.clock);
    const auto standing = again.standing(key(), root.policy_sha256());
    CHECK(standing.level == TrustLevel::ask);
    CHECK(standing.evidence.applies == 16);
    CHECK(standing.suggested == TrustLevel::veto);
    policy::Context context;
    again.tell(context, claude, EffectClass::package, root.policy_sha256());
    CHECK(context.proposer_trust == "ask");
    CHECK(context.steps_since_person == 0);
}

TEST_CASE("a grant counts when an approver signed it, for here and now, once") {
    Root root;
    root.earn();
    const Grant good = root.grant(TrustLevel::veto);
    const std::string bytes = canonical_bytes(good);
    CHECK(root.give(good, "agentd-approve@v1") == "bad_namespace");
    auto elsewhere = good;
    elsewhere.host = "db";
    CHECK(root.give(elsewhere) == "wrong_host");
    elsewhere = good;
    elsewhere.machine_id = "another";
    CHECK(root.give(elsewhere) == "wrong_machine");
    elsewhere = good;
    elsewhere.policy_sha256 = std::string(64, 'c');
    CHECK(root.give(elsewhere) == "policy_changed");
    elsewhere = good;
    elsewhere.agentd_version = "0.0.0";
    CHECK(root.give(elsewhere) == "wrong_version");
    elsewhere = good;
    elsewhere.key.who.id = "ann";
    CHECK(root.give(elsewhere) == "self");
    elsewhere = good;
    elsewhere.key.effect_class = EffectClass::system;
    CHECK(root.give(elsewhere) == "bad_grant");
    auto presence = root.sign(bytes);
    presence.method = proposals::PresenceMethod::browser;
    CHECK(root.trust.check(bytes, presence, "m").problem().code == "unknown_key");
    presence = root.sign(canonical_bytes(root.grant(TrustLevel::ask)));
    CHECK(root.trust.check(bytes, presence, "m").problem().code == "wrong_digest");
    CHECK(root.level() == TrustLevel::ask);
    CHECK(root.give(good) == "given by ann");
    CHECK(root.level() == TrustLevel::veto);
    CHECK(root.give(good) == "used");
    root.clock.advance(hours(49));
    CHECK(root.level() == TrustLevel::ask);
    CHECK(root.give(good) == "expired");
}

TEST_CASE("where policy names admins only they grant, and no viewer does") {
    const auto given_under = [](const std::string& roles) {
        Root root;
        root.policy += roles;
        core::write_file_durably(root.config.policy.file, root.policy, 0644);
        return root.give(root.grant(TrustLevel::veto));
    };
    CHECK(given_under("") == "given by ann");
    CHECK(given_under("[roles]\nadmin = [\"bob\"]\n") == "denied");
    CHECK(given_under("[roles]\nadmin = [\"ann\"]\n") == "given by ann");
    CHECK(given_under("[roles]\nviewer = [\"ann\"]\n") == "denied");
}

TEST_CASE("root takes trust back by itself when a change does not hold") {
    Root root;
    root.earn();
    REQUIRE(root.give(root.grant(TrustLevel::veto)) == "given by ann");
    SECTION("taken back") {
        root.clock.advance(std::chrono::minutes(5));
        root.apply(AgreedBy::objection_period, "x", EventKind::rolled_back);
    }
    SECTION("unwell at its first boot") {
        const auto proposal = root.apply(AgreedBy::person, "x");
        root.clock.advance(hours(2));
        root.trust.ended(proposal, EventKind::ill, "its boot was unwell");
    }
    SECTION("by word") {
        root.clock.advance(std::chrono::minutes(5));
        root.trust.revoked({}, std::nullopt, "ann says so");
    }
    CHECK(root.level() == TrustLevel::revoked);
    root.clock.advance(hours(24 * 15));
    CHECK(root.level() == TrustLevel::ask);
}

TEST_CASE("166: root's own account that was tampered with lifts nobody, and is begun anew below") {
    Root root;
    root.earn();
    REQUIRE(root.give(root.grant(TrustLevel::veto)) == "given by ann");
    const auto old = root.grant(TrustLevel::veto);
    const std::string file = root.config.apply.directory + "/trust/events";
    const std::string text = core::read_file(file);
    const auto is_lost = [&] {
        CHECK(root.level() == TrustLevel::revoked);
        CHECK(root.trust.may_begin(EffectClass::package).problem().code == "budget");
        CHECK(root.trust.may_act().problem().code == "budget");
        policy::Context context;
        root.trust.tell(context, claude, EffectClass::package, root.policy_sha256());
        CHECK(context.proposer_trust == "revoked");
        CHECK_FALSE(context.steps_since_person);
        const std::string before = std::filesystem::exists(file) ? core::read_file(file) : "";
        root.apply(AgreedBy::person, "x"); // goes on, and is written over nothing
        CHECK((std::filesystem::exists(file) ? core::read_file(file) : "") == before);
    };
    SECTION("something was added") {
        core::write_file_durably(file, text + "nonsense\n");
    }
    SECTION("its end was cut off") {
        core::write_file_durably(file, text.substr(0, text.rfind('\n', text.size() - 2) + 1));
    }
    SECTION("it is gone") {
        std::filesystem::remove(file);
    }
    is_lost();
    std::filesystem::remove_all(root.config.apply.directory + "/trust");
    core::write_file_durably(root.config.apply.directory + "/last-good", "/nix/store/x\n");
    root.clock.advance(std::chrono::minutes(1));
    CHECK(root.give(old) == "given by ann"); // signed before what is remembered now
    CHECK(root.level() == TrustLevel::revoked);
}

TEST_CASE("whoever asks root again and again to take trust back makes it forget nothing") {
    Root root;
    root.earn();
    const auto grant = root.grant(TrustLevel::veto);
    REQUIRE(root.give(grant) == "given by ann");
    root.clock.advance(std::chrono::minutes(1));
    root.apply(AgreedBy::policy, "x", EventKind::rolled_back);
    const std::string file = root.config.apply.directory + "/trust/events";
    const auto size = std::filesystem::file_size(file);
    for (int i = 0; i < 200; ++i) {
        root.trust.revoked({.kind = "agent", .id = "name" + std::to_string(i % 100)}, std::nullopt,
                           std::string(500, 'x'));
    }
    CHECK(std::filesystem::file_size(file) < size + 100'000);
    CHECK(root.give(grant) == "used");
    CHECK(root.level() == TrustLevel::revoked);
    CHECK(root.trust.may_begin(EffectClass::package).problem().code == "soaking");
}

TEST_CASE("a name that nobody proved lifts nothing at root, whatever was granted to it") {
    Root root;
    root.earn();
    REQUIRE(root.give(root.grant(TrustLevel::veto)) == "given by ann");
    REQUIRE(root.level() == TrustLevel::veto);
    policy::Context context;
    root.trust.tell(context, claude, EffectClass::package, root.policy_sha256());
    CHECK(context.proposer_trust == "ask");
}

TEST_CASE("root cannot make sure of names: what is taken from one in a class is taken from all") {
    Root root;
    root.apply(AgreedBy::policy, "x", EventKind::rolled_back);
    const auto told = [&](const char* id, EffectClass effect_class) {
        policy::Context context;
        root.trust.tell(context, {.id = id, .kind = "human"}, effect_class, root.policy_sha256());
        return context.proposer_trust.value_or("");
    };
    CHECK(told("alice", EffectClass::package) == "revoked");
    CHECK(told("alice", EffectClass::setting) == "ask");
}

TEST_CASE("what was killed before it touched anything does not stop everything for ever") {
    Root root;
    const auto begin = [&] {
        root.trust.begun("P", {.author = claude,
                               .effect_class = EffectClass::package,
                               .by = AgreedBy::policy,
                               .targets = {"x"}});
        root.clock.advance(hours(48));
        REQUIRE(root.trust.may_begin(EffectClass::package).problem().code == "in_flight");
    };
    begin();
    root.trust.settle({});
    root.clock.advance(hours(48));
    CHECK(root.trust.may_begin(EffectClass::package));
    CHECK(root.level() == TrustLevel::ask);
    begin();
    root.trust.settle({"P"}); // its system is in quarantine: a full disk kept the rest
    CHECK(root.level() == TrustLevel::revoked);
}

TEST_CASE("acts by themselves are counted by root, too") {
    Root root;
    for (int i = 0; i < 3; ++i) {
        REQUIRE(root.trust.may_act());
        root.trust.acted("P");
    }
    CHECK(root.trust.may_act().problem().code == "budget");
}

TEST_CASE("167: root begins no second change by itself before the first was watched") {
    Root root;
    CHECK(root.trust.may_begin(EffectClass::package));
    root.trust.begun("P", {.author = claude,
                           .effect_class = EffectClass::package,
                           .by = AgreedBy::policy,
                           .targets = {"x"}});
    const auto code = [&] {
        const auto may = root.trust.may_begin(EffectClass::setting);
        return may ? "" : may.problem().code;
    };
    CHECK(code() == "in_flight");
    root.trust.ended("P", EventKind::confirmed, "healthy");
    CHECK(code() == "soaking");
    root.clock.advance(hours(25));
    CHECK(code().empty());
}

TEST_CASE("what root says of who had it done is in the log's intent, and an act is none") {
    Root root;
    root.trust.begun("P", {.author = claude,
                           .effect_class = EffectClass::setting,
                           .by = AgreedBy::person,
                           .targets = {"redis.service"}});
    auto in_flight = root.in_flight;
    const auto body =
        core::Json::parse(applyd::intent_of(in_flight, root.clock, root.trust.note_of("P")).body);
    CHECK(body.at("trust") ==
          core::Json{
              {"author", {{"id", "claude"}, {"kind", "agent"}, {"binding", std::string(64, '1')}}},
              {"class", "setting"},
              {"host_class", "web"},
              {"agreed", "person"},
              {"targets", {"redis.service"}}});
    CHECK(root.trust.note_of("Q").is_null());
    CHECK_FALSE(
        core::Json::parse(applyd::intent_of(in_flight, root.clock, {}).body).contains("trust"));
    proposals::Effects effects;
    effects.effects = {{.area = "units", .kind = "unit_changed", .subject = "redis.service"},
                       {.area = "packages", .kind = "package_updated", .subject = "redis"},
                       {.area = "etc", .kind = "etc_changed", .subject = "etc/x"}};
    CHECK(applyd::targets_of(effects) == std::set<std::string>{"redis", "redis.service"});
}
