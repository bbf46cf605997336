#include "agentd/pipeline/hints.hpp"

#include <nlohmann/json.hpp>

namespace agentd::pipeline {

using core::Json;

Hints::Hints(const Surroundings& in, Record record)
    : in_(in), record_(std::move(record)),
      shelf_(in_.nix, in_.config.state.directory + "/evaluations") {}

Aside::Hold Hints::begin(const std::string& id) {
    aside_.cancel(id); // what it found would be of an earlier test
    return Aside::Hold(aside_);
}

void Hints::tell(const std::string& id, const Json& so_far) {
    {
        const std::lock_guard lock(mutex_);
        so_far_.insert_or_assign(id, core::canonical(so_far));
    }
    in_.events.publish("early", core::canonical({{"proposal", id}}));
}

Json Hints::so_far(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto it = so_far_.find(id);
    return it == so_far_.end() ? Json() : Json::parse(it->second);
}

void Hints::forget(const std::string& id) {
    const std::lock_guard lock(mutex_);
    so_far_.erase(id);
}

void Hints::look_at_hosts(const std::string& id, const stages::HostsAsked& asked) {
    aside_.post(id,
                [this, id, asked](const std::stop_token& stop) { judge_hosts(id, asked, stop); });
}

void Hints::judge_hosts(const std::string& id, const stages::HostsAsked& asked,
                        const std::stop_token& stop) {
    const auto in_turn = [&](const stages::HostsTools::Look& look) { aside_.in_turn(stop, look); };
    const auto judged = stages::judge_hosts(
        asked, {.nix = in_.nix, .shelf = &shelf_, .clock = in_.clock, .in_turn = in_turn},
        in_.blobs, stop);
    // A flake of one host, before and after, has no others. Nor is anything recorded of what was
    // withdrawn, is tested again, or when the daemon ends.
    if (!judged.changes.hosts.empty() || !judged.changes.trouble.empty()) {
        record_(id, judged.evidence, stop);
    }
}

} // namespace agentd::pipeline
