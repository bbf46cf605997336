/// @file
/// What the programs say on stderr: one line each, with the journal's priority prefix under systemd.
#pragma once

#include <string_view>

namespace agentd::core {

enum class Level { debug, info, warning, error };

/// Sets the program's name shown in front; call once, first thing in main.
void log_as(std::string_view program);
/// Writes one line. Control characters in `message` are drawn, so that a line stays a line.
void log(Level level, std::string_view message) noexcept;

} // namespace agentd::core
