/// @file
/// The few acts that move a machine: NixOS's own verbs, and the system profile. Explicit paths
/// only.
#pragma once

#include "agentd/core/result.hpp"
#include "agentd/machine/machine.hpp"
#include "evaluator/nix.hpp"

#include <functional>
#include <stop_token>
#include <string>

namespace agentd::applyd {

class Switcher {
  public:
    /// @param roots a folder of root's own for links that the garbage collector honours.
    Switcher(machine::Machine& machine, const evaluator::Nix& nix, std::string roots)
        : machine_(machine), nix_(nix), roots_(std::move(roots)) {}

    /// Keeps both systems in the store until `release`: what runs for a trial is in no profile, and
    /// whoever built it may drop his roots. Failure when one is not there any more.
    void keep(const core::StorePath& from, const core::StorePath& to);
    void release() noexcept;

    struct Verb {
        int exit_status = 0; ///< NixOS's: 0 done, 2 activation, 3 reload, 4 units failed; -1 did
                             ///< not end by itself
        std::string said{};  ///< the last lines, printable
    };
    /// `<toplevel>/bin/switch-to-configuration <verb>` on the machine. While somebody else holds
    /// NixOS's switch lock it is tried again for a minute.
    Verb run(const core::StorePath& toplevel, const std::string& verb);

    /// Syncs the store, makes a generation of the system profile, syncs the profile's directory.
    core::Result<core::Done> set_profile(const core::StorePath& toplevel);
    /// Everything written to the file system of `path` is on disk when it returns.
    static void sync_file_system(const std::string& path);

  private:
    machine::Machine& machine_;
    const evaluator::Nix& nix_;
    std::string roots_;
};

} // namespace agentd::applyd
