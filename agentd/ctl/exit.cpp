#include "agentd/ctl/exit.hpp"

#include <array>

namespace agentd::ctl {

namespace {

struct Row {
    std::string_view code;
    int exit;
};

constexpr std::array rows{Row{"usage", status::usage},
                          Row{"declined", status::declined},
                          Row{"presence", status::presence},
                          Row{"pending", status::pending},
                          Row{"stale", status::again},
                          Row{"busy", status::again},
                          Row{"denied", status::denied},
                          Row{"not_found", status::failed},
                          Row{"refused", status::failed},
                          Row{"failed", status::failed},
                          Row{"expired", status::again},
                          Row{"mismatch", status::again},
                          Row{"unavailable", status::unreachable}};

} // namespace

int exit_of(std::string_view code) noexcept {
    for (const Row& row : rows) {
        if (row.code == code) {
            return row.exit;
        }
    }
    return status::failed;
}

Trouble trouble_of(core::Problem problem) {
    const int exit = exit_of(problem.code);
    return {.problem = std::move(problem), .exit = exit};
}

namespace {

/// What can be done about a breakage that only names a place.
std::string hint_of(const core::Failure& failure) {
    if (failure.kind() == core::FailureKind::internal) {
        return "agentctl doctor looks for the cause";
    }
    return failure.where().starts_with("/")
               ? "is that the right path, and may you read it? ls -ld " + failure.where()
               : "";
}

} // namespace

Trouble trouble_of(const core::Failure& failure) {
    return {.problem = {.code = failure.kind() == core::FailureKind::internal
                                    ? "failed"
                                    : std::string(core::to_string(failure.kind())),
                        .message = failure.message(),
                        .where = failure.where(),
                        .hint = hint_of(failure)},
            .exit = failure.kind() == core::FailureKind::busy ? status::again : status::failed};
}

Trouble usage(std::string message, std::string hint) {
    return {.problem = {.code = "usage", .message = std::move(message), .hint = std::move(hint)},
            .exit = status::usage};
}

} // namespace agentd::ctl
