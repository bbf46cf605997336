// Trust: what root remembers, grants that persons signed, and what is taken back.
#include "agentd/applyd/helper.hpp"
#include "agentd/applyd/record.hpp"
#include "agentd/applyd/trusted_file.hpp"
#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::applyd {

using core::Json;
using std::chrono::seconds;

Json Helper::trust(const Json& request) {
    core::ObjectReader reader(request, "request");
    const std::string op = reader.text("op");
    if (op == "trust.grant") {
        return trust_grant(request);
    }
    if (op == "trust.revoke") {
        return trust_revoke(request);
    }
    if (const auto done = reader.finish(); !done) {
        return refusal(done.problem());
    }
    const std::string policy = core::sha256(read_trusted(config_.policy.file)).hex();
    Json list = Json::array();
    for (const auto& standing : trust_.standings(policy)) {
        list.push_back(to_json(standing));
    }
    return {{"ok", true}, {"standings", std::move(list)}, {"policy_sha256", policy}};
}

Json Helper::trust_grant(const Json& request) {
    core::ObjectReader reader(request, "request");
    reader.text("op");
    const std::string bytes = reader.text("grant", policy::trust::Grant::max_bytes);
    const auto presence = proposals::presence_from_json(reader.any("presence"));
    if (const auto done = reader.finish(); !done || !presence) {
        return refusal(done ? presence.problem() : done.problem());
    }
    const auto given = trust_.check(bytes, *presence, machine_.machine_id());
    if (!given) {
        return refusal(given.problem());
    }
    const auto& grant = given->grant;
    audit::Client log(config_.audit.socket, seconds(10)); // first on record, then in force
    record(log, clock_, "trust.changed", "host:" + config_.host.str(),
           {{"what", "granted"},
            {"proposer", policy::trust::to_json(grant.key.who)},
            {"class", policy::to_string(grant.key.effect_class)},
            {"host_class", grant.key.host_class},
            {"because", core::shorten(core::printable(grant.reason), 1000)},
            {"proposal", nullptr},
            {"grant", bytes},
            {"presence", proposals::to_json(*presence)},
            {"by", given->by}});
    trust_.granted(*given);
    return {{"ok", true},
            {"by", given->by},
            {"standing", to_json(trust_.standing(grant.key, grant.policy_sha256))}};
}

/// Downwards: whoever may ask here at all may have it, and it holds before it is on record.
Json Helper::trust_revoke(const Json& request) {
    core::ObjectReader reader(request, "request");
    reader.text("op");
    const std::string because = core::shorten(core::printable(reader.text("because", 2000)), 500);
    const std::string by = core::shorten(core::printable(reader.text("by", 256)), 128);
    const Json& proposer = reader.any("proposer");
    const auto name = reader.optional_text("class", 32);
    const auto done = reader.finish();
    const auto effect_class = name ? policy::parse_effect_class(*name) : std::nullopt;
    const auto who = proposer.is_null()
                         ? core::Result<policy::trust::Identity>(policy::trust::Identity{})
                         : policy::trust::identity_from_json(proposer);
    if (!done || !who || (name && !effect_class)) {
        return refusal(!done  ? done.problem()
                       : !who ? who.problem()
                              : core::Problem{.code = "usage", .message = "no class of changes"});
    }
    trust_.revoked(*who, effect_class, because.empty() ? "taken back by " + by : because);
    audit::Client log(config_.audit.socket, seconds(10));
    record(log, clock_, "trust.changed", "host:" + config_.host.str(),
           {{"what", "revoked"},
            {"proposer", proposer},
            {"class", name ? Json(*name) : Json()},
            {"host_class", config_.host.str()},
            {"because", because},
            {"proposal", nullptr},
            {"grant", nullptr},
            {"presence", nullptr},
            {"by", by}});
    return {{"ok", true}};
}

} // namespace agentd::applyd
