/// @file
/// The sequencer of the loop: which stage comes next, and what is written down before and after it.
#pragma once

#include "agentd/pipeline/hints.hpp"
#include "agentd/pipeline/surroundings.hpp"
#include "agentd/stages/apply.hpp"
#include "agentd/stages/approve.hpp"
#include "agentd/stages/decide.hpp"
#include "agentd/stages/explain.hpp"
#include "agentd/stages/patch.hpp"
#include "agentd/stages/test.hpp"
#include "proposals/git.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace agentd::pipeline {

/// Its functions run on a worker's thread and may take long; each writes through the sequencer. What
/// a person asked for and may not have is a Problem.
class Pipeline {
  public:
    explicit Pipeline(Surroundings surroundings);
    ~Pipeline();

    /// Plan and patch. Testing begins by itself.
    core::Result<std::string> propose(const stages::Request& request, const Actor& actor,
                                      std::optional<std::string> cause = {},
                                      const std::stop_token& stop = {});
    /// An act, or going back; of the request only the words count. It is checked by itself.
    core::Result<std::string> propose(const stages::Request& words, proposals::Revision revision,
                                      const Actor& actor, std::optional<std::string> cause = {});
    /// Test, explain and decide, now and on this thread, or soon. Also brings a stale one back.
    core::Result<core::Done> check(const std::string& id, const std::stop_token& stop);
    void check_soon(const std::string& id);
    /// The bytes to sign, which somebody else may have signed already. Without a mode: the usual one.
    core::Result<std::string> statement(const std::string& id, std::optional<proposals::Mode> mode,
                                        stages::Agreement how);
    /// One person's word; it is approved once nobody is missing.
    core::Result<core::Done> approve(const std::string& id, const Consent& by, const Actor& actor);
    core::Result<core::Done> reject(const std::string& id, const std::string& reason,
                                    const Actor& actor);
    core::Result<core::Done> withdraw(const std::string& id, const std::string& reason,
                                      const Actor& actor);
    core::Result<stages::ApplyOutcome> apply(const std::string& id, const stages::OnStep& on_step,
                                             const std::stop_token& stop);
    /// After a start: what was in flight is settled by looking, what was waiting goes on.
    void recover(const std::stop_token& stop);
    void pick_up(); ///< now and then: what nobody is busy with any more goes on
    /// What waits for a decision or for its apply on another base than `head` goes stale.
    void head_moved(const core::Commit& head);
    /// The head of the owner's branch, mirrored now.
    core::Result<core::Commit> head();
    /// What an approval binds, from the rows of this moment.
    core::Result<stages::Decided> decided(const std::string& id);
    const Hints& hints() const noexcept { return hints_; }

  private:
    struct Job;
    class Testing;
    friend class Agenda;
    /// Machine, branch and policy are still those it was decided for; else it goes stale.
    core::Result<stages::CurrentPolicy> still_holds(const Job& job,
                                                    const stages::Decided& decided);
    core::Result<core::Done> test_and_decide(const Job& job, const core::Commit& head,
                                             const std::stop_token& stop);
    core::Result<core::Done> check_rollback(const Job& job, const proposals::Rollback& rollback,
                                            const std::stop_token& stop);
    core::Result<core::Done> check_act(const Job& job, const proposals::Act& act,
                                       const std::stop_token& stop);
    core::Result<core::Done> decide_act(const Job& job, const proposals::Act& act,
                                        std::vector<std::string> notes, const std::stop_token& stop);
    core::Result<core::Done> explain_and_decide(const Job& job, const stages::Tested& tested,
                                                const std::stop_token& stop);
    core::Result<std::string> draft_and_check(proposals::Draft draft, const core::ProposalId& id,
                                              const Actor& actor, std::optional<std::string> cause);
    core::Result<core::Done> record_refusal(const Job& job, const char* stage,
                                            const core::Problem& problem);
    void record_verified(const Job& job, const stages::Explained& explained,
                         const stages::CurrentPolicy& policy);
    void record_verdict(const Job& job, const proposals::Effects& effects, core::Json verified,
                        const stages::CurrentPolicy& policy, stages::Beside beside);
    void object(const Job& job, const std::string& reason, const Actor& actor);
    void land(const Job& job, const std::string& approver);
    void refuse_landing(const store::ProposalRow& row, const core::Problem& why);
    void resume(const store::ProposalRow& row);
    void settle(const std::stop_token& stop);
    void finish_applies(const std::stop_token& stop);
    void offer_together(const Job& job, const std::stop_token& stop);
    core::Result<stages::ApplyOutcome> hand_over(const Job& job, const stages::Approved& approved,
                                                 const stages::OnStep& on_step,
                                                 const std::stop_token& stop);
    core::Result<Job> job_of(const std::string& id);
    stages::Reporter reporter(const std::string& id);
    /// Goes to `to` when the table lets it; a Problem when it does not.
    core::Result<core::Done> go(const std::string& id, proposals::State to,
                                const std::string& reason, const Actor& actor);
    /// The same where somebody else may have been quicker: then nothing happens.
    void mark(const std::string& id, proposals::State to, const std::string& reason);
    void record(const std::string& type, const std::string& subject, const core::Json& body,
                const Actor& actor = {.kind = audit::ActorKind::system, .id = "agentd"},
                std::optional<std::string> cause = std::nullopt);
    proposals::Repository repository() const;
    std::vector<proposals::Approver> approvers() const;

    Surroundings in_;
    stages::ApprovalDesk desk_;
    std::map<std::string, std::stop_source> checking_; ///< touched on the sequencer thread only
    std::map<std::string, int> picked_up_; ///< likewise: how often, by proposal
    std::atomic<bool> finishing_ = false;
    Hints hints_; ///< writes through this
    std::unique_ptr<class Agenda> agenda_;
};

} // namespace agentd::pipeline
