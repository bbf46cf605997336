/// @file
/// The machine that is looked after: what it runs, what it boots, how a program is run on it.
#pragma once

#include "agentd/core/names.hpp"
#include "agentd/machine/unit_manager.hpp"
#include "sandbox/command.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace agentd::machine {

struct MachineOptions {
    enum class Kind { systemd, demo };
    Kind kind = Kind::systemd;
    /// Demo: the folder that holds `root/` and `init.pid`. Otherwise "".
    std::string folder{};
    /// The system profile as a path on the machine.
    std::string profile = "/nix/var/nix/profiles/system";
};

/// Where the links that decide what runs and what boots point.
struct SystemLinks {
    std::optional<core::StorePath> running{}; ///< /run/current-system
    std::optional<core::StorePath> booted{};  ///< /run/booted-system
    std::optional<core::StorePath> profile{}; ///< what the next boot takes
    friend bool operator==(const SystemLinks&, const SystemLinks&) = default;
};

/// Looks at the links each time it is asked: nothing is remembered. Not thread-safe.
class Machine {
public:
    explicit Machine(MachineOptions options);

    SystemLinks links() const;
    UnitManager& units() { return *units_; }
    /// /etc/machine-id, or "unknown".
    std::string machine_id() const;
    /// The file or folder `path` of the machine as this process sees it.
    std::string on_host(const std::string& path) const;
    const std::string& profile() const noexcept { return options_.profile; }

    /// A command that runs `program` on the machine, as root, with nothing in its environment but a
    /// PATH of the running system. Failure{unavailable} when a demo machine is not up.
    sandbox::Command inside(std::string program, std::vector<std::string> arguments) const;
    /// The same, but only inside the machine's network; the file system is the host's.
    sandbox::Command in_network(std::string program, std::vector<std::string> arguments) const;

private:
    sandbox::Command enter(std::vector<std::string> namespaces, std::string program,
                           std::vector<std::string> arguments) const;
    MachineOptions options_;
    std::unique_ptr<UnitManager> units_;
};

} // namespace agentd::machine
