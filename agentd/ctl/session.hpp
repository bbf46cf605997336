/// @file
/// When the session that a program runs in began: the connection or login that brought a person.
#pragma once

#include "agentd/core/clock.hpp"

#include <optional>
#include <string_view>

namespace agentd::ctl {

/// The start of this process's session leader (proc(5)); nullopt when it is gone or not to be seen.
std::optional<core::Instant> session_began(const core::Clock& clock);

/// The time a process started, in clock ticks since the boot, of the text of its /proc/…/stat.
std::optional<std::int64_t> start_ticks(std::string_view stat) noexcept;

} // namespace agentd::ctl
