#include "agentd/core/crypto.hpp"
#include "agentd/stages/approve.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixed_clock.hpp"

using namespace agentd;
using proposals::Level;
using proposals::PresenceMethod;
using stages::ApprovalDesk;
using stages::Decided;

namespace {

std::string digest_of(const std::string& text) {
    return core::sha256(text).hex();
}

Decided decided() {
    const std::string hash(32, 'a');
    Decided d;
    d.draft = {.host = "web",
               .title = "a change",
             .proposer = {.id = "alice", .kind = "human", .via = proposals::Via::terminal},
               .revision = proposals::Change{.base_commit = std::string(40, '1'),
                                             .base_branch = "main",
                                             .candidate_commit = std::string(40, '2'),
                                             .candidate_tree = digest_of("tree")}};
    d.proposal = "01M7XDJR8EW1MGZPDSKZH0PQD9";
    d.revision.drv = "/nix/store/" + hash + "-nixos-system-web.drv";
    d.revision.toplevel = "/nix/store/" + hash + "-nixos-system-web";
    d.revision.toplevel_nar_hash = "sha256-" + core::base64_encode(std::string(32, 'n'));
    d.revision.closure_manifest_sha256 = digest_of("manifest");
    d.revision.effects_sha256 = digest_of("effects");
    d.revision.from_path = "/nix/store/" + std::string(32, 'b') + "-nixos-system-web";
    d.revision.from_nar_hash = *d.revision.toplevel_nar_hash;
    d.decision.verdict = {.level = Level::approve, .presence = PresenceMethod::browser};
    d.decision.page_sha256 = digest_of("page");
    d.decision.policy_sha256 = digest_of("policy");
    d.base_tree_sha256 = digest_of("base");
    d.machine_id = std::string(32, 'c');
    return d;
}

std::string approve_code(const ApprovalDesk& desk, const Decided& d, const std::string& bytes) {
    const proposals::Presence nobody{.method = PresenceMethod::ssh,
                                     .key_id = "SHA256:" + std::string(43, 'A'),
                                     .signature = "none",
                                     .signed_digest = digest_of(bytes)};
    const auto approved = desk.approve(d, bytes, nobody, {});
    return approved ? "approved" : approved.problem().code;
}

} // namespace

TEST_CASE("a statement for what is decided goes on to the question who signed it") {
    const test::FixedClock clock;
    const ApprovalDesk desk(clock, std::chrono::minutes(30));
    const auto bytes =
        proposals::canonical_bytes(desk.prepare(decided(), proposals::Mode::switch_));
    CHECK(approve_code(desk, decided(), bytes) == "unknown_key");
}

TEST_CASE("two statements for the same proposal are never the same") {
    const test::FixedClock clock;
    const ApprovalDesk desk(clock, std::chrono::minutes(30));
    CHECK(desk.prepare(decided(), proposals::Mode::switch_).nonce !=
          desk.prepare(decided(), proposals::Mode::switch_).nonce);
}

TEST_CASE("a statement for anything else than what is decided now is refused") {
    const test::FixedClock clock;
    const ApprovalDesk desk(clock, std::chrono::minutes(30));
    const auto bytes =
        proposals::canonical_bytes(desk.prepare(decided(), proposals::Mode::switch_));
    const auto refuses = [&](auto change) {
        Decided other = decided();
        change(other);
        return approve_code(desk, other, bytes) == "mismatch";
    };
    CHECK(refuses([](Decided& d) { *d.revision.toplevel_nar_hash += "x"; }));
    CHECK(refuses([](Decided& d) { d.revision.effects_sha256 = digest_of("other"); }));
    CHECK(refuses([](Decided& d) { d.revision.from_path = *d.revision.toplevel; }));
    CHECK(refuses([](Decided& d) { d.decision.policy_sha256 = digest_of("other"); }));
    CHECK(refuses([](Decided& d) { d.decision.page_sha256 = digest_of("other"); }));
    CHECK(refuses([](Decided& d) {
        std::get<proposals::Change>(d.draft.revision).candidate_commit = std::string(40, '3');
    }));
    CHECK(refuses([](Decided& d) { d.draft.host = "db"; }));
    CHECK(refuses([](Decided& d) { d.draft.proposer.id = "bob"; }));
    CHECK(refuses([](Decided& d) { d.draft.proposer.via = proposals::Via::socket; }));
    CHECK(refuses([](Decided& d) { d.machine_id = std::string(32, 'd'); }));
}

TEST_CASE("a statement is good for its time and no longer") {
    test::FixedClock clock;
    const ApprovalDesk desk(clock, std::chrono::minutes(30));
    const auto bytes =
        proposals::canonical_bytes(desk.prepare(decided(), proposals::Mode::switch_));
    clock.advance(std::chrono::minutes(29));
    CHECK(approve_code(desk, decided(), bytes) == "unknown_key");
    clock.advance(std::chrono::minutes(1));
    CHECK(approve_code(desk, decided(), bytes) == "expired");
}

TEST_CASE("an act and a rollback have a mode of their own, and their statements bind them") {
    const test::FixedClock clock;
    const ApprovalDesk desk(clock, std::chrono::minutes(30));
    Decided act = decided();
    act.draft.revision = proposals::Act(proposals::GcOlderThan{.days = 30});
    act.revision.drv.reset();
    act.revision.toplevel.reset();
    act.revision.toplevel_nar_hash.reset();
    act.revision.closure_manifest_sha256.reset();
    CHECK(stages::usual_mode(act.draft) == proposals::Mode::act);
    CHECK_FALSE(stages::fits(act.draft, proposals::Mode::switch_));
    const auto bytes = proposals::canonical_bytes(desk.prepare(act, proposals::Mode::act));
    REQUIRE(proposals::parse_statement(bytes).has_value());
    CHECK(approve_code(desk, act, bytes) == "unknown_key");
    Decided other = act;
    other.draft.revision = proposals::Act(proposals::GcOlderThan{.days = 1});
    CHECK(approve_code(desk, other, bytes) == "mismatch");
    Decided back = decided();
    back.draft.revision = proposals::Rollback{.to = *back.revision.toplevel, .generation = 3};
    back.revision.drv.reset();
    const auto to = proposals::canonical_bytes(desk.prepare(back, proposals::Mode::rollback));
    REQUIRE(proposals::parse_statement(to).has_value());
    CHECK(approve_code(desk, back, to) == "unknown_key");
    CHECK(approve_code(desk, decided(), to) == "mismatch");
    CHECK(approve_code(desk, back,
                       proposals::canonical_bytes(
                           desk.prepare(decided(), proposals::Mode::switch_))) == "mismatch");
}

TEST_CASE("root's own hand needs no key, and is named in the approval; its digest has to fit") {
    const test::FixedClock clock;
    const ApprovalDesk desk(clock, std::chrono::minutes(30));
    const auto bytes =
        proposals::canonical_bytes(desk.prepare(decided(), proposals::Mode::switch_));
    proposals::Presence glass{.method = PresenceMethod::break_glass,
                              .signed_digest = digest_of(bytes)};
    const auto approved = desk.approve(decided(), bytes, glass, {});
    REQUIRE(approved.has_value());
    CHECK(approved->approver() == "root (break glass)");
    glass.signed_digest = digest_of("other");
    CHECK(desk.approve(decided(), bytes, glass, {}).problem().code == "wrong_digest");
}
