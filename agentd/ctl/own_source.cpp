#include "agentd/ctl/own_source.hpp"

#include "agentd/ctl/aside.hpp"
#include "agentd/ctl/own_nix.hpp"
#include "agentd/ctl/take_over.hpp"
#include "agentd/ctl/view.hpp"
#include "evaluator/isolation.hpp"
#include "evaluator/nix_probe.hpp"
#include "proposals/git_foreign.hpp"

namespace agentd::ctl {

using core::Problem;
using core::Result;

namespace {

/// HEAD of the clone, taken over into a repository of ours.
Result<core::Commit> take_head(const std::string& directory, const std::string& scratch,
                               proposals::Repository& own) {
    auto clone = proposals::ForeignClone::open(directory, scratch + "/clone");
    if (!clone) {
        return clone.problem();
    }
    auto head = clone->commit("HEAD");
    if (!head) {
        return head.problem();
    }
    clone->publish({.base = *head});
    return take_over(own, *clone, "base", directory);
}

std::string repository_in(const Scratch& scratch) {
    return scratch.path() + "/own.git";
}

} // namespace

Result<std::unique_ptr<OwnSource>> OwnSource::open(Context& context, const Config* config,
                                                   std::string_view name) {
    const auto host = core::HostName::parse(name);
    if (!host) {
        return Problem{.code = "usage",
                       .message = "--host is missing, or no name of a host",
                       .hint = "one of the names below nixosConfigurations in flake.nix"};
    }
    auto scratch = std::make_unique<Scratch>();
    const auto directory = context.absolute(context.asked().value("--repo").value_or("."));
    auto own = proposals::Repository::open_or_init_bare(repository_in(*scratch));
    auto commit = take_head(directory, scratch->path(), own);
    if (!commit) {
        return commit.problem();
    }
    return std::unique_ptr<OwnSource>(
        new OwnSource(context, config, *host, std::move(scratch), std::move(own), *commit));
}

OwnSource::OwnSource(Context& context, const Config* config, core::HostName host,
                     std::unique_ptr<Scratch> scratch, proposals::Repository repository,
                     core::Commit commit)
    : scratch_(std::move(scratch)), interrupt_(context.around().stop), host_(std::move(host)),
      repository_(std::move(repository)), commit_(std::move(commit)),
      folder_(context.asked().value("--flake").value_or("")),
      nix_(own_nix(config != nullptr ? std::optional(*config) : std::nullopt, scratch_->path())) {}

evaluator::FlakeSource OwnSource::head() const {
    return {.repository = repository_in(*scratch_),
            .ref = "refs/upstream/base",
            .commit = commit_,
            .folder = folder_};
}

Result<evaluator::FlakeSource> OwnSource::edited(std::span<const proposals::FileEdit> edits) {
    const auto id =
        core::ProposalId::parse("0000000000000000000000000" + std::to_string(++edited_));
    AGENTD_CHECK(id.has_value());
    // The same edit of the same commit is the same commit: Nix knows it again.
    const auto commit = repository_.commit_edits(
        commit_, edits, {.title = "a plan", .proposal = *id, .host = host_}, core::Instant{});
    if (!commit) {
        return commit.problem();
    }
    if (auto named = repository_.set_ref(*id, *commit); !named) {
        return named.problem();
    }
    return evaluator::FlakeSource{.repository = repository_in(*scratch_),
                                  .ref = "refs/agentd/" + id->str(),
                                  .commit = *commit,
                                  .folder = folder_};
}

Result<core::Done> OwnSource::ready(Context& context) const {
    if (auto answers = evaluator::store_answers(nix_); !answers) {
        return answers;
    }
    if (auto taken = evaluator::read_back(nix_, evaluator::NixPurpose::evaluate, stop()); !taken) {
        return taken;
    }
    for (const auto& missing : evaluator::missing_for_evaluation(nix_, stop())) {
        note(context.around(), missing);
    }
    return core::Done{};
}

} // namespace agentd::ctl
