#include "agentd/pipeline/bumping.hpp"

#include "agentd/fetching/messenger.hpp"
#include "proposals/git.hpp"

namespace agentd::pipeline {

core::Result<stages::Request> bump_request(const Surroundings& in, const core::Commit& head,
                                           stages::Request words, const stages::BumpWanted& wanted,
                                           const std::stop_token& stop) {
    const auto& settings = in.nix.settings();
    if (!settings.fetch) {
        return core::Problem{.code = "input_not_fetched",
                             .message = "nobody may be asked for newer inputs: nothing is to be "
                                        "fetched",
                             .where = "nix.fetch",
                             .hint = "set nix.fetch = true in agentd.toml"};
    }
    const auto repository =
        proposals::Repository::open_or_init_bare(in.config.state.directory + "/repository.git");
    const auto tree = repository.tree(head);
    const auto maker = fetching::lock_maker(in.nix);
    auto bumped = stages::bump({.tree = *tree,
                                .maker = *maker,
                                .origins = settings.origins,
                                .patience = settings.fetch_deadline},
                               wanted, stop);
    if (!bumped) {
        return bumped.problem();
    }
    words.title = words.title.empty() ? bumped->title : words.title;
    words.rationale += (words.rationale.empty() ? "" : "\n\n") + bumped->told;
    words.change = std::move(bumped->edits);
    words.base = head;
    return words;
}

} // namespace agentd::pipeline
