#include "agentd/core/crypto.hpp"
#include "agentd/core/zone.hpp"
#include "agentd/stages/approve.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixed_clock.hpp"

using namespace agentd;
using proposals::Level;
using proposals::PresenceMethod;
using stages::Agreement;
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
    d.told = {.source = "words", .checks = "none", .options_disagree = false};
    return d;
}

const policy::Policy usual;

std::string bytes_for(const ApprovalDesk& desk, const Decided& d,
                      proposals::Mode mode = proposals::Mode::switch_,
                      Agreement how = Agreement::people) {
    const auto statement = desk.prepare(d, mode, usual, how);
    REQUIRE(statement.has_value());
    return proposals::canonical_bytes(*statement);
}

std::string approve_code(const ApprovalDesk& desk, const Decided& d, const std::string& bytes) {
    const proposals::Presence nobody{.method = PresenceMethod::ssh,
                                     .key_id = "SHA256:" + std::string(43, 'A'),
                                     .signature = "none",
                                     .signed_digest = digest_of(bytes)};
    const auto agreed = desk.agree(d, bytes, nobody, {.policy = usual}, {});
    return agreed ? "approved" : agreed.problem().code;
}

} // namespace

TEST_CASE("a statement for what is decided goes on to the question who signed it") {
    const test::FixedClock clock;
    const ApprovalDesk desk(clock, std::chrono::minutes(30));
    const auto bytes = bytes_for(desk, decided());
    CHECK(approve_code(desk, decided(), bytes) == "unknown_key");
}

TEST_CASE("two statements for the same proposal are never the same") {
    const test::FixedClock clock;
    const ApprovalDesk desk(clock, std::chrono::minutes(30));
    CHECK(bytes_for(desk, decided()) != bytes_for(desk, decided()));
}

TEST_CASE("a statement for anything else than what is decided now is refused") {
    const test::FixedClock clock;
    const ApprovalDesk desk(clock, std::chrono::minutes(30));
    const auto bytes = bytes_for(desk, decided());
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
    CHECK(refuses([](Decided& d) { d.told.options_disagree = true; }));
    CHECK(refuses([](Decided& d) { d.draft.proposer.via = proposals::Via::socket; }));
    CHECK(refuses([](Decided& d) { d.machine_id = std::string(32, 'd'); }));
}

TEST_CASE("a statement is good for its time and no longer") {
    test::FixedClock clock;
    const ApprovalDesk desk(clock, std::chrono::minutes(30));
    const auto bytes = bytes_for(desk, decided());
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
    const auto bytes = bytes_for(desk, act, proposals::Mode::act);
    REQUIRE(proposals::parse_statement(bytes).has_value());
    CHECK(approve_code(desk, act, bytes) == "unknown_key");
    Decided other = act;
    other.draft.revision = proposals::Act(proposals::GcOlderThan{.days = 1});
    CHECK(approve_code(desk, other, bytes) == "mismatch");
    Decided back = decided();
    back.draft.revision = proposals::Rollback{.to = *back.revision.toplevel, .generation = 3};
    back.revision.drv.reset();
    const auto to = bytes_for(desk, back, proposals::Mode::rollback);
    REQUIRE(proposals::parse_statement(to).has_value());
    CHECK(approve_code(desk, back, to) == "unknown_key");
    CHECK(approve_code(desk, decided(), to) == "mismatch");
    CHECK(approve_code(desk, back, bytes_for(desk, decided())) == "mismatch");
}

TEST_CASE("root's own hand needs no key, and is named in the approval; its digest has to fit") {
    const test::FixedClock clock;
    const ApprovalDesk desk(clock, std::chrono::minutes(30));
    const auto bytes = bytes_for(desk, decided());
    proposals::Presence glass{.method = PresenceMethod::break_glass,
                              .signed_digest = digest_of(bytes)};
    const auto agreed = desk.agree(decided(), bytes, glass, {.policy = usual}, {});
    REQUIRE(agreed.has_value());
    CHECK(agreed->name == "root (break glass)");
    CHECK(agreed->missing.empty());
    glass.signed_digest = digest_of("other");
    CHECK(desk.agree(decided(), bytes, glass, {.policy = usual}, {}).problem().code ==
          "wrong_digest");
}

