#include "agentd/analyze/goal.hpp"

#include "agentd/analyze/question.hpp"
#include "agentd/core/json.hpp"
#include "agentd/planners/goal/goal.hpp"
#include "agentd/planners/index_view.hpp"
#include "proposals/map/repo_map.hpp"

#include <nlohmann/json.hpp>

namespace agentd::analyze {

namespace {

namespace map = proposals::map;

struct Asked {
    std::string goal{};
    std::string host{};
};

core::Result<Asked> asked_in(std::string_view line) {
    const auto json = core::parse_json(line);
    if (!json) {
        return json.problem();
    }
    core::ObjectReader in(*json, "question");
    Asked out{.goal = in.text("goal"), .host = in.text("host", 256)};
    const auto done = in.finish();
    return done ? core::Result<Asked>(std::move(out)) : done.problem();
}

core::Result<std::string> read(const Asked& asked, const proposals::PackedTree& tree,
                               const evaluator::OptionIndex& index) {
    map::Files files(tree, tree.paths());
    const auto known = map::make_map(files);
    if (!known) {
        return known.problem();
    }
    const auto* host = known->host(asked.host);
    const planners::IndexView view(index);
    const planners::goal::Sayings said(files, *known);
    const auto answer =
        planners::goal::read_goal(asked.goal, {.map = *known,
                                               .files = files.all(),
                                               .host = host != nullptr ? host->name : asked.host,
                                               .catalog = &view,
                                               .said = &said});
    return answer ? core::Result<std::string>(core::canonical(to_json(*answer)))
                  : answer.problem();
}

} // namespace

core::Result<std::string> goal(std::string_view question, const evaluator::OptionIndex& index) {
    const auto parts = read_question(question);
    const auto asked = parts ? asked_in(parts->wanted) : core::Result<Asked>(parts.problem());
    return asked ? read(*asked, parts->tree, index) : asked.problem();
}

} // namespace agentd::analyze
