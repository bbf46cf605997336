#include "agentd/stages/so_far.hpp"

#include "agentd/core/text.hpp"
#include "agentd/stages/base.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace agentd::stages {

namespace {

using core::Json;

constexpr std::size_t most_text = 300;
constexpr std::size_t most_warnings = 20;

/// The facts of evaluate.nix that people have words for.
constexpr std::array<std::pair<const char*, const char*>, 11> words{{
    {"release", "the release of NixOS"},
    {"firewall", "the firewall is on"},
    {"tcp_ports", "TCP ports that the firewall opens"},
    {"udp_ports", "UDP ports that the firewall opens"},
    {"ssh", "the SSH server is on"},
    {"ssh_ports", "ports of the SSH server"},
    {"ssh_passwords", "the SSH server takes passwords"},
    {"ssh_root", "root may log in over SSH"},
    {"people", "people with an account"},
    {"wheel", "people who may become root"},
    {"sudo_password", "becoming root takes a password"},
}};

Json read(const std::string& text) {
    auto value = core::parse_json(text, {.bytes = 1U << 20});
    return value && value->is_object() ? *value : Json::object();
}

Json told(const Json& value) {
    return value.is_null() ? Json()
                           : Json(core::shorten(value.is_string() ? value.get<std::string>()
                                                                  : core::canonical(value),
                                                most_text));
}

Json facts_json(const Json& before, const Json& after, bool compared) {
    Json rows = Json::array();
    for (const auto& [name, says] : words) {
        const Json old = before.value(name, Json()), now = after.value(name, Json());
        if (compared ? old != now : !now.is_null()) {
            rows.push_back(
                {{"name", name}, {"says", says}, {"before", told(old)}, {"after", told(now)}});
        }
    }
    return rows;
}

} // namespace

Json so_far(const evaluator::EarlyFacts& early, const OptionScope& scope,
            const std::optional<evaluator::KnownEvaluation>& base) {
    const auto options = base ? base->options_for(scope.words) : std::nullopt;
    auto warnings =
        base ? new_warnings(early.warnings, base->evaluated.warnings).value() : early.warnings;
    warnings.resize(std::min(warnings.size(), most_warnings));
    return {{"schema", "agentd.early/1"},
            {"compared", base.has_value()},
            {"facts", facts_json(base ? read(base->evaluated.facts_json) : Json::object(),
                                 read(early.facts_json), base.has_value())},
            {"options", options && early.options
                            ? proposals::to_json(compare_options(scope, *options, early.options))
                            : Json()},
            {"warnings", warnings},
            {"hosts", early.hosts.size()}};
}

} // namespace agentd::stages
