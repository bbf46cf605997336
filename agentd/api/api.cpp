#include "agentd/api/api.hpp"

#include "agentd/api/views.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace agentd::api {

using core::Json;
using core::Problem;
using core::Result;

namespace {

/// Which thread a method runs on, and who may call it. A browser's session is a pairing; anything that changes
/// what may happen on the machine still needs its own signature.
enum class Where { desk, tests, applies };
struct Row {
    std::string_view name;
    Api::Handler handler;
    std::string_view fields{}; ///< the parameters there are; `*`: the handler reads them one by one
    Where where = Where::desk;
    bool browser = true;
};

constexpr std::array table{
    Row{"status", &Api::status},
    Row{"doctor", &Api::doctor, "", Where::desk, false},
    Row{"observe", &Api::observe},
    Row{"run", &Api::run, "*"},
    Row{"propose", &Api::propose, "*"},
    Row{"act.preview", &Api::act_preview, "*"},
    Row{"generations", &Api::generations},
    Row{"verify", &Api::verify, "proposal", Where::tests},
    Row{"list", &Api::list, "all"},
    Row{"show", &Api::show, "proposal"},
    Row{"diff", &Api::diff, "proposal"},
    Row{"log", &Api::log, "proposal level"},
    Row{"statement", &Api::statement, "proposal mode"},
    Row{"approve", &Api::approve, "*"},
    Row{"reject", &Api::reject, "proposal reason"},
    Row{"withdraw", &Api::withdraw, "proposal reason"},
    Row{"apply", &Api::apply, "proposal", Where::applies},
    Row{"confirm", &Api::confirm, "*"},
    Row{"cancel", &Api::cancel, "proposal"},
    Row{"freeze", &Api::freeze, "*"},
    Row{"pull", &Api::pull, "repository", Where::desk, false},
    Row{"audit.tail", &Api::audit_tail, "from limit"},
    Row{"audit.verify", &Api::audit_verify},
    Row{"policy.explain", &Api::policy_explain, "proposal"},
    Row{"state.rebuild", &Api::state_rebuild, "", Where::desk, false},
    Row{"web.login", &Api::web_login, "label", Where::desk, false},
    Row{"pair.enrol", &Api::pair_enrol, "*"},
    Row{"session.login", &Api::session_login, "*"},
    Row{"session.check", &Api::session_check, "*"},
};

/// Codes of the rooms as the few that the contract knows, with the exit status of `agentctl`.
struct Exit {
    std::string_view code;
    int status;
};
constexpr std::array exits{Exit{"usage", 64},       Exit{"bad_value", 64},    Exit{"unknown_field", 64},
                           Exit{"declined", 3},     Exit{"presence", 4},      Exit{"pending", 8},
                           Exit{"unavailable", 69}, Exit{"stale", 75},        Exit{"stale_base", 75},
                           Exit{"busy", 75},        Exit{"expired", 75},      Exit{"from_mismatch", 75},
                           Exit{"mismatch", 75},    Exit{"policy_changed", 75}, Exit{"used", 77},
                           Exit{"denied", 77},      Exit{"bad_signature", 77}, Exit{"unknown_key", 77},
                           Exit{"bad_act", 64},
                           Exit{"wrong_digest", 77}, Exit{"break_glass", 77},
                           Exit{"frozen", 75},      Exit{"quarantined", 77},
                           Exit{"not_waiting", 75}, Exit{"other_proposal", 75}, Exit{"too_late", 75},
                           Exit{"old_connection", 75}, Exit{"wrong_nonce", 77}, Exit{"bad_namespace", 77}};

int exit_of(std::string_view code) {
    for (const Exit& row : exits) {
        if (row.code == code) {
            return row.status;
        }
    }
    return 1;
}

web::Answer refused(const Problem& problem) {
    Json error = core::to_json(problem);
    error["exit"] = exit_of(problem.code);
    return {.ok = false, .body = core::canonical(error), .code = problem.code};
}

/// A field that the method does not have: what it would mean was never read.
std::optional<Problem> strange_field(const Row& row, const Json& params) {
    const auto words = core::split(row.fields, ' ');
    const std::vector<std::string> fields(words.begin(), words.end());
    for (const auto& [key, value] : params.items()) {
        if (row.fields != "*" && std::find(fields.begin(), fields.end(), key) == fields.end()) {
            return Problem{.code = "unknown_field",
                           .message = "params has the unknown field `" +
                                      core::printable(core::shorten(key, 60)) + "`",
                           .where = std::string(row.name),
                           .hint = row.fields.empty()
                                       ? "it takes none"
                                       : "it takes: " + core::join(fields, ", ")};
        }
    }
    return std::nullopt;
}

/// A part of agentd that is gone is called by its name: who reads a socket's path knows little.
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

} // namespace

