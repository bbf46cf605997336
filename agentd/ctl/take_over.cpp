#include "agentd/ctl/take_over.hpp"

#include "agentd/core/failure.hpp"

namespace agentd::ctl {

using core::Problem;
using core::Result;

Result<core::Commit> take_over(proposals::Repository& own, const proposals::ForeignClone& clone,
                               const std::string& branch, const std::string& where) {
    try {
        return own.fetch_from(clone.path(), branch);
    } catch (const core::Failure& failure) {
        if (failure.kind() != core::FailureKind::corrupt) {
            throw;
        }
        return Problem{.code = "missing_objects",
                       .message = "the clone has not all of the history: " + failure.message(),
                       .where = where,
                       .hint = clone.borrows()
                                   ? "it borrows objects that are elsewhere, and those are not "
                                     "taken: git clone --no-local DIR COPY, and test the copy"
                                   : "git -C DIR fsck; a fresh clone is whole"};
    }
}

} // namespace agentd::ctl
