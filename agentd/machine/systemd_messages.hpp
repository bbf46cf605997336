/// @file
/// Messages of systemd as our own values. Only for this room's sources.
#pragma once

#include "agentd/machine/unit_watch.hpp"

#include <cstdint>
#include <set>

struct sd_bus;
struct sd_bus_message;

namespace agentd::machine {

/// Adds what a signal of the manager or of a unit says; anything else changes nothing.
void add_signal(sd_bus_message* message, UnitEvents& into) noexcept;

/// Too much becomes `lost`.
void bound(UnitEvents& events) noexcept;

/// Ids of the jobs that wait or run. Failure{unavailable}.
std::set<std::uint64_t> jobs_in_queue(sd_bus* bus);

} // namespace agentd::machine
