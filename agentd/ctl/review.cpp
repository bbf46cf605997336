#include "agentd/ctl/review.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/ctl/view.hpp"
#include "proposals/effects.hpp"
#include "proposals/verdict.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace agentd::ctl {

using core::Json;
using core::Problem;
using core::Result;

namespace {

Problem differs(std::string field) {
    return {
        .code = "mismatch",
        .message = "what agentd wants signed is not what it showed: `" + field + "` differs",
        .where = std::move(field),
        .hint =
            "nothing was signed; look again (agentctl explain), and if it stays so do not trust "
            "this agentd"};
}

/// The digest over the effects as they were shown, not one that somebody tells.
std::string digest_of_shown(const Json& effects) {
    return core::sha256(core::canonical(effects)).hex();
}

} // namespace

Result<proposals::Statement> check_statement(std::string_view bytes, const Json& detail,
                                             core::Instant now) {
    auto statement = proposals::parse_statement(bytes);
    if (!statement) {
        return statement;
    }
    const Json& effects = part(detail, "effects");
    const Json& verdict = part(detail, "verdict");
    struct Pair {
        const char* field;
        std::string signed_text;
        std::string shown_text;
    };
    const std::array pairs{
        Pair{"proposal", statement->proposal, raw(detail, "id")},
        Pair{"host", statement->host, raw(detail, "host")},
        Pair{"base_commit", statement->base_commit.value_or(""), raw(detail, "base_commit")},
        Pair{"candidate_commit", statement->candidate_commit.value_or(""),
             raw(detail, "candidate_commit")},
        Pair{"drv", statement->drv.value_or(""), raw(detail, "drv")},
        Pair{"toplevel", statement->toplevel.value_or(""), raw(detail, "toplevel")},
        Pair{"toplevel", statement->toplevel.value_or(""), raw(effects, "to")},
        Pair{"from", statement->from.path, raw(effects, "from")},
        Pair{"effects_sha256", statement->effects_sha256.value_or(""), digest_of_shown(effects)},
        Pair{"policy_sha256", statement->policy_sha256, raw(verdict, "policy_sha256")},
        Pair{"required_level", std::string(proposals::to_string(statement->required_level)),
             raw(verdict, "level")},
        Pair{"mode", std::string(proposals::to_string(statement->mode)), "switch"}};
    for (const Pair& pair : pairs) {
        // Empty on both sides is no agreement: a statement always names these.
        if (pair.signed_text != pair.shown_text || pair.signed_text.empty()) {
            return differs(pair.field);
        }
    }
    if (now < statement->not_before || now >= statement->expires) {
        return Problem{.code = "stale",
                       .message = "the statement is not valid now",
                       .where = core::format_instant(statement->not_before) + " to " +
                                core::format_instant(statement->expires),
                       .hint = "is the clock of this machine right?"};
    }
    return statement;
}

} // namespace agentd::ctl