Api::Api(pipeline::Surroundings surroundings, pipeline::Pipeline& pipeline, pipeline::Watch& watch,
         Inbox& desk)
    : in_(std::move(surroundings)), pipeline_(pipeline), watch_(watch), desk_(desk) {}

/// The right to apply, until it is let go; null when somebody has it.
std::shared_ptr<void> Api::take_turn() {
    if (applying_->exchange(true)) {
        return nullptr;
    }
    return {applying_.get(), [held = applying_](void*) { held->store(false); }};
}

void Api::call(web::Caller caller, std::string method, Json params, OnEvent on_event, Done done) {
    const auto row =
        std::find_if(table.begin(), table.end(), [&](const Row& r) { return r.name == method; });
    const bool from_browser = caller.channel == web::Caller::Channel::browser;
    if (row == table.end() || (from_browser && !row->browser)) {
        return done(refused({.code = "usage", .message = "there is no method `" + method + "` here"}));
    }
    if (const auto strange = strange_field(*row, params)) {
        return done(refused(*strange));
    }
    std::shared_ptr<void> turn;
    if (row->where == Where::applies && (turn = take_turn()) == nullptr) {
        return done(refused({.code = "busy",
                             .message = "another change is being applied right now",
                             .hint = "wait until it has ended: `agentctl list` says when"}));
    }
    Inbox& inbox = row->where == Where::desk    ? desk_
                   : row->where == Where::tests ? in_.tests
                                                : in_.applies;
    const bool posted =
        inbox.post([this, handler = row->handler, caller = std::move(caller),
                    params = std::move(params), on_event = std::move(on_event), turn, done](
                       const std::stop_token& stop) mutable {
            web::Answer answer;
            try {
                const auto result =
                    (this->*handler)({.caller = caller, .params = params, .on_event = on_event, .stop = stop});
                answer = result ? web::Answer{.ok = true, .body = core::canonical(*result)}
                                : refused(result.problem());
            } catch (const core::Failure& failure) {
                core::log(core::Level::error, failure.what());
                answer = refused(problem_of(failure, in_.config));
            } catch (const std::exception& error) {
                core::log(core::Level::error, std::string("internal error: ") + error.what());
                answer = refused({.code = "failed", .message = "internal error; the daemon's own log says more"});
            }
            turn.reset(); // before the answer, which may bring the next request
            done(std::move(answer));
        });
    turn.reset();
    if (!posted) {
        done(refused({.code = "busy", .message = "the daemon has too much to do; try again"}));
    }
}

pipeline::Actor Api::actor_of(const Call& call) const {
    return {.kind = audit::ActorKind::human, .id = call.caller.name, .uid = call.caller.uid};
}

Result<store::ProposalRow> Api::find(const Call& call) {
    core::ObjectReader reader(call.params, "params");
    const Json& wanted = reader.any("proposal");
    const std::string text = wanted.is_number_integer() ? std::to_string(wanted.get<std::int64_t>())
                             : wanted.is_string()       ? wanted.get<std::string>()
                                                        : std::string();
    auto row = in_.sequencer.ask([&] {
        in_.ledger.catch_up_if_it_answers();
        return in_.ledger.queries().find(text);
    });
    if (!row) {
        return Problem{.code = "not_found",
                       .message = text.empty() ? "which proposal? `proposal` is missing"
                                               : "there is no proposal `" +
                                                     core::printable(core::shorten(text, 60)) + "`",
                       .hint = "`agentctl list --all` names them"};
    }
    return std::move(*row);
}

Result<Json> Api::summary_of(const std::string& id) {
    return in_.sequencer.ask([&]() -> Result<Json> {
        in_.ledger.catch_up();
        const auto row = in_.ledger.queries().proposal(id);
        AGENTD_CHECK(row.has_value());
        return Json{{"proposal", summary(*row)}};
    });
}

} // namespace agentd::api
