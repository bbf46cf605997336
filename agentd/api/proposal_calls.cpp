#include "agentd/api/api.hpp"
#include "agentd/api/views.hpp"
#include "agentd/core/text.hpp"
#include "agentd/pipeline/bumping.hpp"
#include "agentd/pipeline/goals.hpp"
#include "proposals/colours/colours.hpp"

#include <nlohmann/json.hpp>

namespace agentd::api {

using core::Json;
using core::Problem;
using core::Result;

namespace {

std::string text_or(const Json& params, const char* key, const std::string& fallback) {
    const auto it = params.find(key);
    return it != params.end() && it->is_string() ? it->get<std::string>() : fallback;
}

/// Whose it is. A patch and operations may be a program's work, whoever hands them in.
proposals::Proposer proposer_of(const Call& call, proposals::Via at_the_socket) {
    const bool browser = call.caller.channel == web::Caller::Channel::browser;
    return {.id = call.caller.name,
            .kind = "human",
            .via = browser ? proposals::Via::page : at_the_socket};
}

} // namespace

Result<Json> Api::list(const Call& call) {
    const auto it = call.params.find("all");
    const bool all = it != call.params.end() && it->is_boolean() && it->get<bool>();
    return in_.sequencer.ask([&]() -> Result<Json> {
        in_.ledger.catch_up_if_it_answers();
        Json rows = Json::array();
        for (const auto& row :
             in_.ledger.queries().proposals(all ? store::Which::all : store::Which::open)) {
            rows.push_back(summary(row));
        }
        return Json{{"proposals", rows}};
    });
}

Result<Json> Api::show(const Call& call) {
    const auto row = find(call);
    if (!row) {
        return row.problem();
    }
    return in_.sequencer.ask([&]() -> Result<Json> {
        return Json{{"proposal", detail(*row, in_.ledger.queries(), in_.blobs,
                                        pipeline_.hints().so_far(row->id))}};
    });
}

Result<Json> Api::diff(const Call& call) {
    const auto row = find(call);
    if (!row) {
        return row.problem();
    }
    const auto base = core::Commit::parse(row->base_commit);
    const auto candidate = core::Commit::parse(row->candidate_commit);
    if (row->kind != "change") {
        return Json{{"files", Json::array()}}; // nothing of the flake changes
    }
    AGENTD_CHECK(base && candidate);
    const auto repository =
        proposals::Repository::open_or_init_bare(in_.config.state.directory + "/repository.git");
    auto changed = repository.diff(*base, *candidate);
    proposals::colour(changed, *repository.tree(*base), *repository.tree(*candidate));
    Json files = Json::array();
    for (const auto& file : changed) {
        files.push_back(proposals::to_json(file));
    }
    return Json{{"files", files}};
}

Result<Json> Api::log(const Call& call) {
    const auto row = find(call);
    if (!row) {
        return row.problem();
    }
    const auto level = proposals::parse_evidence_level(text_or(call.params, "level", ""));
    if (!level) {
        return Problem{
            .code = "usage",
            .message = "`level` is one of intake, parse, evaluate, build, effects, checks, dry_activate, "
                       "rehearsal, hosts"};
    }
    const auto evidence = in_.sequencer.ask([&] { return in_.ledger.queries().evidence(row->id); });
    std::string text;
    for (const auto& piece : evidence) {
        if (piece.evidence.level == *level && piece.evidence.log_blob) {
            text = in_.blobs.get(*piece.evidence.log_blob).value_or("");
        }
    }
    return Json{{"text", core::to_utf8(text)}};
}

Result<Json> Api::run(const Call& call) {
    core::ObjectReader reader(call.params, "params");
    const std::string goal = reader.text("goal", 4096);
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    const auto actor = actor_of(call);
    const auto head = pipeline_.head();
    if (!head) {
        return head.problem();
    }
    const auto read = pipeline::goal_request(in_, *head,
                                             {.source = proposals::Source::words,
                                              .proposer =
                                                  proposer_of(call, proposals::Via::terminal),
                                              .goal = goal},
                                             call.stop);
    if (!read) {
        return read.problem();
    }
    if (const auto* question = std::get_if<planners::goal::Question>(&*read)) {
        call.more["readings"] = planners::goal::readings_of(*question);
        return planners::goal::problem_of(*question);
    }
    const auto& wanted = std::get<pipeline::GoalRequest>(*read);
    return drafted(pipeline_.propose(wanted.request, actor, std::nullopt, call.stop),
                   wanted.unchecked);
}

/// What was drafted, with what could not be checked.
Result<Json> Api::drafted(const Result<std::string>& id,
                          const std::vector<std::string>& unchecked) {
    auto summary = id ? summary_of(*id) : Result<Json>(id.problem());
    if (summary) {
        (*summary)["unchecked"] = unchecked;
    }
    return summary;
}

Result<Json> Api::propose(const Call& call) {
    core::ObjectReader reader(call.params, "params");
    const auto actor = actor_of(call);
    const bool no_change = reader.has("act") || reader.has("rollback");
    stages::Request request{
        .title = no_change ? reader.optional_text("title", 1000).value_or("")
                           : reader.text("title", 1000),
        .rationale = reader.optional_text("rationale").value_or(""),
        .source = proposals::Source::patch,
        .proposer = proposer_of(call, no_change ? proposals::Via::terminal
                                                : proposals::Via::socket)};
    const auto patch = reader.optional_text("patch", 1U << 20);
    const Json& operations = reader.any("operations");
    const auto base = reader.optional_text("base", 64);
    const Json& act = reader.any("act");
    const Json& rollback = reader.any("rollback");
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    if (no_change) {
        if (patch || base || !operations.is_null() || act.is_null() == rollback.is_null()) {
            return Problem{.code = "usage",
                           .message = "give one of `patch`, `operations`, `act` and `rollback`"};
        }
        return propose_revision(std::move(request),
                                act.is_null() ? rollback_of(rollback) : act_of(act), actor);
    }
    if (base) {
        request.base = core::Commit::parse(*base);
        if (!request.base) {
            return Problem{.code = "usage",
                           .message = "`base` is a full commit id of 40 hex digits"};
        }
    }
    if (patch.has_value() == !operations.is_null()) {
        return Problem{.code = "usage", .message = "give either `patch` or `operations`"};
    }
    std::vector<std::string> unchecked;
    if (patch) {
        request.change = *patch;
    } else {
        request.source = proposals::Source::operations;
        auto known = take_operations(request, operations, call.stop);
        if (!known) {
            return known.problem();
        }
        unchecked = std::move(known).value();
    }
    return drafted(pipeline_.propose(request, actor, std::nullopt, call.stop), unchecked);
}

/// Operations become the change of the request: newer inputs are asked for, the rest is looked up.
/// Answers with what could not be checked.
Result<std::vector<std::string>> Api::take_operations(stages::Request& request,
                                                      const Json& operations,
                                                      const std::stop_token& stop) {
    auto wanted = proposals::plan::request_from_json(operations);
    const auto head = wanted ? pipeline_.head() : Result<core::Commit>(wanted.problem());
    if (!head) {
        return head.problem();
    }
    auto bumped = pipeline::bump_request(in_, *head, request, *wanted, stop);
    if (!bumped) {
        return bumped.problem();
    }
    if (*bumped) {
        request = std::move(**bumped);
        return std::vector<std::string>();
    }
    auto unchecked = unchecked_in(*wanted, stop);
    request.change = std::move(wanted).value();
    return unchecked;
}

Result<Json> Api::verify(const Call& call) {
    const auto row = find(call);
    if (!row) {
        return row.problem();
    }
    using proposals::State;
    if (row->state == State::drafted || row->state == State::stale ||
        row->state == State::expired) {
        if (const auto done = pipeline_.check(row->id, call.stop); !done) {
            return done.problem();
        }
    }
    return show(call);
}

Result<Json> Api::withdraw(const Call& call) {
    const auto row = find(call);
    if (!row) {
        return row.problem();
    }
    const auto done = pipeline_.withdraw(
        row->id, text_or(call.params, "reason", "withdrawn by " + call.caller.name),
        actor_of(call));
    return done ? summary_of(row->id) : Result<Json>(done.problem());
}

} // namespace agentd::api
