/// @file
/// The table of all observers.
#pragma once

#include "agentd/observers/observer.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace agentd::observers {

/// How far the check of the store's bytes has come.
struct StoreChecked {
    std::size_t paths = 0;   ///< of the running system
    std::size_t checked = 0; ///< of this round
    std::vector<std::string> damaged{};
    bool on = false; ///< it is done at all
};

/// What some observers need to know besides the machine.
struct Knowledge {
    std::vector<std::string> services{}; ///< units the owner expects
    std::string profile{};               ///< the system profile as a path on the machine
    std::string audit_directory{};       ///< of the log
    std::string state_directory{};       ///< of the daemon
    std::string append_socket{};         ///< of agentd-auditd
    std::string apply_socket{};          ///< of agentd-applyd
    std::string apply_directory{};       ///< of agentd-applyd
    bool demo = false;                   ///< the machine is the demo machine
    std::function<std::vector<std::string>()>
        unlanded{}; ///< titles of confirmed changes that did not land
    std::function<bool()> log_reachable{};
    std::function<StoreChecked()> store_checked{};
    std::function<std::optional<std::string>(const std::string& commit)>
        lock_file{}; ///< flake.lock
};

std::vector<std::unique_ptr<Observer>> all_observers(const Knowledge& knowledge);

} // namespace agentd::observers
