#include "agentd/ctl/review.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/ctl/view.hpp"
#include "proposals/effects.hpp"
#include "proposals/verdict.hpp"

#include <nlohmann/json.hpp>

#include <vector>

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

struct Pair {
    const char* field;
    std::string signed_text;
    std::string shown_text;
};

/// What only a change, an act or a rollback has; by the mode, which has to be the one of its kind.
std::vector<Pair> pairs_of_kind(const proposals::Statement& statement, const Json& detail) {
    const Json& effects = part(detail, "effects");
    const std::string mode(proposals::to_string(statement.mode));
    const std::string toplevel = statement.toplevel.value_or("");
    if (const Json& act = part(detail, "act"); !act.is_null()) {
        return {{"mode", mode, "act"},
                {"act", statement.act.value_or(""), core::canonical(act)},
                {"from", statement.from.path, raw(effects, "to")}};
    }
    if (const Json& rollback = part(detail, "rollback"); !rollback.is_null()) {
        return {{"mode", mode, "rollback"},
                {"rollback_to", statement.rollback_to.value_or(""), raw(rollback, "to")},
                {"toplevel", toplevel, raw(effects, "to")}};
    }
    return {{"mode", mode, "switch"},
            {"base_commit", statement.base_commit.value_or(""), raw(detail, "base_commit")},
            {"candidate_commit", statement.candidate_commit.value_or(""),
             raw(detail, "candidate_commit")},
            {"drv", statement.drv.value_or(""), raw(detail, "drv")},
            {"toplevel", toplevel, raw(detail, "toplevel")},
            {"toplevel", toplevel, raw(effects, "to")}};
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
    std::vector<Pair> pairs{
        {"proposal", statement->proposal, raw(detail, "id")},
        {"host", statement->host, raw(detail, "host")},
        {"author", statement->author.id, raw(part(detail, "proposer"), "id")},
        {"author", statement->author.kind, raw(part(detail, "proposer"), "kind")},
        {"told", statement->told.source, raw(detail, "source")},
        {"from", statement->from.path, raw(effects, "from")},
        {"effects_sha256", statement->effects_sha256.value_or(""), digest_of_shown(effects)},
        {"policy_sha256", statement->policy_sha256, raw(verdict, "policy_sha256")},
        {"required_level", std::string(proposals::to_string(statement->required_level)),
         raw(verdict, "level")}};
    for (Pair& pair : pairs_of_kind(*statement, detail)) {
        pairs.push_back(std::move(pair));
    }
    for (const Pair& pair : pairs) {
        // Empty on both sides is no agreement: a statement always names these.
        if (pair.signed_text != pair.shown_text || pair.signed_text.empty()) {
            return differs(pair.field);
        }
    }
    const Json& obligations = part(verdict, "obligations");
    const bool later =
        !list(obligations, "windows").empty() || number(obligations, "delay_seconds") > 0;
    if ((now < statement->not_before && !later) || now >= statement->expires) {
        return Problem{.code = "stale",
                       .message = "the statement is not valid now",
                       .where = core::format_instant(statement->not_before) + " to " +
                                core::format_instant(statement->expires),
                       .hint = "is the clock of this machine right?"};
    }
    return statement;
}

} // namespace agentd::ctl
