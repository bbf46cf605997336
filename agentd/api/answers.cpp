#include "agentd/api/answers.hpp"

#include "agentd/core/json.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace agentd::api {

using core::Json;
using core::Problem;

namespace {

/// Codes of the rooms as the few that the contract knows, with the exit status of `agentctl`.
struct Exit {
    std::string_view code;
    int status;
};
constexpr std::array exits{
    Exit{"usage", 64}, Exit{"bad_value", 64}, Exit{"unknown_field", 64}, Exit{"declined", 3},
    Exit{"presence", 4}, Exit{"pending", 8}, Exit{"unavailable", 69}, Exit{"stale", 75},
    Exit{"stale_base", 75}, Exit{"busy", 75}, Exit{"expired", 75}, Exit{"from_mismatch", 75},
    Exit{"mismatch", 75}, Exit{"policy_changed", 75}, Exit{"used", 77}, Exit{"denied", 77},
    Exit{"bad_signature", 77}, Exit{"unknown_key", 77}, Exit{"bad_act", 64},
    Exit{"wrong_digest", 77}, Exit{"break_glass", 77}, Exit{"frozen", 75}, Exit{"quarantined", 77},
    Exit{"not_waiting", 75}, Exit{"other_proposal", 75}, Exit{"too_late", 75},
    Exit{"old_connection", 75}, Exit{"wrong_nonce", 77}, Exit{"bad_namespace", 77},
    Exit{"bad_assertion", 77}, Exit{"wrong_challenge", 77}, Exit{"wrong_origin", 77},
    Exit{"wrong_site", 77}, Exit{"not_verified", 77}, Exit{"cloned_key", 77},
    Exit{"own_proposal", 77}, Exit{"viewer", 77}, Exit{"objected", 77}, Exit{"glass_broken", 77},
    Exit{"more_approvers", 8}, Exit{"tests", 8}, Exit{"typed_host", 4}, Exit{"too_early", 75},
    Exit{"window", 75}, Exit{"not_announced", 75},
    // A goal that cannot be read.
    Exit{"empty_goal", 64}, Exit{"bad_goal", 64}, Exit{"not_understood", 64},
    Exit{"two_readings", 64}, Exit{"contradiction", 64}, Exit{"unknown_service", 64},
    Exit{"unknown_package", 64}, Exit{"no_such_input", 64}, Exit{"no_such_host", 64},
    Exit{"no_such_user", 64}, Exit{"not_yet", 64}, Exit{"too_many", 64}};

int exit_of(std::string_view code) {
    for (const Exit& row : exits) {
        if (row.code == code) {
            return row.status;
        }
    }
    return 1;
}

} // namespace

web::Answer refused(const Problem& problem) {
    return refused(problem, Json::object());
}

web::Answer refused(const Problem& problem, const Json& more) {
    Json error = more;
    error.update(core::to_json(problem));
    error["exit"] = exit_of(problem.code);
    return {.ok = false, .body = core::canonical(error), .code = problem.code};
}

Problem problem_of(const core::Failure& failure, const Config& config) {
    const bool gone = failure.kind() == core::FailureKind::unavailable;
    const bool log = gone && failure.where() == config.audit.socket;
    if (log || (gone && failure.where() == config.sockets.apply)) {
        const std::string part = log ? "agentd-auditd" : "agentd-applyd";
        return {.code = "unavailable",
                .message = part + " does not answer: " +
                           (log ? "nothing can be written down, so nothing is done"
                                : "nothing can be applied or taken back"),
                .where = failure.where(),
                .hint = "systemctl start " + part + ".socket; why it ended: journalctl -u " + part};
    }
    const bool internal = failure.kind() == core::FailureKind::internal;
    return {.code = internal ? "failed" : std::string(core::to_string(failure.kind())),
            .message = failure.what(),
            .hint = "`agentctl doctor` looks for the cause"};
}

} // namespace agentd::api
