// What is asked of the helper while something else may be under way: a person's word about it.
#include "agentd/applyd/helper.hpp"
#include "agentd/applyd/trusted_file.hpp"

#include <nlohmann/json.hpp>

namespace agentd::applyd {

using core::Json;

namespace {

Json granted() {
    return {{"ok", true}};
}

} // namespace

Json Helper::confirm(const Json& request) {
    core::ObjectReader reader(request, "request");
    reader.text("op");
    const std::string proposal = reader.text("proposal", 64);
    const auto presence = proposals::presence_from_json(reader.any("presence"));
    if (const auto done = reader.finish(); !done || !presence) {
        return refusal(done ? presence.problem() : done.problem());
    }
    const auto approvers = proposals::parse_approvers(read_trusted(config_.apply.approvers));
    const auto name = confirmation_.confirm(proposal, *presence, approvers.approvers);
    if (!name) {
        return refusal(name.problem());
    }
    Json answer = granted();
    answer["name"] = *name;
    return answer;
}

Json Helper::cancel(const Json& request) {
    core::ObjectReader reader(request, "request");
    reader.text("op");
    const std::string proposal = reader.text("proposal", 64);
    core::ObjectReader by(reader.any("by"), "by");
    Word word{.name = by.text("name", 256)};
    if (const Json& uid = by.any("uid"); !uid.is_null()) {
        word.uid = by.integer("uid", 0, 0xffffffffLL);
    }
    const auto who = by.finish();
    if (const auto done = reader.finish(); !done || !who) {
        return refusal(done ? who.problem() : done.problem());
    }
    const auto cancelled = confirmation_.cancel(proposal, std::move(word));
    return cancelled ? granted() : refusal(cancelled.problem());
}

} // namespace agentd::applyd
