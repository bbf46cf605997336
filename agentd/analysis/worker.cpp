#include "agentd/analysis/worker.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"
#include "sandbox/run.hpp"

#include <nlohmann/json.hpp>

namespace agentd::analysis {

namespace {

using core::Problem;

/// What it says of a repository may hold what stands there.
std::string drawn(const core::Json& said, const char* key) {
    const auto at = said.find(key);
    return at != said.end() && at->is_string()
               ? core::shorten(core::printable(at->get<std::string>()), 1'000)
               : std::string();
}

Problem failed(const sandbox::Outcome& outcome) {
    const auto said = core::parse_json(core::trim(outcome.err.bytes));
    if (said && said->is_object() && said->contains("code") && said->at("code").is_string()) {
        return {.code = drawn(*said, "code"),
                .message = drawn(*said, "message"),
                .where = drawn(*said, "where"),
                .hint = drawn(*said, "hint")};
    }
    return {.code = "analysis_failed",
            .message = "agentd-analyze " + sandbox::describe(outcome.ending),
            .where = core::shorten(core::printable(core::trim(outcome.err.bytes)), 400),
            .hint = "without what it finds nothing goes on"};
}

} // namespace

core::Result<std::string> ask(const Worker& worker, Question question,
                              const std::stop_token& stop) {
    const sandbox::Command command{
        .program = worker.program,
        .arguments = std::move(question.arguments),
        .input = std::move(question.input),
        .deadline = std::chrono::seconds(90),
        .out = {.bytes = question.most, .above = sandbox::Cap::Above::stop}};
    const auto outcome = sandbox::run(command, stop);
    if (std::holds_alternative<sandbox::Cancelled>(outcome.ending)) {
        return Problem{.code = "cancelled", .message = "stopped on request"};
    }
    if (!outcome.succeeded()) {
        return failed(outcome);
    }
    return std::string(core::trim(outcome.out.bytes));
}

Problem nonsense(const Problem& problem) {
    return {.code = "analysis_failed",
            .message = "agentd-analyze answered nonsense: " + problem.message,
            .where = problem.where};
}

} // namespace agentd::analysis
