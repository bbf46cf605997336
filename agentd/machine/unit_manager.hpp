/// @file
/// The service manager of the machine, as a port: systemd over its bus, or the demo machine's runner.
#pragma once

#include "agentd/machine/unit_watch.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::machine {

/// One unit in systemd's own words.
struct UnitState {
    std::string name{};
    std::string description{}; ///< untrusted text
    std::string load{};        ///< loaded, not-found, masked
    std::string active{};      ///< active, reloading, inactive, failed, activating, deactivating
    std::string sub{};         ///< running, exited, auto-restart, …
    std::string result{};      ///< success, exit-code, signal, …; empty where it is not known
    std::int64_t restarts = 0; ///< NRestarts
    std::int64_t main_pid = 0;

    bool failed() const noexcept { return active == "failed"; }
    /// Started and not on its way to anything else.
    bool settled() const noexcept {
        return active == "active" || active == "inactive" || active == "failed";
    }
    friend bool operator==(const UnitState&, const UnitState&) = default;
};

class UnitManager {
public:
    virtual ~UnitManager() = default;
    /// Every unit that is loaded, sorted by name; at most 8192. Failure{unavailable} when the manager does not
    /// answer within 10 seconds.
    virtual std::vector<UnitState> list() = 0;
    /// From now on. Failure{unavailable} as `list`; what breaks later is told as `lost`.
    virtual std::unique_ptr<UnitWatch> watch() = 0;
};

/// `units` is sorted by name.
const UnitState* find_unit(const std::vector<UnitState>& units, std::string_view name) noexcept;

/// systemd: for root over its own socket (it answers while D-Bus is away), else over the system bus.
std::unique_ptr<UnitManager> systemd_units();
/// The demo machine's runner behind its control socket.
std::unique_ptr<UnitManager> demo_units(std::string socket);

} // namespace agentd::machine
