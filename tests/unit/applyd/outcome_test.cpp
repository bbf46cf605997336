#include "agentd/applyd/outcome.hpp"

#include "audit/entry.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using applyd::Outcome;

TEST_CASE("an outcome read back from its entry is the outcome that was written") {
    const Outcome wanted{.outcome = "rolled_back",
                         .reason = "not healthy: nginx.service: failed",
                         .from = "/nix/store/a",
                         .to = "/nix/store/b",
                         .checks = {{.name = "nginx.service", .detail = "failed"},
                                    {.name = "ssh", .ok = true, .detail = "answers"}},
                         .residue = {"user redis"},
                         .settled = true};
    const auto read = applyd::outcome_from_json(applyd::to_json(wanted, {}));
    CHECK(applyd::to_json(read, {}) == applyd::to_json(wanted, {}));
    CHECK(read.checks.size() == 2);
    CHECK(read.settled);
}

TEST_CASE("however much went wrong, the outcome fits into the log, what failed first") {
    Outcome outcome{.outcome = "rolled_back", .reason = std::string(100'000, 'x')};
    for (int i = 0; i < 5000; ++i) {
        outcome.checks.push_back({.name = "unit" + std::to_string(i),
                                  .ok = i != 4999,
                                  .detail = std::string(5000, 'y')});
    }
    const auto body = applyd::to_json(outcome, {});
    CHECK(core::canonical(body).size() < audit::max_entry_bytes);
    CHECK(body.at("checks").at(0).at("name") == "unit4999");
}

TEST_CASE(
    "an outcome fits into the log whatever its names are made of: one that does not would never "
    "be taken, and nothing be applied again") {
    std::string evil;
    for (int i = 0; i < 300; ++i) {
        evil += i % 2 == 0 ? "\x01" : "\\"; // six bytes and two, as JSON
    }
    Outcome outcome{.outcome = "rolled_back", .reason = std::string(100'000, '\x01')};
    for (int i = 0; i < 200; ++i) {
        outcome.checks.push_back({.name = evil, .detail = evil});
    }
    for (int i = 0; i < 24; ++i) {
        outcome.residue.push_back(std::string(300, '"'));
    }
    const auto body = applyd::to_json(outcome, {});
    const auto draft = audit::draft({}, "apply.outcome", std::string(26, '0'), body,
                                    {.kind = audit::ActorKind::system, .id = "agentd-applyd"});
    CHECK(audit::check(draft));
    CHECK(audit::to_line({.draft = draft, .stamp = {.boot_id = std::string(36, 'b')}}).size() <
          audit::max_entry_bytes);
    CHECK_FALSE(body.at("checks").empty());
    CHECK(body.at("residue").size() == 24);
}
