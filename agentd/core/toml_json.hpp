/// @file
/// TOML of somebody else's making as JSON: what this project has no use for is null.
#pragma once

#include "agentd/core/json.hpp"

#include <optional>
#include <string_view>

namespace agentd::core {

/// nullopt when it is no TOML, or larger than 256 KiB.
std::optional<Json> toml_as_json(std::string_view text);

} // namespace agentd::core