TEST_CASE("tests that policy wants passed keep everybody from approving until they are") {
    const test::FixedClock clock;
    const ApprovalDesk desk(clock, std::chrono::minutes(30));
    Decided d = decided();
    d.decision.verdict.obligations.tests = {"rehearsal"};
    CHECK(desk.prepare(d, proposals::Mode::switch_, usual, Agreement::people).problem().code ==
          "tests");
    CHECK(desk.prepare(d, proposals::Mode::switch_, usual, Agreement::policy).problem().code ==
          "tests");
    CHECK(desk.prepare(d, proposals::Mode::switch_, usual, Agreement::glass).has_value());
    d.passed = {"build", "rehearsal"};
    const auto bytes = bytes_for(desk, d);
    CHECK(approve_code(desk, d, bytes) == "unknown_key");
    d.passed = {"build"}; // it was made again, and failed
    CHECK(approve_code(desk, d, bytes) == "tests");
}

TEST_CASE("an approval for a window begins with it and lives until it ends") {
    test::FixedClock clock; // 2026-01-02T03:04:05Z
    const ApprovalDesk desk(clock, std::chrono::minutes(30));
    policy::Policy policy;
    policy.windows.push_back(
        {.name = "night",
         .days = 0x7f,
         .from = std::chrono::hours(4),
         .to = std::chrono::hours(6),
         .tz = "UTC",
         .zone = std::make_shared<core::Zone>(*core::Zone::from_rule("UTC0"))});
    Decided d = decided();
    d.decision.verdict.obligations.windows = {"night"};
    const auto statement = desk.prepare(d, proposals::Mode::switch_, policy, Agreement::people);
    REQUIRE(statement.has_value());
    CHECK(core::format_instant(statement->not_before) == "2026-01-02T04:00:00.000000Z");
    CHECK(core::format_instant(statement->expires) == "2026-01-02T06:00:00.000000Z");
    const auto code = [&] {
        const proposals::Presence nobody{.method = PresenceMethod::ssh};
        const auto agreed =
            desk.agree(d, proposals::canonical_bytes(*statement), nobody, {.policy = policy}, {});
        return agreed ? "" : agreed.problem().code;
    };
    CHECK(code() == "wrong_digest"); // it may be signed before
    clock.advance(std::chrono::hours(2));
    CHECK(code() == "wrong_digest"); // and within
    clock.advance(std::chrono::hours(1));
    CHECK(code() == "expired");
    d.decision.verdict.obligations.windows = {"nowhere"};
    CHECK(desk.prepare(d, proposals::Mode::switch_, policy, Agreement::people).problem().code ==
          "window");
}

TEST_CASE("who signs what would happen after a while lets it happen now; what needs him waits all "
          "the same") {
    proposals::Verdict verdict{.level = Level::veto};
    verdict.obligations.delay = std::chrono::hours(2);
    CHECK(stages::delay_of(verdict, Agreement::policy) == std::chrono::hours(2));
    CHECK(stages::delay_of(verdict, Agreement::people).count() == 0);
    verdict.level = Level::approve;
    CHECK(stages::delay_of(verdict, Agreement::people) == std::chrono::hours(2));
    CHECK(stages::delay_of(verdict, Agreement::glass).count() == 0);
}

TEST_CASE("an approval by policy alone becomes one again only for what is still decided so") {
    test::FixedClock clock;
    const ApprovalDesk desk(clock, std::chrono::minutes(30));
    Decided d = decided();
    d.decision.verdict.level = Level::veto;
    d.decision.verdict.obligations.delay = std::chrono::hours(2);
    const store::ApprovalRow row{
        .statement = bytes_for(desk, d, proposals::Mode::switch_, Agreement::policy),
        .approver = "policy",
        .presence = {.method = PresenceMethod::none}};
    const auto approved = desk.restore(d, {row}, {.policy = usual});
    REQUIRE(approved.has_value());
    CHECK(approved->approver() == "policy");
    CHECK(approved->presences().empty());
    CHECK(approved->statement().not_before + std::chrono::minutes(1) ==
          clock.now() + std::chrono::hours(2));
    d.decision.verdict.level = Level::approve;
    CHECK(desk.restore(d, {row}, {.policy = usual}).problem().code == "mismatch");
}
