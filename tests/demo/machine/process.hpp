/// @file
/// Starting a unit's commands and finding what became of them.
#pragma once

#include "unit_file.hpp"

#include <string>
#include <sys/types.h>

namespace agentd::demo {

struct Spawned {
    pid_t pid = -1; ///< -1: nothing was started
    int status = 0; ///< then: systemd's exit status for the step that failed (203 EXEC, 217 USER)
    std::string why{};
};

struct SpawnRequest {
    const UnitFile& unit;
    const ExecCommand& command;
    std::string invocation{};
    pid_t main_pid = 0;
    int output = -1;
};

/// Starts one command in a session of its own, as the unit's user, with stdout and stderr at
/// `output`. Returns when the program has been executed, or could not be.
Spawned spawn(const SpawnRequest& request);

/// Every process of an invocation, found by the INVOCATION_ID it was started with.
std::vector<pid_t> processes_of(const std::string& invocation);

/// Makes RuntimeDirectory= and its sisters, owned by the unit's user.
void make_directories(const UnitFile& unit);
void remove_volatile_directories(const UnitFile& unit);

/// 32 hexadecimal digits nobody else has.
std::string new_invocation();

} // namespace agentd::demo
