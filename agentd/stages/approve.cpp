#include "agentd/stages/approve.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "policy/quorum.hpp"

#include <algorithm>

namespace agentd::stages {

namespace {

using core::Problem;
using core::Result;
using proposals::Mode;
using proposals::Statement;

constexpr auto slack = std::chrono::minutes(1);    // clocks of phones differ a little
constexpr auto by_hand = std::chrono::minutes(30); // root takes none that is good for an hour
constexpr auto day = std::chrono::hours(24);

/// Everything but a change's mode, times and nonce follows from what was decided.
Statement bind(const Decided& decided) {
    Statement statement{
        .proposal = decided.proposal,
        .revision = proposals::revision_digest(decided.draft).hex(),
        .author = decided.draft.proposer,
        .host = decided.draft.host,
        .machine_id = decided.machine_id,
        .from = {.path = decided.revision.from_path, .nar_hash = decided.revision.from_nar_hash},
        .drv = decided.revision.drv,
        .toplevel = decided.revision.toplevel,
        .toplevel_nar_hash = decided.revision.toplevel_nar_hash,
        .closure_manifest_sha256 = decided.revision.closure_manifest_sha256,
        .effects_sha256 = decided.revision.effects_sha256,
        .page_sha256 = decided.decision.page_sha256,
        .policy_sha256 = decided.decision.policy_sha256,
        .required_level = decided.decision.verdict.level,
        .told = decided.told,
        .typed_host = decided.decision.verdict.obligations.typed_host};
    core::match(
        decided.draft.revision,
        [&](const proposals::Change& change) {
            statement.base_commit = change.base_commit;
            statement.candidate_commit = change.candidate_commit;
            statement.base_tree_sha256 = decided.base_tree_sha256;
            statement.candidate_tree_sha256 = change.candidate_tree;
            statement.flake_lock_sha256 = decided.flake_lock_sha256;
        },
        [&](const proposals::Act& act) {
            statement.mode = Mode::act;
            statement.act = proposals::canonical_bytes(act);
        },
        [&](const proposals::Rollback& rollback) {
            statement.mode = Mode::rollback;
            statement.rollback_to = rollback.to;
        });
    return statement;
}

Problem mismatch() {
    return {.code = "mismatch",
            .message = "what was signed is not what is decided now",
            .hint = "open the proposal again, read it, and approve what it says now"};
}

Problem weak(proposals::PresenceMethod given, proposals::PresenceMethod wanted) {
    return {.code = "presence",
            .message = "policy wants a stronger proof that you are there than `" +
                       std::string(proposals::to_string(given)) + "`",
            .hint = "approve with `" + std::string(proposals::to_string(wanted)) + "`"};
}

/// Policy named tests, and they passed; root by its own hand asks for none.
core::Result<core::Done> tested(const Decided& decided, Agreement how) {
    for (const std::string& test : decided.decision.verdict.obligations.tests) {
        const auto& passed = decided.passed;
        if (how != Agreement::glass &&
            std::find(passed.begin(), passed.end(), test) == passed.end()) {
            return Problem{.code = "tests",
                           .message = "policy wants `" + test +
                                      "` to have passed before anybody "
                                      "approves this, and it has not",
                           .hint = "`agentctl show " + decided.proposal + "` says how it went"};
        }
    }
    return core::Done{};
}

} // namespace

bool fits(const proposals::Draft& draft, Mode mode) noexcept {
    const bool of_a_system = mode == Mode::test || mode == Mode::switch_ || mode == Mode::boot;
    return draft.change() != nullptr ? of_a_system
           : draft.act() != nullptr  ? mode == Mode::act
                                     : mode == Mode::rollback;
}

Mode usual_mode(const proposals::Draft& draft) noexcept {
    return draft.change() != nullptr ? Mode::switch_
           : draft.act() != nullptr  ? Mode::act
                                     : Mode::rollback;
}

std::string names_of(const std::vector<store::ApprovalRow>& rows) {
    std::vector<std::string> names;
    for (const auto& row : rows) {
        names.push_back(row.approver);
    }
    return core::join(names, ", ");
}

std::chrono::seconds delay_of(const proposals::Verdict& verdict, Agreement how) noexcept {
    const bool waits = how == Agreement::policy ||
                       (how == Agreement::people && verdict.level == proposals::Level::approve);
    return waits ? verdict.obligations.delay : std::chrono::seconds(0);
}

core::Result<ApprovalDesk::Times> ApprovalDesk::times(const proposals::Verdict& verdict,
                                                      const policy::Policy& policy,
                                                      Agreement how) const {
    const auto& obligations = verdict.obligations;
    const auto now = clock_.now();
    if (how == Agreement::glass) {
        return Times{.from = now - slack, .until = now + std::min(lifetime_, by_hand)};
    }
    const auto delay = delay_of(verdict, how);
    if (!obligations.windows.empty()) {
        std::vector<const policy::Window*> windows;
        for (const std::string& name : obligations.windows) {
            windows.push_back(policy::find_window(policy, name));
        }
        const bool known = std::find(windows.begin(), windows.end(), nullptr) == windows.end();
        const auto opening = known ? policy::next_opening(windows, now + delay) : std::nullopt;
        if (!opening) {
            return Problem{.code = "window",
                           .message = "policy lets this happen only in a window that does not "
                                      "open within a year",
                           .where = core::join(obligations.windows, ", ")};
        }
        return Times{.from = opening->from, .until = opening->until};
    }
    const bool several = policy::needs_several(obligations);
    return Times{.from = now + delay - slack,
                 .until = now + delay +
                          (several || delay.count() > 0 ? std::chrono::minutes(day) : lifetime_)};
}

core::Result<Statement> ApprovalDesk::prepare(const Decided& decided, Mode mode,
                                              const policy::Policy& policy, Agreement how) const {
    if (auto done = tested(decided, how); !done) {
        return done.problem();
    }
    const auto valid = times(decided.decision.verdict, policy, how);
    if (!valid) {
        return valid.problem();
    }
    Statement statement = bind(decided);
    AGENTD_CHECK(fits(decided.draft, mode));
    statement.mode = mode;
    statement.not_before = valid->from;
    statement.expires = valid->until;
    statement.nonce = proposals::make_nonce();
    return statement;
}

/// The statement, where it is what is decided now and has not run out.
core::Result<Statement> ApprovalDesk::check(const Decided& decided, const std::string& bytes,
                                            const policy::Policy& policy, Agreement how) const {
    auto statement = proposals::parse_statement(bytes);
    if (!statement) {
        return statement.problem();
    }
    Statement expected = bind(decided);
    if (fits(decided.draft, statement->mode)) {
        expected.mode = statement->mode; // how a change is applied is for its approver to say
    }
    expected.not_before = statement->not_before;
    expected.expires = statement->expires;
    expected.nonce = statement->nonce;
    if (!(expected == *statement)) {
        return mismatch();
    }
    const auto latest = times(decided.decision.verdict, policy, how);
    if (!latest) {
        return latest.problem();
    }
    if (clock_.now() >= statement->expires || statement->expires > latest->until + slack) {
        return Problem{.code = "expired",
                       .message = "the statement is not valid now",
                       .where = "valid from " + core::format_instant(statement->not_before) +
                                " to " + core::format_instant(statement->expires),
                       .hint = "approve again: each statement is good for a short time"};
    }
    if (auto done = tested(decided, how); !done) {
        return done.problem();
    }
    return statement;
}

core::Result<Agreed> ApprovalDesk::agree(const Decided& decided, const std::string& statement_bytes,
                                         const proposals::Presence& presence, const People& people,
                                         std::span<const store::ApprovalRow> before) const {
    const bool by_hand = presence.method == proposals::PresenceMethod::break_glass;
    const auto statement = check(decided, statement_bytes, people.policy,
                                 by_hand ? Agreement::glass : Agreement::people);
    if (!statement) {
        return statement.problem();
    }
    if (by_hand) {
        if (presence.signed_digest != core::sha256(statement_bytes).hex()) {
            return Problem{.code = "wrong_digest",
                           .message = "the approval is for another statement"};
        }
        return Agreed{.name = std::string(proposals::glass_breaker)};
    }
    const auto approver = proposals::verify_presence(statement_bytes, presence, people.approvers);
    if (!approver) {
        return approver.problem();
    }
    const auto& verdict = decided.decision.verdict;
    // Who lets happen now what would happen by itself shows no less than if he had been asked; root
    // decides once more as if he had been.
    const auto wanted = verdict.level > proposals::Level::approve
                            ? std::max(verdict.presence, people.policy.presence)
                            : verdict.presence;
    if (!proposals::satisfies(presence.method, wanted)) {
        return weak(presence.method, wanted);
    }
    const policy::Vote vote{
        .policy = people.policy, .author = statement->author, .obligations = verdict.obligations};
    if (const auto may = policy::may_agree(vote, approver->name); !may) {
        return may.problem();
    }
    std::vector<std::string> names{approver->name};
    for (const auto& row : before) {
        if (row.approver == approver->name) {
            return Problem{.code = "used",
                           .message = approver->name + " approved this already",
                           .hint = "one person counts once, whatever keys he has"};
        }
        names.push_back(row.approver);
    }
    return Agreed{.name = approver->name, .missing = policy::still_needed(vote, names)};
}

core::Result<Approved> ApprovalDesk::restore(const Decided& decided,
                                             const std::vector<store::ApprovalRow>& rows,
                                             const People& people) const {
    AGENTD_CHECK(!rows.empty());
    const std::string& bytes = rows.front().statement;
    if (rows.front().presence.method == proposals::PresenceMethod::none) {
        auto statement = check(decided, bytes, people.policy, Agreement::policy);
        return statement ? Result<Approved>(Approved(std::move(*statement), bytes, {}, "policy"))
                         : statement.problem();
    }
    std::vector<proposals::Presence> presences;
    std::vector<proposals::ApproversNeeded> missing;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto agreed =
            agree(decided, bytes, rows[i].presence, people, std::span(rows).first(i));
        if (!agreed) {
            return agreed.problem();
        }
        missing = agreed->missing;
        presences.push_back(rows[i].presence);
    }
    if (!missing.empty()) {
        return Problem{.code = "more_approvers", .message = policy::describe(missing)};
    }
    auto statement = proposals::parse_statement(bytes);
    return Approved(std::move(*statement), bytes, std::move(presences), names_of(rows));
}

} // namespace agentd::stages
