// After going back the machine is not what the branch says: the offer to bring the two together.
#include "agentd/core/log.hpp"
#include "agentd/core/match.hpp"
#include "agentd/pipeline/job.hpp"

namespace agentd::pipeline {

namespace {

using core::Commit;

constexpr int most_commits_back = 8;

/// Whether this commit builds that system, as far as it can be found out.
bool builds(const Surroundings& in, const Commit& commit, const std::string& system,
            const std::stop_token& stop) {
    const auto evaluated =
        evaluator::evaluate(in.nix,
                            {.repository = in.config.state.directory + "/repository.git",
                             .ref = "refs/upstream/" + in.config.flake.branch,
                             .commit = commit},
                            in.config.host, stop);
    const auto* done = std::get_if<evaluator::Evaluated>(&evaluated);
    return done != nullptr && done->toplevel.str() == system;
}

/// The commit that was applied to become this system.
std::optional<Commit> applied_as(const Surroundings& in, const std::string& system) {
    return in.sequencer.ask([&]() -> std::optional<Commit> {
        const auto queries = in.ledger.queries();
        for (const auto& row : queries.proposals(store::Which::all)) {
            const bool applied = row.state == proposals::State::confirmed && row.kind == "change";
            const auto revision = applied ? queries.revision(row.id) : std::nullopt;
            if (revision && revision->toplevel == system) {
                return Commit::parse(row.candidate_commit);
            }
        }
        return std::nullopt;
    });
}

/// The commit below `head` that builds the system; nullopt when none of the last ones does, or the
/// head itself does.
std::optional<Commit> commit_of(const Surroundings& in, const proposals::Repository& repository,
                                const Commit& head, const std::string& system,
                                const std::stop_token& stop) {
    const auto applied = applied_as(in, system);
    if (applied && repository.is_ancestor(*applied, head)) {
        return *applied == head ? std::nullopt : applied;
    }
    std::optional<Commit> commit = head;
    for (int i = 0; commit && i < most_commits_back && !stop.stop_requested(); ++i) {
        if (builds(in, *commit, system, stop)) {
            return *commit == head ? std::nullopt : commit;
        }
        commit = repository.first_parent(*commit);
    }
    return std::nullopt;
}

/// Every file that differs, as the earlier commit has it.
std::vector<proposals::FileEdit> edits_back(const proposals::Repository& repository,
                                            const Commit& earlier, const Commit& head) {
    const auto before = repository.tree(earlier);
    std::vector<proposals::FileEdit> edits;
    for (const auto& file : repository.diff(earlier, head)) {
        const auto entry = before->find(file.path);
        edits.push_back({.path = file.path,
                         .mode = entry ? entry->mode : proposals::FileMode::file,
                         .bytes = entry ? before->read(file.path) : std::nullopt});
    }
    return edits;
}

} // namespace

void Pipeline::offer_together(const Job& job, const std::stop_token& stop) {
    const auto* rollback = job.draft.rollback();
    const auto head = rollback != nullptr ? this->head() : core::Result<Commit>(core::Problem{});
    if (!head) {
        return; // without the branch there is nothing to offer; the observation stands
    }
    const auto repository = this->repository();
    const auto commit = commit_of(in_, repository, *head, rollback->to, stop);
    if (!commit) {
        return;
    }
    const auto branch = in_.config.flake.branch;
    const auto proposed = propose(
        {.title = "take " + branch + " back to what the machine runs",
         .rationale = "The machine went back to the system of commit " + commit->short_form() +
                      ". This restores every file as that commit has it, so that " + branch +
                      " says again what runs. To go forward instead, withdraw this and run "
                      "`agentctl rollback --to` with the newer generation.",
         .source = proposals::Source::playbook,
         .proposer = {.id = "playbook",
                         .kind = "planner",
                         .via = proposals::Via::program},
         .observation = "running_not_head",
         .change = stages::Files{.edits = edits_back(repository, *commit, *head)},
         .base = *head},
        {.kind = audit::ActorKind::planner, .id = "playbook"}, job.id.str());
    if (!proposed) {
        core::log(core::Level::info, job.id.str() + ": " + proposed.problem().message);
    }
}

} // namespace agentd::pipeline
