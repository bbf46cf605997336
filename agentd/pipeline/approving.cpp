// What is decided is agreed to: by people who sign the same bytes, by policy alone, or by root's
// own hand.
#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"
#include "agentd/pipeline/job.hpp"
#include "agentd/stages/agreement.hpp"
#include "agentd/stages/checks.hpp"
#include "policy/quorum.hpp"

#include <nlohmann/json.hpp>

namespace agentd::pipeline {

using core::Done;
using core::Problem;
using core::Result;
using proposals::State;

namespace {

Problem machine_changed() {
    return {
        .code = "stale",
        .message = "the machine runs another system than the one this proposal was compared with",
        .hint = "`agentctl verify` compares it again; what was approved before no longer counts"};
}

Problem used() {
    return {.code = "used",
            .message = "this statement was used already",
            .hint = "each approval signs a fresh statement"};
}

Problem cannot_be_approved(const std::optional<store::ProposalRow>& row) {
    const bool again = row && (row->state == State::stale || row->state == State::expired);
    return {.code = again ? "stale" : "wrong_state",
            .message = "the proposal cannot be approved now: it is " +
                       std::string(row ? proposals::to_string(row->state) : "gone")};
}

/// As policy heard it when it decided.
proposals::Told told_of(const proposals::Draft& draft, const std::vector<store::EvidenceRow>& rows,
                        const store::DecisionRow& decision, const store::Blobs& blobs) {
    std::optional<proposals::Evidence> checks;
    for (const auto& row : rows) {
        if (row.evidence.level == proposals::EvidenceLevel::checks) {
            checks = row.evidence;
        }
    }
    const auto digest = core::Digest::parse(decision.page_sha256);
    const auto page = digest ? blobs.get(*digest) : std::nullopt;
    return {.source = std::string(proposals::to_string(draft.source)),
            .checks = stages::fact_of_checks(checks),
            .options_disagree = page ? stages::told_disagreement(*page) : std::nullopt};
}

/// The levels whose newest evidence passed.
std::vector<std::string> passed_of(const std::vector<store::EvidenceRow>& rows) {
    std::map<std::string, bool> passed;
    for (const auto& row : rows) {
        passed[std::string(proposals::to_string(row.evidence.level))] =
            row.evidence.status == proposals::EvidenceStatus::passed;
    }
    std::vector<std::string> out;
    for (const auto& [level, well] : passed) {
        if (well) {
            out.push_back(level);
        }
    }
    return out;
}

} // namespace

Result<stages::Decided> Pipeline::decided(const std::string& id) {
    const auto job = job_of(id);
    if (!job) {
        return job.problem();
    }
    auto [revision, decision, evidence] = in_.sequencer.ask([&] {
        const auto queries = in_.ledger.queries();
        return std::tuple(queries.revision(job->id.str()), queries.decision(job->id.str()),
                          queries.evidence(job->id.str()));
    });
    if (!revision || !decision) {
        return Problem{.code = "pending",
                       .message = "the proposal is not decided yet: it is " +
                                  std::string(proposals::to_string(job->row.state)),
                       .hint = "`agentctl verify " + job->id.str() + "` tests it"};
    }
    const machine::Machine machine(in_.machine);
    auto told = told_of(job->draft, evidence, *decision, in_.blobs);
    stages::Decided decided{.draft = job->draft,
                            .proposal = job->id.str(),
                            .revision = std::move(*revision),
                            .decision = std::move(*decision),
                            .machine_id = machine.machine_id(),
                            .told = std::move(told),
                            .passed = passed_of(evidence)};
    if (job->commits) {
        const auto repository = this->repository();
        const auto lock = repository.file_digest(job->commits->candidate, "flake.lock");
        decided.base_tree_sha256 = repository.tree_digest(job->commits->base).hex();
        decided.flake_lock_sha256 = lock ? std::optional(lock->hex()) : std::nullopt;
    }
    return decided;
}

Result<std::string> Pipeline::statement(const std::string& id, std::optional<proposals::Mode> mode,
                                        stages::Agreement how) {
    const auto job = job_of(id);
    if (!job) {
        return job.problem();
    }
    if (mode && !stages::fits(job->draft, *mode)) {
        return Problem{.code = "usage",
                       .message = "a " + job->row.kind + " is not approved in mode " +
                                  std::string(proposals::to_string(*mode)),
                       .hint = "leave `mode` out"};
    }
    if (job->row.state == State::denied) {
        return Problem{.code = "denied",
                       .message = "no approval is taken for this proposal: it is denied",
                       .hint = "`agentctl policy explain " + job->id.str() + "` says why"};
    }
    if (job->row.state != State::decided) {
        const bool early = job->row.state == State::drafted || job->row.state == State::checking ||
                           job->row.state == State::verified;
        const bool again = job->row.state == State::stale || job->row.state == State::expired;
        return Problem{.code = early   ? "pending"
                               : again ? "stale"
                                       : "refused",
                       .message = "the proposal is " +
                                  std::string(proposals::to_string(job->row.state)) +
                                  ": there is nothing to approve",
                       .hint = early || again ? "`agentctl verify " + job->id.str() + "` tests it"
                               : job->row.state == State::approved
                                   ? "`agentctl apply " + job->id.str() + "`"
                                   : "`agentctl show " + job->id.str() + "` says how it is"};
    }
    const auto decided = this->decided(id);
    if (!decided) {
        return decided.problem();
    }
    const auto policy = still_holds(*job, *decided);
    if (!policy) {
        return policy.problem();
    }
    const auto wanted = mode.value_or(stages::usual_mode(job->draft));
    // Who agrees second signs what the first one signed.
    const auto begun =
        in_.sequencer.ask([&] { return in_.ledger.queries().approvals(job->id.str()); });
    const auto open = begun.empty() ? std::nullopt
                                    : std::optional(proposals::parse_statement(begun[0].statement));
    if (how == stages::Agreement::people && open && *open && (*open)->mode == wanted &&
        in_.clock.now() < (*open)->expires) {
        return begun[0].statement;
    }
    const auto fresh = desk_.prepare(*decided, wanted, policy->policy, how);
    return fresh ? Result<std::string>(proposals::canonical_bytes(*fresh)) : fresh.problem();
}

Result<stages::CurrentPolicy> Pipeline::still_holds(const Job& job,
                                                    const stages::Decided& decided) {
    const auto stale = [&](Problem problem) -> Result<stages::CurrentPolicy> {
        mark(job.id.str(), State::stale, problem.message);
        return problem;
    };
    const machine::Machine machine(in_.machine);
    const auto running = machine.links().running;
    if (!running || running->str() != decided.revision.from_path) {
        return stale(machine_changed());
    }
    // An act and a rollback are about the machine alone: where the branch is does not matter.
    if (job.commits) {
        const auto head = this->head();
        if (!head) {
            return head.problem();
        }
        if (*head != job.commits->base) {
            return stale({.code = "stale",
                          .message = job.commits->branch + " has moved since this was tested",
                          .where = job.commits->branch + " is at " + head->short_form(),
                          .hint = "propose the change again on the new head"});
        }
    }
    auto policy = stages::load_current_policy(in_.config.policy.file, in_.clock.now());
    if (!policy) {
        return policy.problem();
    }
    if (policy->digest.hex() != decided.decision.policy_sha256) {
        return stale({.code = "stale",
                      .message = "the policy has changed since it spoke about this",
                      .where = in_.config.policy.file,
                      .hint = "`agentctl verify " + job.id.str() + "` asks the new one"});
    }
    return policy;
}

Result<Done> Pipeline::approve(const std::string& id, const Consent& consent, const Actor& actor) {
    const auto job = job_of(id);
    const auto decided = this->decided(id);
    if (!job || !decided) {
        return job ? decided.problem() : job.problem();
    }
    const bool by_hand = consent.presence.method == proposals::PresenceMethod::break_glass;
    if (by_hand && actor.uid != 0) {
        return Problem{.code = "denied",
                       .message = "only root breaks the glass",
                       .hint = "sudo agentctl approve --break-glass, on the machine itself; or "
                               "approve it with your key"};
    }
    const auto policy = job->row.state == State::decided
                            ? still_holds(*job, *decided)
                            : stages::load_current_policy(in_.config.policy.file, in_.clock.now());
    if (!policy) {
        return policy.problem();
    }
    if (!by_hand && decided->decision.verdict.obligations.typed_host &&
        consent.typed_host != decided->draft.host) {
        return Problem{.code = "typed_host",
                       .message = "policy wants the name of the host typed for this",
                       .hint = "type it: " + decided->draft.host};
    }
    const auto who = approvers();
    return in_.sequencer.ask([&]() -> Result<Done> {
        const auto queries = in_.ledger.queries();
        const auto row = queries.proposal(decided->proposal);
        auto before = queries.approvals(decided->proposal);
        const bool same = !before.empty() && before.front().statement == consent.statement;
        if (!same) {
            before.clear(); // a fresh statement begins anew
        }
        if ((same && row->state != State::decided) ||
            queries.was_signed_before(consent.statement, row->round)) {
            return used();
        }
        const auto agreed = desk_.agree(*decided, consent.statement, consent.presence,
                                        {.approvers = who, .policy = policy->policy}, before);
        if (!agreed) {
            return agreed.problem();
        }
        if (!row || !proposals::may_go(row->state, State::approved)) {
            return cannot_be_approved(row);
        }
        grant(in_.ledger, decided->proposal, consent, *agreed,
              {.kind = actor.kind, .id = agreed->name, .uid = actor.uid});
        return Done{};
    });
}

void grant(Ledger& ledger, const std::string& id, const Consent& consent,
           const stages::Agreed& agreed, const Actor& actor) {
    core::Json missing = core::Json::array();
    for (const auto& each : agreed.missing) {
        missing.push_back({{"n", each.n}, {"role", proposals::to_string(each.role)}});
    }
    const bool signed_by_one = consent.presence.method != proposals::PresenceMethod::none;
    ledger.record(
        "approval.granted", id,
        {{"statement", consent.statement},
         {"statement_sha256", core::sha256(consent.statement).hex()},
         {"presence", signed_by_one ? proposals::to_json(consent.presence) : core::Json()},
         {"approver", agreed.name},
         {"missing", missing}},
        {.kind = actor.kind, .id = actor.id});
}

} // namespace agentd::pipeline
