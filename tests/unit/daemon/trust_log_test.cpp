// What the log's entries say about trust.
#include "agentd/pipeline/trust_log.hpp"

#include "audit/entry.hpp"
#include "policy/effect_class.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using core::Json;
using pipeline::TrustLog;
using policy::EffectClass;
using policy::trust::Key;
using policy::trust::Moment;
using policy::trust::TrustLevel;
using std::chrono::hours;

namespace {

const core::Instant begin{std::chrono::sys_days(std::chrono::year(2026) / 3 / 1)};
const std::string policy_digest(64, 'a');

proposals::Proposer proposer() {
    return {.id = "claude", .kind = "agent", .binding = std::string(64, '1')};
}

Key key(EffectClass effect_class = EffectClass::package) {
    return {.who = pipeline::identity_of(proposer()),
            .effect_class = effect_class,
            .host_class = "web"};
}

class Log {
  public:
    TrustLog trust;
    core::Instant now = begin;

    void add(const std::string& type, const std::string& subject, const Json& body) {
        const auto draft = audit::draft(now, type, subject, body);
        trust.take(size_++, audit::to_line({.draft = draft,
                                            .stamp = {.time = now,
                                                      .boot_id = "boot",
                                                      .mono_us = (now - begin).count()}}));
    }
    std::string propose() {
        const std::string id = "P" + std::to_string(size_);
        add("proposal.drafted", id, {{"proposer", to_json(proposer())}});
        return id;
    }
    void intend(const std::string& id, const char* agreed, const std::string& target,
                const char* effect_class = "package") {
        add("apply.intent", id,
            {{"mode", "switch"},
             {"trust",
              {{"author", to_json(proposer())},
               {"class", effect_class},
               {"host_class", "web"},
               {"agreed", agreed},
               {"targets", Json::array({target})}}}});
    }
    void end(const std::string& id, const char* outcome) {
        add("apply.outcome", id, {{"outcome", outcome}, {"reason", "it broke"}});
    }
    std::string apply(const char* agreed, const std::string& target,
                      const char* outcome = "confirmed") {
        const auto id = propose();
        intend(id, agreed, target);
        end(id, outcome);
        return id;
    }
    Log& earn() {
        for (int day = 0; day < 16; ++day) {
            apply("person", "package" + std::to_string(day));
            now += hours(24);
        }
        return *this;
    }
    Log& garbage() {
        trust.take(size_++, "not an entry");
        return *this;
    }
    void grant(TrustLevel level) {
        const policy::trust::Grant grant{.key = key(),
                                         .level = level,
                                         .host = "web",
                                         .machine_id = "m",
                                         .policy_sha256 = policy_digest,
                                         .agentd_version = "1",
                                         .not_before = now,
                                         .expires = now + hours(48),
                                         .nonce = std::string(64, 'b')};
        add("trust.changed", "host:web", {{"what", "granted"}, {"grant", canonical_bytes(grant)}});
    }
    Moment moment() const {
        return {.at = now,
                .policy_sha256 = policy_digest,
                .agentd_version = "1",
                .verified = true,
                .least_entries = size_};
    }
    TrustLevel level(EffectClass effect_class = EffectClass::package) const {
        return trust.ladder().standing(key(effect_class), moment()).level;
    }

  private:
    std::uint64_t size_ = 0;
};

} // namespace

TEST_CASE("trust is earned by what root says was applied, and granted by what root verified") {
    Log log;
    log.earn();
    CHECK(log.level() == TrustLevel::ask);
    CHECK(log.trust.ladder().standing(key(), log.moment()).suggested == TrustLevel::veto);
    log.grant(TrustLevel::veto);
    CHECK(log.level() == TrustLevel::veto);
    CHECK(log.level(EffectClass::setting) == TrustLevel::ask);
}

TEST_CASE("an approval that only the daemon tells of earns nothing") {
    Log log;
    for (int day = 0; day < 20; ++day) {
        const auto id = log.propose();
        log.add("approval.granted", id, {{"approver", "ann"}});
        log.add("proposal.state", id, {{"to", "confirmed"}});
        log.now += hours(24);
    }
    CHECK(log.trust.ladder().standing(key(), log.moment()).evidence.applies == 0);
}

