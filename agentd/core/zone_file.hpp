/// @file
/// Where the machine keeps the rules of time zones.
#pragma once

#include <optional>
#include <string>

namespace agentd::core {

/// The bytes (TZif) of the zone of this name, from /etc/zoneinfo or /usr/share/zoneinfo: what the
/// machine's own clocks go by. No variable of the environment has a say. nullopt where there is no
/// such file that belongs to root, or it is too large.
std::optional<std::string> zone_file(const std::string& name);

} // namespace agentd::core
