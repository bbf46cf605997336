/// @file
/// Prints the program's table of settings as JSON, for the test that compares the module with it.
#include "agentd/config_settings.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

namespace {

const char* name_of(agentd::SettingKind kind) {
    switch (kind) {
    case agentd::SettingKind::text:
        return "text";
    case agentd::SettingKind::path:
        return "path";
    case agentd::SettingKind::optional_path:
        return "optional_path";
    case agentd::SettingKind::integer:
        return "integer";
    case agentd::SettingKind::boolean:
        return "boolean";
    case agentd::SettingKind::texts:
        return "texts";
    case agentd::SettingKind::choice:
        return "choice";
    }
    return "";
}

void add(nlohmann::json& out, std::span<const agentd::Setting> rows, const std::string& prefix) {
    for (const agentd::Setting& row : rows) {
        out[prefix + std::string(row.key)] = {
            {"kind", name_of(row.kind)}, {"fallback", row.fallback},
            {"meaning", row.meaning},    {"low", row.low},
            {"high", row.high},          {"choices", row.choices}};
    }
}

} // namespace

int main() {
    nlohmann::json out = nlohmann::json::object();
    add(out, agentd::settings(), "");
    add(out, agentd::health_settings(), "health.check.");
    std::cout << out.dump() << "\n";
}
