#include "agentd/stages/plan.hpp"

#include "agentd/analysis/planning.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::stages {

using core::Problem;
using core::Result;
using proposals::plan::Step;
using Wanted = proposals::plan::Request;

namespace {

/// What is kept of a plan stands in an entry of the log, beside title, reason and files.
constexpr std::size_t most_kept = 24'000;

std::optional<Problem> not_ours(const Wanted& request, const std::string& host) {
    const auto& hosts = request.hosts;
    if (request.every_host || std::find(hosts.begin(), hosts.end(), host) != hosts.end()) {
        return std::nullopt;
    }
    return Problem{.code = "other_host",
                   .message = "this is for " + core::shorten(core::join(hosts, ", "), 200) +
                              ", and this agentd looks after " + host,
                   .where = "hosts",
                   .hint = "propose it there, or name " + host + " too"};
}

/// Each wish is ours; where and why it is so, and that it is, the worker says.
Problem so_already(const std::vector<Step>& steps) {
    Problem problem{.code = "no_change",
                    .message = "the files say all of this already, as agentd-analyze reads them"};
    for (const Step& step : steps) {
        const std::string why = step.how + (step.file.empty() ? "" : " (" + step.file + ")");
        problem.hint += (problem.hint.empty() ? "" : "; ") + step.wish +
                        (why.empty() ? "" : ": " + analysis::as_said(why));
    }
    problem.hint = core::shorten(problem.hint, 1'000);
    return problem;
}

bool too_much(const Files& files) {
    const core::Json kept = to_json(proposals::plan::Planned{.steps = files.steps});
    return core::canonical(to_json(*files.operations)).size() + core::canonical(kept).size() >
           most_kept;
}

} // namespace

Result<Files> planned(Wanted request, const PatchPlace& place) {
    if (request.hosts.empty() && !request.every_host) {
        request.hosts = {place.host.str()};
    }
    if (auto problem = not_ours(request, place.host.str())) {
        return std::move(*problem);
    }
    const auto tree = place.repository.tree(place.head);
    auto plan = analysis::plan_of(place.worker, request,
                                  {.tree = *tree,
                                   .paths = place.repository.list_files(place.head),
                                   .host = place.host.str(),
                                   .index = place.index},
                                  place.stop);
    if (!plan) {
        return plan.problem();
    }
    if (plan->edits.empty()) {
        return so_already(plan->steps);
    }
    Files files{.edits = std::move(plan->edits),
                .operations = std::move(request),
                .steps = std::move(plan->steps)};
    if (too_much(files)) {
        return Problem{.code = "too_large",
                       .message = "what is asked for is more than one proposal can tell",
                       .hint = "split it into several proposals"};
    }
    return files;
}

} // namespace agentd::stages
