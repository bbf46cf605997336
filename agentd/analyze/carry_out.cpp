#include "agentd/analyze/carry_out.hpp"

#include "agentd/analyze/answer.hpp"
#include "agentd/analyze/arguments.hpp"
#include "agentd/analyze/confine.hpp"
#include "agentd/analyze/goal.hpp"
#include "agentd/analyze/plan.hpp"
#include "agentd/analyze/question.hpp"
#include "agentd/core/fd.hpp"

namespace agentd::analyze {

namespace {

core::Result<std::string> planned() {
    const auto question = read_stdin(max_question);
    confine();
    return plan(question);
}

core::Result<std::string> read(const std::string& file) {
    const auto question = read_stdin(max_question);
    const auto index = evaluator::OptionIndex::open(file);
    if (!index)
        return core::Problem{
            .code = "no_index", .message = "that is no index of options", .where = file};
    confine();
    return goal(question, *index);
}

} // namespace

core::Result<std::string> carry_out(const std::map<std::string, std::string>& given) {
    if (given.at("--what") == "plan")
        return planned();
    if (given.at("--what") == "goal")
        return read(given.at("--index"));
    Asked asked{.given = given};
    asked.from_manifest = core::read_file(given.at("--from-manifest"));
    asked.to_manifest = core::read_file(given.at("--to-manifest"));
    confine();
    return answer(asked);
}

} // namespace agentd::analyze
