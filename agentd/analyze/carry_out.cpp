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

using Given = std::map<std::string, std::string>;

/// A goal is read beside the names of an index; operations may be planned without one.
core::Result<std::string> of_repository(const Given& given) {
    const bool words = given.at("--what") == "goal";
    const auto question = read_stdin(max_question);
    const auto file = given.find("--index");
    const auto index = file == given.end() ? nullptr : evaluator::OptionIndex::open(file->second);
    if (words && index == nullptr)
        return core::Problem{.code = "no_index",
                             .message = "that is no index of options",
                             .where = given.at("--index")};
    KnownHost host{.index = index.get()};
    if (index != nullptr)
        host.name = given.at("--host");
    confine();
    return words ? goal(question, host) : plan(question, host);
}

} // namespace

core::Result<std::string> carry_out(const Given& given) {
    if (given.at("--what") == "plan" || given.at("--what") == "goal")
        return of_repository(given);
    Asked asked{.given = given};
    asked.from_manifest = core::read_file(given.at("--from-manifest"));
    asked.to_manifest = core::read_file(given.at("--to-manifest"));
    confine();
    return answer(asked);
}

} // namespace agentd::analyze
