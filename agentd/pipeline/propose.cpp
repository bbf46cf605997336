#include "agentd/core/text.hpp"
#include "agentd/pipeline/pipeline.hpp"
#include "agentd/stages/already.hpp"
#include "evaluator/option_values.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::pipeline {

using core::Problem;
using core::Result;

namespace {

constexpr std::size_t most_open = 32;
/// Of one agent: who asks all the time is agreed with in the end.
constexpr std::ptrdiff_t most_open_of_an_agent = 3;
/// Whoever has read number 1 and types `approve 1` must not meet another proposal there that was
/// drafted meanwhile.
constexpr auto number_rests = std::chrono::hours(24);

} // namespace

namespace {

evaluator::FlakeSource own_source(const Surroundings& in, const core::Commit& commit) {
    return {.repository = in.config.state.directory + "/repository.git",
            .ref = "refs/upstream/" + in.config.flake.branch,
            .commit = commit};
}

/// The worker that reads the files may be anybody's by then: the host is asked too.
Problem so_already(const Surroundings& in, const core::Commit& head,
                   const proposals::plan::Request& wanted, const Problem& said,
                   const std::stop_token& stop) {
    const auto words = stages::words_of(wanted);
    if (words.empty()) {
        return said;
    }
    const auto values =
        evaluator::option_values(in.nix, own_source(in, head), in.config.host, words, stop);
    return stages::held_against(said, wanted, in.config.host.str(), values);
}

} // namespace

Result<std::unique_ptr<evaluator::OptionIndex>>
index_at(const Surroundings& in, const core::Commit& commit, const std::stop_token& stop) {
    return in.indexes.get(own_source(in, commit), in.config.host, stop);
}

Result<std::string> Pipeline::propose(const stages::Request& request, const Actor& actor,
                                      std::optional<std::string> cause,
                                      const std::stop_token& stop) {
    auto repository = this->repository();
    const auto head = repository.fetch_from(in_.config.flake.upstream, in_.config.flake.branch);
    if (!head) {
        return head.problem();
    }
    const auto id = core::ProposalId::make(in_.clock.now());
    const auto index = in_.indexes.known({.commit = *head}, in_.config.host);
    auto draft = stages::patch(request,
                               {.repository = repository,
                                .blobs = in_.blobs,
                                .host = in_.config.host,
                                .branch = in_.config.flake.branch,
                                .head = *head,
                                .worker = in_.worker,
                                .index = index ? index->file() : "",
                                .stop = stop},
                               id, in_.clock.now());
    if (!draft) {
        const auto* wanted = std::get_if<proposals::plan::Request>(&request.change);
        return wanted != nullptr && draft.problem().code == "no_change"
                   ? so_already(in_, *head, *wanted, draft.problem(), stop)
                   : draft.problem();
    }
    return draft_and_check(std::move(*draft), id, actor, std::move(cause));
}

Result<std::string> Pipeline::propose(const stages::Request& words, proposals::Revision revision,
                                      const Actor& actor, std::optional<std::string> cause) {
    auto draft = stages::draft_of(words, in_.config.host);
    draft.revision = std::move(revision);
    return draft_and_check(std::move(draft), core::ProposalId::make(in_.clock.now()), actor,
                           std::move(cause));
}

Result<std::string> Pipeline::draft_and_check(proposals::Draft draft, const core::ProposalId& id,
                                              const Actor& actor,
                                              std::optional<std::string> cause) {
    const auto full = in_.sequencer.ask([&]() -> std::optional<Problem> {
        const auto open = in_.ledger.queries().proposals(store::Which::open);
        if (open.size() >= most_open) {
            return Problem{.code = "busy",
                           .message = "there are " + std::to_string(open.size()) +
                                      " open proposals already",
                           .hint = "decide or withdraw some first: `agentctl list`"};
        }
        const auto own = std::count_if(open.begin(), open.end(), [&](const auto& row) {
            return row.proposer.kind == draft.proposer.kind && row.proposer.id == draft.proposer.id;
        });
        if (draft.proposer.kind == "agent" && own >= most_open_of_an_agent) {
            return Problem{.code = "busy",
                           .message =
                               "three proposals of `" + draft.proposer.id + "` are open already",
                           .hint = "one of them has to be decided or withdrawn first"};
        }
        draft.number = in_.ledger.queries().next_free_number(in_.clock.now() - number_rests);
        in_.ledger.record("proposal.drafted", id.str(), proposals::to_json(draft),
                          {.kind = actor.kind, .id = actor.id}, cause);
        return std::nullopt;
    });
    if (full) {
        return *full;
    }
    check_soon(id.str());
    return id.str();
}

} // namespace agentd::pipeline
