// Acts and rollbacks: what may be asked for, and what there is to go back to.
#include "agentd/api/api.hpp"
#include "agentd/core/text.hpp"
#include "agentd/pipeline/known.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::api {

using core::Json;
using core::Result;

Result<proposals::Revision> Api::act_of(const Json& value) {
    auto act = proposals::act_from_json(value);
    return act ? Result<proposals::Revision>(*act) : act.problem();
}

Result<proposals::Revision> Api::rollback_of(const Json& value) {
    core::ObjectReader reader(value, "rollback");
    stages::RollbackWish wish{.to = reader.optional_text("to", 512)};
    if (!reader.any("generation").is_null()) {
        wish.generation = reader.integer("generation", 1, 1'000'000'000);
    }
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    if (wish.to && wish.generation) {
        return core::Problem{.code = "usage", .message = "give `generation` or `to`, not both"};
    }
    auto rollback = stages::resolve(wish, pipeline::known_systems(in_));
    return rollback ? Result<proposals::Revision>(*rollback) : rollback.problem();
}

Result<Json> Api::propose_revision(stages::Request request, Result<proposals::Revision> revision,
                                   const pipeline::Actor& actor) {
    if (!revision) {
        return revision.problem();
    }
    request.source = proposals::Source::operations;
    if (core::trim(request.title).empty()) {
        const auto* act = std::get_if<proposals::Act>(&*revision);
        request.title = act != nullptr ? proposals::describe(*act)
                                       : stages::describe(std::get<proposals::Rollback>(*revision));
    }
    const auto id = pipeline_.propose(request, std::move(*revision), actor);
    return id ? summary_of(*id) : Result<Json>(id.problem());
}

/// What an act would do now. Nothing is written down and nothing is done.
Result<Json> Api::act_preview(const Call& call) {
    core::ObjectReader reader(call.params, "params");
    const auto act = proposals::act_from_json(reader.any("act"));
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    if (!act) {
        return act.problem();
    }
    const auto notes = pipeline::preview(in_, *act, call.stop);
    if (!notes) {
        return notes.problem();
    }
    return Json{{"act", proposals::to_json(*act)}, {"notes", *notes}};
}

/// Newest first, and whatever else of this machine's own can be gone back to.
Result<Json> Api::generations(const Call&) {
    const auto known = pipeline::known_systems(in_);
    const auto is = [](const std::optional<core::StorePath>& link, const core::StorePath& path) {
        return link == path;
    };
    const auto good = [&](const core::StorePath& path) {
        return std::find(known.confirmed.begin(), known.confirmed.end(), path) !=
               known.confirmed.end();
    };
    Json rows = Json::array();
    for (auto it = known.generations.rbegin(); it != known.generations.rend(); ++it) {
        rows.push_back({{"number", it->number},
                        {"path", it->path.str()},
                        {"made", core::format_instant(it->made)},
                        {"running", is(known.links.running, it->path)},
                        {"booted", is(known.links.booted, it->path)},
                        {"profile", is(known.links.profile, it->path)},
                        {"confirmed", good(it->path)}});
    }
    return Json{{"generations", rows}};
}

} // namespace agentd::api
