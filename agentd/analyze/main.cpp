/// agentd-analyze: two built systems in, their Effects out, or what a switch would do to units; or
/// the files of a commit and operations in, edits out; or these and a goal in plain words in,
/// operations out. Reads what it is asked, gives up every right, and only then looks at what
/// somebody else built or wrote.
#include "agentd/analyze/arguments.hpp"
#include "agentd/analyze/carry_out.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"

#include <iostream>
#include <new>
#include <unistd.h>

namespace {

using namespace agentd;

int refuse(const core::Problem& problem) {
    std::cerr << analyze::problem_line(problem) << '\n';
    return 1;
}

int tell(const core::Result<std::string>& found) {
    if (!found)
        return refuse(found.problem());
    core::write_all(STDOUT_FILENO, *found + "\n", "stdout");
    return 0;
}

int run(int count, char** words) {
    const auto given = analyze::arguments(count, words);
    if (!given)
        return refuse(given.problem());
    return tell(analyze::carry_out(*given));
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
