#include "agentd/analyze/goal.hpp"

#include "agentd/analyze/question.hpp"
#include "agentd/core/json.hpp"
#include "agentd/planners/goal/goal.hpp"
#include "agentd/planners/index_view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::analyze {

namespace {

namespace map = proposals::map;

core::Result<std::string> goal_in(std::string_view line) {
    const auto json = core::parse_json(line);
    if (!json) {
        return json.problem();
    }
    core::ObjectReader in(*json, "question");
    auto out = in.text("goal");
    const auto done = in.finish();
    return done ? core::Result<std::string>(std::move(out)) : done.problem();
}

core::Result<std::string> read(const std::string& goal, const proposals::PackedTree& tree,
                               const KnownHost& here) {
    map::Files files(tree, tree.paths());
    const auto known = map_of(files, here);
    if (!known) {
        return known.problem();
    }
    const auto* host = known->host(here.name);
    const planners::IndexView view(*here.index);
    const planners::goal::Sayings said(files, *known);
    const auto answer =
        planners::goal::read_goal(goal, {.map = *known,
                                         .files = files.all(),
                                         .host = host != nullptr ? host->name : here.name,
                                         .catalog = &view,
                                         .said = &said});
    return answer ? core::Result<std::string>(core::canonical(to_json(*answer))) : answer.problem();
}

} // namespace

core::Result<std::string> goal(std::string_view question, const KnownHost& host) {
    AGENTD_CHECK(host.index != nullptr);
    const auto parts = read_question(question);
    const auto wanted = parts ? goal_in(parts->wanted) : core::Result<std::string>(parts.problem());
    return wanted ? read(*wanted, parts->tree, host) : wanted.problem();
}

} // namespace agentd::analyze
