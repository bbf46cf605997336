#include "agentd/api/api.hpp"

#include "agentd/api/answers.hpp"
#include "agentd/api/methods.hpp"
#include "agentd/api/views.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::api {

using core::Json;
using core::Problem;
using core::Result;

Api::Api(pipeline::Surroundings surroundings, pipeline::Pipeline& pipeline, pipeline::Watch& watch,
         Desks& desks)
    : in_(std::move(surroundings)), pipeline_(pipeline), watch_(watch), desks_(desks) {}

/// The right to apply, until it is let go; null when somebody has it.
std::shared_ptr<void> Api::take_turn() {
    if (applying_->exchange(true)) {
        return nullptr;
    }
    return {applying_.get(), [held = applying_](void*) { held->store(false); }};
}

Inbox& Api::inbox_of(Lane lane) {
    switch (lane) {
    case Lane::brakes:
        return desks_.brakes;
    case Lane::looks:
        return desks_.looks;
    case Lane::decisions:
        return desks_.decisions;
    case Lane::checks:
        return desks_.checks;
    case Lane::visits:
        return desks_.visits;
    case Lane::pairings:
        return desks_.pairings;
    case Lane::errands:
        return desks_.errands;
    case Lane::tests:
        return in_.tests;
    case Lane::applies:
        return in_.applies;
    }
    return desks_.errands;
}

/// What a handler says or throws, as what the caller hears.
web::Answer Api::answer(const Method& method, const Call& call) {
    try {
        const auto may =
            method.who == Who::viewers ? Result<core::Done>(core::Done{}) : may_act(call);
        const auto result = may ? (this->*method.handler)(call) : Result<Json>(may.problem());
        return result ? web::Answer{.ok = true, .body = core::canonical(*result)}
                      : refused(result.problem(), call.more);
    } catch (const core::Failure& failure) {
        core::log(core::Level::error, failure.what());
        return refused(problem_of(failure, in_.config));
    } catch (const std::exception& error) {
        core::log(core::Level::error, std::string("internal error: ") + error.what());
        return refused({.code = "failed",
                        .message = "internal error; the daemon's own log says more",
                        .hint = "journalctl -u agentd"});
    }
}

void Api::call(web::Caller caller, std::string method, Json params, OnEvent on_event, Done done) {
    const Method* row = find_method(method);
    const bool from_browser = caller.channel == web::Caller::Channel::browser;
    if (row == nullptr || (from_browser && row->who == Who::terminal)) {
        return done(refused({.code = "usage",
                             .message = "there is no method `" +
                                        core::printable(core::shorten(method, 60)) + "` here"}));
    }
    if (const auto checked = check_fields(*row, params); !checked) {
        return done(refused(checked.problem()));
    }
    std::shared_ptr<void> turn;
    if (row->lane == Lane::applies && (turn = take_turn()) == nullptr) {
        return done(refused({.code = "busy",
                             .message = "another change is being applied right now",
                             .hint = "wait until it has ended: `agentctl list` says when"}));
    }
    const bool posted = inbox_of(row->lane).post([this, row, caller = std::move(caller),
                                                  params = std::move(params),
                                                  on_event = std::move(on_event), turn,
                                                  done](const std::stop_token& stop) mutable {
        Json more = Json::object();
        auto answer = this->answer(
            *row,
            {.caller = caller, .params = params, .on_event = on_event, .stop = stop, .more = more});
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
        in_.ledger.catch_up_if_it_answers(); // what was asked is done, whatever the log does
        const auto row = in_.ledger.queries().proposal(id);
        AGENTD_CHECK(row.has_value());
        return Json{{"proposal", summary(*row)}};
    });
}

} // namespace agentd::api
