#include "agentd/pipeline/bumping.hpp"

#include "agentd/fetching/messenger.hpp"
#include "proposals/git.hpp"

namespace agentd::pipeline {

core::Result<std::optional<stages::Request>>
bump_request(const Surroundings& in, const core::Commit& head, stages::Request words,
             const proposals::plan::Request& operations, const std::stop_token& stop) {
    const auto wanted = stages::bump_of(operations, stages::Relock::always);
    if (!wanted) {
        return wanted.problem();
    }
    if (!*wanted) {
        return std::optional<stages::Request>();
    }
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
                               **wanted, stop);
    if (!bumped) {
        return bumped.problem();
    }
    words.title = words.title.empty() ? bumped->title : words.title;
    words.rationale += (words.rationale.empty() ? "" : "\n\n") + bumped->told;
    words.change = stages::Files{.edits = std::move(bumped->edits),
                                 .operations = operations,
                                 .steps = std::move(bumped->steps)};
    words.base = head;
    return std::optional(std::move(words));
}

} // namespace agentd::pipeline
