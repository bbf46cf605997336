#include "agentd/api/api.hpp"
#include "agentd/api/views.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::api {

using core::Json;
using core::Problem;
using core::Result;

Result<Json> Api::observe(const Call& call) {
    watch_.look_now(call.stop);
    return in_.sequencer.ask([&]() -> Result<Json> {
        Json rows = Json::array();
        for (const auto& row : in_.ledger.queries().observations(store::Which::open)) {
            rows.push_back(observation(row));
        }
        return Json{{"observations", rows}};
    });
}

Result<Json> Api::web_login(const Call&) {
    if (!in_.config.web.enable) {
        return Problem{.code = "refused",
                       .message = "the page is switched off",
                       .hint = "set [web] enable = true in agentd.toml"};
    }
    // The secret half of the link comes from agentd-applyd, to root, and never passes through here.
    Json others = Json::array();
    for (const std::string& origin : in_.config.web.origins) {
        others.push_back(origin + "/pair");
    }
    others.erase(0);
    return Json{{"url", in_.config.web.origins.front() + "/pair"},
                {"others", others},
                {"expires", nullptr}};
}

} // namespace agentd::api
