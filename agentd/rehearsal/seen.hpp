/// @file
/// What the kernel and systemd say, as values: nothing here trusts a byte of it.
#pragma once

#include "agentd/rehearsal/rehearsal.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::rehearsal {

/// The properties that `units_from` reads.
std::vector<std::string> wanted_properties();

/// What `systemctl show` said of many units: blocks of `Name=value`, parted by empty lines. Units
/// of a kind that comes and goes by itself (devices, scopes, slices) are left out; what has no name
/// of a unit is skipped. At most `max_units`, sorted, each once.
struct Units {
    std::vector<Unit> units{};
    bool truncated = false;
};
/// From when to when it was looked at, by the machine's own clock (CLOCK_MONOTONIC): what a unit
/// says of its times is believed within these alone.
struct Span {
    std::int64_t begun_us = 0;
    std::int64_t now_us = 0;
};
Units units_from(std::string_view shown, const Span& span = {});
void take_units(Units units, Rehearsal& seen);

/// What became of start jobs, as `journalctl --output=json` has process 1 say it, one object a
/// line: a unit that has ended well, or was skipped, is forgotten by systemd and missing among what
/// it shows. Keeps `units` sorted and within its bounds.
void add_from_journal(std::string_view lines, Units& units);

/// Appends what one file of /proc/<pid>/net says (`tcp`, `tcp6`, `udp`, `udp6`; proc(5)): sockets
/// that listen, or are bound and connected to nobody.
/// @param protocol `tcp` or `udp`
void listeners_from(std::string_view file, std::string_view protocol, std::vector<Listener>& out);

/// The first path of `text` that is below where secrets are put when a machine boots; "" for none.
std::string secret_in(std::string_view text);

} // namespace agentd::rehearsal
