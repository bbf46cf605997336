#include "proposals/plan/request.hpp"

#include <nlohmann/json.hpp>

namespace agentd::proposals::plan {

using core::Json;

namespace {

Json settings_json(const std::vector<Setting>& settings) {
    Json list = Json::array();
    for (const Setting& setting : settings) {
        list.push_back({{"option", setting.option.str()}, {"value", to_json(setting.value)}});
    }
    return list;
}

void put(Json& out, const char* key, const std::string& text) {
    if (!text.empty()) {
        out[key] = text;
    }
}

} // namespace

std::optional<OptionPath> for_host(const OptionPath& option, const std::string& user) {
    return user.empty() ? option
                        : OptionPath::parse("home-manager.users.\"" + user + "\"." + option.str());
}

std::vector<Operation> on_options(const Wish& wish) {
    std::vector<Operation> out;
    if (wish.option) {
        out.push_back({.kind = static_cast<OperationKind>(wish.kind),
                       .option = for_host(*wish.option, wish.user).value_or(*wish.option),
                       .value = wish.value});
    }
    for (const Setting& setting : wish.settings) {
        out.push_back({.kind = OperationKind::set_option,
                       .option = for_host(setting.option, wish.user).value_or(setting.option),
                       .value = setting.value});
    }
    return out;
}

Json to_json(const Wish& wish) {
    Json out{{"op", to_string(wish.kind)}};
    if (wish.option) {
        out["option"] = wish.option->str();
    }
    if (wish.value) {
        out["value"] = to_json(*wish.value);
    }
    if (wish.fresh) {
        out["fresh"] = true;
    }
    if (wish.weak) {
        out["weak"] = true;
    }
    if (wish.last) {
        out["last"] = *wish.last;
    }
    if (wish.size) {
        out["size"] = *wish.size;
    }
    put(out, "user", wish.user);
    put(out, "in", wish.in);
    put(out, "module", wish.module);
    if (!wish.settings.empty()) {
        out["settings"] = settings_json(wish.settings);
    }
    put(out, "input", wish.input);
    put(out, "url", wish.url);
    if (!wish.follows.empty()) {
        out["follows"] = wish.follows;
    }
    return out;
}

Json to_json(const Request& request) {
    Json out{{"schema", "agentd.ops/2"}, {"operations", Json::array()}};
    for (const Wish& wish : request.operations) {
        out["operations"].push_back(to_json(wish));
    }
    if (request.every_host) {
        out["hosts"] = "all";
    } else if (!request.hosts.empty()) {
        out["hosts"] = request.hosts;
    }
    return out;
}

} // namespace agentd::proposals::plan
