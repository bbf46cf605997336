/// agentd-analyze: two built systems in, their Effects out, or what a switch would do to units; or
/// the files of a commit and operations in, edits out. Reads what it is asked, gives up every
/// right, and only then looks at what somebody else built or wrote.
#include "evaluator/analyze/answer.hpp"
#include "evaluator/analyze/arguments.hpp"
#include "evaluator/analyze/confine.hpp"
#include "evaluator/analyze/plan.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"

#include <iostream>
#include <new>
#include <unistd.h>

namespace {

using namespace agentd;

int refuse(const core::Problem& problem) {
    std::cerr << evaluator::analyze::problem_line(problem) << '\n';
    return 1;
}

int tell(const core::Result<std::string>& found) {
    if (!found)
        return refuse(found.problem());
    core::write_all(STDOUT_FILENO, *found + "\n", "stdout");
    return 0;
}

int run(int count, char** words) {
    const auto given = evaluator::analyze::arguments(count, words);
    if (!given)
        return refuse(given.problem());
    if (given->at("--what") == "plan") {
        const auto question = evaluator::analyze::read_stdin(evaluator::analyze::max_question);
        evaluator::analyze::confine();
        return tell(evaluator::analyze::plan(question));
    }
    evaluator::analyze::Asked asked{.given = *given};
    asked.from_manifest = core::read_file(given->at("--from-manifest"));
    asked.to_manifest = core::read_file(given->at("--to-manifest"));
    evaluator::analyze::confine();
    return tell(evaluator::analyze::answer(asked));
}

} // namespace

int main(int count, char** words) {
    try {
        return run(count, words);
    } catch (const core::Failure& failure) {
        return refuse({.code = std::string(core::to_string(failure.kind())),
                       .message = failure.what(),
                       .where = failure.where()});
    } catch (const std::bad_alloc&) {
        return refuse({.code = "limit", .message = "what is asked needs more memory than allowed"});
    }
}
