/// @file
/// The daemon's side of the contract: each method with its thread, its rights and its handler.
#pragma once

#include "agentd/api/desks.hpp"
#include "agentd/api/prerequisites.hpp"
#include "agentd/pipeline/pipeline.hpp"
#include "agentd/pipeline/watch.hpp"
#include "web/control_plane.hpp"

#include <atomic>
#include <memory>
#include <string>

namespace agentd::api {

/// One call, while it is being answered.
struct Call {
    const web::Caller& caller;
    const core::Json& params;
    const web::ControlPlane::OnEvent& on_event;
    std::stop_token stop{};
    core::Json& more; ///< fields that the error object has beside those of the Problem
};

struct Method;

/// Implements the port of the page and the command line. Handlers run where `methods.cpp` says,
/// several at once, and never on the web thread.
class Api final : public web::ControlPlane {
  public:
    Api(pipeline::Surroundings surroundings, pipeline::Pipeline& pipeline, pipeline::Watch& watch,
        Desks& desks);

    void call(web::Caller caller, std::string method, core::Json params, OnEvent on_event,
              Done done) override;

    using Handler = core::Result<core::Json> (Api::*)(const Call&);

    core::Result<core::Json> status(const Call& call);
    core::Result<core::Json> doctor(const Call& call);
    core::Result<core::Json> observe(const Call& call);
    core::Result<core::Json> run(const Call& call);
    core::Result<core::Json> propose(const Call& call);
    core::Result<core::Json> act_preview(const Call& call);
    core::Result<core::Json> generations(const Call& call);
    core::Result<core::Json> verify(const Call& call);
    core::Result<core::Json> list(const Call& call);
    core::Result<core::Json> show(const Call& call);
    core::Result<core::Json> diff(const Call& call);
    core::Result<core::Json> log(const Call& call);
    core::Result<core::Json> statement(const Call& call);
    core::Result<core::Json> approve(const Call& call);
    core::Result<core::Json> reject(const Call& call);
    core::Result<core::Json> withdraw(const Call& call);
    core::Result<core::Json> apply(const Call& call);
    core::Result<core::Json> confirm(const Call& call);
    core::Result<core::Json> cancel(const Call& call);
    core::Result<core::Json> freeze(const Call& call);
    core::Result<core::Json> pull(const Call& call);
    core::Result<core::Json> audit_tail(const Call& call);
    core::Result<core::Json> audit_verify(const Call& call);
    core::Result<core::Json> policy_explain(const Call& call);
    core::Result<core::Json> trust_show(const Call& call);
    core::Result<core::Json> trust_explain(const Call& call);
    core::Result<core::Json> trust_statement(const Call& call);
    core::Result<core::Json> trust_grant(const Call& call);
    core::Result<core::Json> trust_revoke(const Call& call);
    core::Result<core::Json> state_rebuild(const Call& call);
    core::Result<core::Json> options_search(const Call& call);
    core::Result<core::Json> options_show(const Call& call);
    core::Result<core::Json> packages_search(const Call& call);
    core::Result<core::Json> web_login(const Call& call);
    core::Result<core::Json> pair_enrol(const Call& call);
    core::Result<core::Json> session_login(const Call& call);
    core::Result<core::Json> session_check(const Call& call);

  private:
    core::Result<store::ProposalRow> find(const Call& call);
    static core::Result<proposals::Revision> act_of(const core::Json& value);
    core::Result<proposals::Revision> rollback_of(const core::Json& value);
    core::Result<core::Json> propose_revision(stages::Request request,
                                              core::Result<proposals::Revision> revision,
                                              const pipeline::Actor& actor);
    core::Result<std::unique_ptr<evaluator::OptionIndex>> index_now(const std::stop_token& stop);
    core::Result<std::vector<std::string>> unchecked_in(const proposals::plan::Request& wanted,
                                                        const std::stop_token& stop);
    core::Result<std::vector<std::string>> take_operations(stages::Request& request,
                                                           const core::Json& operations,
                                                           const std::stop_token& stop);
    core::Result<core::Json> summary_of(const std::string& id);
    core::Result<core::Json> drafted(const core::Result<std::string>& id,
                                     const std::vector<std::string>& unchecked);
    pipeline::Actor actor_of(const Call& call) const;
    /// A passkey's assertion, to who counts how often it has signed.
    core::Result<core::Done> show_to_root(const Call& call, const char* purpose,
                                          const std::string& text,
                                          const proposals::Presence& presence) const;
    core::Result<core::Done> may_act(const Call& call) const;
    core::Json machine_status();
    void check_flake(std::vector<Prerequisite>& checks, const std::stop_token& stop);
    void check_health(std::vector<Prerequisite>& checks, const std::stop_token& stop);
    void check_rules(std::vector<Prerequisite>& checks);
    core::Json parts_status(const store::Queries& queries) const;
    std::shared_ptr<void> take_turn();
    Inbox& inbox_of(Lane lane);
    web::Answer answer(const Method& method, const Call& call);

    pipeline::Surroundings in_;
    pipeline::Pipeline& pipeline_;
    pipeline::Watch& watch_;
    Desks& desks_;
    /// Set while an apply is waiting or under way: a second one is told so, not queued behind it.
    /// Shared with the job, which may outlive this.
    std::shared_ptr<std::atomic<bool>> applying_ = std::make_shared<std::atomic<bool>>(false);
};

} // namespace agentd::api