TEST_CASE("each entry that tells of a fault takes the grant away") {
    const auto level_after = [](const auto& fault) {
        Log log;
        log.earn().grant(TrustLevel::veto);
        log.now += std::chrono::minutes(5);
        fault(log);
        return log.level();
    };
    using L = Log;
    CHECK(level_after([](L&) {}) == TrustLevel::veto);
    CHECK(level_after([](L& log) { log.apply("person", "x", "rolled_back"); }) ==
          TrustLevel::revoked);
    CHECK(level_after([](L& log) { log.apply("person", "x", "failed"); }) == TrustLevel::veto);
    CHECK(level_after([](L& log) {
              const auto id = log.propose();
              log.intend(id, "person", "x");
              log.add("apply.step", id, {{"step", "cancelled_by"}});
              log.end(id, "rolled_back");
          }) == TrustLevel::veto); // a person changed his mind
    CHECK(level_after([](L& log) {
              log.apply("person", "redis.service");
              log.now += hours(2);
              log.add("observation.opened", "unit_failed:redis.service", Json::object());
          }) == TrustLevel::revoked);
    CHECK(level_after([](L& log) {
              log.apply("person", "redis.service");
              log.add("observation.opened", "unit_failed:nginx.service", Json::object());
          }) == TrustLevel::veto);
    CHECK(level_after([](L& log) {
              log.add("statement.refused", log.propose(),
                      {{"code", "wrong_effects"}, {"message", "other effects"}});
          }) == TrustLevel::revoked);
    CHECK(level_after([](L& log) {
              log.add("statement.refused", log.propose(),
                      {{"code", "expired"}, {"message", "too late"}});
          }) == TrustLevel::veto);
    CHECK(level_after([](L& log) {
              log.add("approval.rejected", log.propose(), {{"reason", "Dangerous: opens root"}});
          }) == TrustLevel::revoked);
    CHECK(level_after([](L& log) {
              log.add("approval.rejected", log.propose(), {{"reason", "not now"}});
          }) == TrustLevel::veto);
    CHECK(level_after([](L& log) {
              log.add("audit.loss_accepted", "log", {{"signed_size", 9}, {"kept_size", 8}});
          }) == TrustLevel::revoked);
    CHECK(level_after([](L& log) {
              log.add("apply.brake", "host:web", {{"brake", "glass_broken"}});
          }) == TrustLevel::revoked);
    CHECK(level_after([](L& log) {
              log.add("trust.changed", "host:web",
                      {{"what", "revoked"}, {"because", "ann says so"}, {"proposer", nullptr}});
          }) == TrustLevel::revoked);
    CHECK(level_after([](L& log) { log.garbage(); }) == TrustLevel::revoked);
    CHECK(level_after([](L& log) { log.garbage().propose(); }) == TrustLevel::revoked);
}

TEST_CASE("root is told once what it cannot see: a unit that fails later, a dangerous refusal") {
    Log log;
    log.apply("person", "redis.service");
    log.add("observation.opened", "unit_failed:redis.service", Json::object());
    log.add("approval.rejected", log.propose(), {{"reason", "dangerous"}});
    log.apply("person", "x", "rolled_back"); // which root knows
    const auto faults = log.trust.take_faults(log.now - hours(1));
    REQUIRE(faults.size() == 2);
    CHECK(faults[0].who == key().who);
    CHECK(faults[0].effect_class == EffectClass::package);
    CHECK(faults[1].who == key().who);
    CHECK_FALSE(faults[1].effect_class);
    CHECK(log.trust.take_faults(log.now - hours(1)).empty());
    log.add("approval.rejected", log.propose(), {{"reason", "dangerous"}});
    CHECK(log.trust.take_faults(log.now + hours(1)).empty()); // long ago: not again after a start
}

TEST_CASE("an act moves no system and earns nothing") {
    Log log;
    for (int day = 0; day < 20; ++day) {
        const auto id = log.propose();
        log.add("apply.intent", id, {{"mode", "act"}});
        log.end(id, "confirmed");
        log.now += hours(24);
    }
    CHECK(log.trust.ladder().keys().empty());
}

TEST_CASE(
    "the facts are those of the proposer, the class and what happened since a person agreed") {
    Log log;
    log.earn().grant(TrustLevel::veto);
    const auto id = log.propose();
    log.intend(id, "objection_period", "redis.service", "setting");
    log.end(id, "confirmed");
    policy::Facts facts;
    facts.set("change.class", std::string("package"));
    add_trust(facts, log.trust, proposer(), "web", log.moment());
    // Granted veto, and nobody proved whose the proposal is: a borrowed name lifts nothing.
    REQUIRE(log.level() == TrustLevel::veto);
    CHECK(facts.get("proposer.trust") == policy::FactValue(std::string("ask")));
    CHECK(facts.get("change.class_since_person") == policy::FactValue(std::string("setting")));
    CHECK(facts.get("change.steps_since_person") == policy::FactValue(std::int64_t{1}));
    policy::Facts unknown;
    add_trust(unknown, log.trust, proposer(), "web", log.moment());
    CHECK(unknown.get("proposer.trust") == policy::FactValue(policy::Unknown{}));
}
