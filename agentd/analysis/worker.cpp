#include "agentd/analysis/worker.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"
#include "sandbox/run.hpp"

#include <nlohmann/json.hpp>

namespace agentd::analysis {

namespace {

using core::Problem;

std::string text_of(const core::Json& said, const char* key) {
    const auto at = said.find(key);
    return at != said.end() && at->is_string() ? at->get<std::string>() : std::string();
}

Problem failed(Task task, const sandbox::Outcome& outcome) {
    const auto said = core::parse_json(core::trim(outcome.err.bytes));
    if (said && said->is_object() && said->contains("code")) {
        return as_refusal(task, {.code = text_of(*said, "code"),
                                 .message = text_of(*said, "message"),
                                 .where = text_of(*said, "where"),
                                 .hint = text_of(*said, "hint")});
    }
    return {.code = "analysis_failed",
            .message = "agentd-analyze " + sandbox::describe(outcome.ending),
            .where = as_said(core::shorten(core::trim(outcome.err.bytes), 400)),
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
        return failed(question.task, outcome);
    }
    return std::string(core::trim(outcome.out.bytes));
}

Problem nonsense(const Problem& problem) {
    return {.code = "analysis_failed",
            .message = "agentd-analyze answered nonsense: " + core::printable(problem.message),
            .where = as_said(problem.where)};
}

} // namespace agentd::analysis
