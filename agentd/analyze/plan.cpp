#include "agentd/analyze/plan.hpp"

#include "agentd/analyze/question.hpp"
#include "agentd/core/json.hpp"
#include "proposals/map/repo_map.hpp"
#include "proposals/plan/planner.hpp"

#include <nlohmann/json.hpp>

namespace agentd::analyze {

namespace {

namespace map = proposals::map;

core::Result<core::Json> planned(const proposals::PackedTree& tree,
                                 const proposals::plan::Request& request, const KnownHost& host) {
    map::Files files(tree, tree.paths());
    const auto known = map_of(files, host);
    if (!known) {
        return known.problem();
    }
    const auto plan = proposals::plan::make_plan(files, *known, request);
    return plan ? to_json(*plan) : plan.problem();
}

} // namespace

core::Result<std::string> plan(std::string_view question, const KnownHost& host) {
    const auto parts = read_question(question);
    if (!parts) {
        return parts.problem();
    }
    const auto json = core::parse_json(parts->wanted);
    const auto request = json ? proposals::plan::request_from_json(*json)
                              : core::Result<proposals::plan::Request>(json.problem());
    if (!request) {
        return request.problem();
    }
    const auto answer = planned(parts->tree, *request, host);
    return answer ? core::Result<std::string>(core::canonical(*answer)) : answer.problem();
}

} // namespace agentd::analyze
