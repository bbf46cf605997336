#include "agentd/pipeline/pipeline.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"
#include "agentd/pipeline/agenda.hpp"
#include "agentd/pipeline/job.hpp"

#include <nlohmann/json.hpp>

namespace agentd::pipeline {

using core::Done;
using core::Problem;
using core::Result;
using proposals::State;

namespace {

std::optional<Commits> commits_of(const proposals::Draft& draft) {
    const auto* change = draft.change();
    const auto base = change ? core::Commit::parse(change->base_commit) : std::nullopt;
    const auto candidate = change ? core::Commit::parse(change->candidate_commit) : std::nullopt;
    if (!base || !candidate) {
        return std::nullopt;
    }
    return Commits{.base = *base, .candidate = *candidate, .branch = change->base_branch};
}

} // namespace

Pipeline::Pipeline(Surroundings surroundings)
    : in_(std::move(surroundings)), desk_(in_.clock, in_.config.apply.statement),
      hints_(in_, [this](const std::string& id, const proposals::Evidence& evidence,
                         const std::stop_token& stop) {
          in_.sequencer.ask([&] {
              if (!stop.stop_requested()) { // by a newer round, say: it would be taken for that
                                            // one's
                  record("evidence.recorded", id, proposals::to_json(evidence));
              }
          });
      }),
      agenda_(std::make_unique<Agenda>(*this)) {
    repository(); // made here, before several threads would make it at once
}

Pipeline::~Pipeline() = default;

proposals::Repository Pipeline::repository() const {
    return proposals::Repository::open_or_init_bare(in_.config.state.directory + "/repository.git");
}

std::vector<proposals::Approver> Pipeline::approvers() const {
    const auto text = core::read_file_if_exists(in_.config.apply.approvers, 256U << 10);
    auto parsed = proposals::parse_approvers(text.value_or(""));
    for (const Problem& problem : parsed.problems) {
        core::log(core::Level::warning,
                  in_.config.apply.approvers + ": " + problem.where + ": " + problem.message);
    }
    return std::move(parsed.approvers);
}

void Pipeline::record(const std::string& type, const std::string& subject, const core::Json& body,
                      const Actor& actor, std::optional<std::string> cause) {
    in_.sequencer.ask([&] {
        in_.ledger.record(type, subject, body, {.kind = actor.kind, .id = actor.id},
                          std::move(cause));
    });
}

Result<Pipeline::Job> Pipeline::job_of(const std::string& id) {
    return in_.sequencer.ask([&]() -> Result<Job> {
        const auto queries = in_.ledger.queries();
        const auto row = queries.find(id);
        const auto draft = row ? queries.draft(row->id) : std::nullopt;
        const auto proposal = row ? core::ProposalId::parse(row->id) : std::nullopt;
        const auto host = draft ? core::HostName::parse(draft->host) : std::nullopt;
        if (!proposal || !host) {
            return Problem{.code = "not_found",
                           .message = "there is no proposal `" + core::printable(id) + "`",
                           .hint = "`agentctl list --all` names them"};
        }
        return Job{.id = *proposal,
                   .row = *row,
                   .draft = *draft,
                   .host = *host,
                   .commits = commits_of(*draft)};
    });
}

Result<Done> Pipeline::go(const std::string& id, State to, const std::string& reason,
                          const Actor& actor) {
    return in_.sequencer.ask([&]() -> Result<Done> {
        in_.ledger.catch_up();
        const auto row = in_.ledger.queries().proposal(id);
        if (!row || !proposals::may_go(row->state, to)) {
            return Problem{.code = "wrong_state",
                           .message = row ? "a proposal that is " +
                                                std::string(proposals::to_string(row->state)) +
                                                " cannot become " +
                                                std::string(proposals::to_string(to))
                                          : "there is no such proposal"};
        }
        in_.ledger.record("proposal.state", id,
                          {{"from", proposals::to_string(row->state)},
                           {"to", proposals::to_string(to)},
                           {"reason", core::shorten(reason, 4000)}},
                          {.kind = actor.kind, .id = actor.id});
        return Done{};
    });
}

void Pipeline::mark(const std::string& id, State to, const std::string& reason) try {
    if (const auto done = go(id, to, reason, {.kind = audit::ActorKind::system, .id = "agentd"});
        !done) {
        core::log(core::Level::debug, id + ": " + done.problem().message);
    }
} catch (const core::Failure& failure) { // somebody else's entry was quicker, and says what holds
    if (failure.kind() != core::FailureKind::busy) {
        throw;
    }
    core::log(core::Level::debug, id + ": " + failure.what());
}

void Pipeline::head_moved(const core::Commit& head) {
    const auto open =
        in_.sequencer.ask([&] { return in_.ledger.queries().proposals(store::Which::open); });
    for (const auto& row : open) {
        const bool waits = row.state == State::decided || row.state == State::approved;
        if (waits && row.kind == "change" && row.base_commit != head.str()) {
            mark(row.id, State::stale,
                 row.base_branch + " has moved to " + head.short_form() + " since this was tested");
        }
    }
}

Result<core::Commit> Pipeline::head() {
    auto repository = this->repository();
    return repository.fetch_from(in_.config.flake.upstream, in_.config.flake.branch);
}

Result<Done> Pipeline::withdraw(const std::string& id, const std::string& reason,
                                const Actor& actor) {
    const auto job = job_of(id);
    if (!job) {
        return job.problem();
    }
    const auto done = go(job->id.str(), State::withdrawn, reason, actor);
    if (done) {
        object(*job, reason, actor);
    }
    hints_.cancel(job->id.str());
    in_.sequencer.ask([&] {
        if (const auto it = checking_.find(job->id.str()); it != checking_.end()) {
            it->second.request_stop();
        }
    });
    return done;
}

Result<Done> Pipeline::reject(const std::string& id, const std::string& reason,
                              const Actor& actor) {
    const auto job = job_of(id);
    if (!job) {
        return job.problem();
    }
    if (!proposals::may_go(job->row.state, State::denied)) {
        return Problem{.code = "wrong_state",
                       .message = "a proposal that is " +
                                  std::string(proposals::to_string(job->row.state)) +
                                  " cannot be rejected",
                       .hint = "`agentctl withdraw` takes back what is not decided yet"};
    }
    const std::string why = core::shorten(core::to_utf8(reason), 4000);
    object(*job, why, actor);
    return in_.sequencer.ask([&]() -> Result<Done> {
        const auto now = in_.ledger.queries().proposal(job->id.str());
        if (!now || now->state != State::denied) { // root's own word may have said so already
            in_.ledger.record("approval.rejected", job->id.str(),
                              {{"reason", why}, {"by", actor.id}},
                              {.kind = actor.kind, .id = actor.id});
        }
        return Done{};
    });
}

/// Where root's helper was told that it happens by itself, it is told that it does not: also an
/// agentd that is somebody else's then does not get it.
void Pipeline::object(const Job& job, const std::string& reason, const Actor& actor) {
    if (!in_.sequencer.ask([&] { return in_.ledger.queries().announced(job.id.str()); })) {
        return;
    }
    try {
        const auto told = stages::ask_applyd(in_.config.sockets.apply,
                                             {{"op", "object"},
                                              {"proposal", job.id.str()},
                                              {"by", actor.id},
                                              {"reason", core::shorten(reason, 2000)}},
                                             {}, std::chrono::seconds(5));
        if (!told) {
            core::log(core::Level::warning, job.id.str() + ": " + told.problem().message);
        }
        in_.sequencer.ask([&] { in_.ledger.catch_up(); });
    } catch (const core::Failure& failure) { // here it is refused all the same
        core::log(core::Level::warning, failure.what());
    }
}

} // namespace agentd::pipeline
