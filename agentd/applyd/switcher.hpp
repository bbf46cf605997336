/// @file
/// The few acts that move a machine: NixOS's own verbs, and the system profile. Explicit paths
/// only.
#pragma once

#include "agentd/config.hpp"
#include "agentd/core/clock.hpp"
#include "agentd/core/result.hpp"
#include "agentd/machine/machine.hpp"
#include "evaluator/nix.hpp"

#include <string>

namespace agentd::applyd {

/// On systemd each act is a transient unit, `agentd-switch-<nonce>-<name>.service`: it is not among
/// what a switch changes, goes on when this process dies, and whoever settles then finds it. On a
/// demo machine it is a child in the machine's namespaces.
class Switcher {
  public:
    /// In `<apply.directory>/roots` are links that the garbage collector honours.
    Switcher(const Config& config, machine::Machine& machine, const evaluator::Nix& nix)
        : config_(config), machine_(machine), nix_(nix) {}

    /// Keeps both systems in the store until `release`: what runs for a trial is in no profile, and
    /// whoever built it may drop his roots. Failure when one is not there any more.
    void keep(const core::StorePath& from, const core::StorePath& to);
    void release() noexcept;

    /// True once nobody holds NixOS's switch lock; a minute is waited for that. The lock is not
    /// kept: a switch takes it itself. From then on only root can take it.
    bool nobody_switches() const;

    struct Verb {
        int exit_status = 0; ///< NixOS's: 0 done, 2 activation, 3 reload, 4 units failed; -1 did
                             ///< not end by itself
        std::string said{};  ///< the last lines, printable
        bool busy = false;   ///< somebody else held NixOS's switch lock all the time
    };
    /// `<toplevel>/bin/switch-to-configuration <verb>` on the machine. While somebody else holds
    /// NixOS's switch lock it is tried again for a minute. What takes longer than `limit` is
    /// stopped.
    Verb run(const std::string& nonce, const core::StorePath& toplevel, const std::string& verb,
             std::chrono::seconds limit = std::chrono::minutes(15));

    /// Syncs the store, makes a generation of the system profile, syncs the profile's directory.
    core::Result<core::Done> set_profile(const std::string& nonce, const core::StorePath& toplevel);
    /// What a process that is gone has begun for this nonce and is still at work: waited for until
    /// `deadline`, then stopped. Nothing moves the machine when it returns.
    void end_what_goes_on(const std::string& nonce, core::Instant deadline, core::Instant now);

    /// A switch or an act of this nonce runs right now. Of a demo machine, where nobody can tell:
    /// true.
    bool is_at_work(const std::string& nonce) const;

    /// Any other program of root's for this nonce, in the same way; longer than `limit` it may not
    /// take. @param name `act`, or one of the verbs.
    Verb carry_out(const std::string& nonce, const std::string& name, sandbox::Command command,
                   std::chrono::seconds limit = std::chrono::minutes(15));

    /// A name that no other boot of this machine has.
    std::string this_boot() const;

    /// Everything written to the file system of `path` is on disk when it returns.
    static void sync_file_system(const std::string& path);

  private:
    const Config& config_;
    machine::Machine& machine_;
    const evaluator::Nix& nix_;
};

} // namespace agentd::applyd
