/// @file
/// What agentd needs of the kernel, of Nix, of programs and of places on the disk, and how each is
/// mended.
#pragma once

#include "agentd/config.hpp"
#include "evaluator/nix.hpp"

#include <string>
#include <vector>

namespace agentd::api {

struct Prerequisite {
    std::string name{}; ///< `landlock`
    bool ok = false;
    std::string detail{}; ///< what was found
    std::string mend{};   ///< what to do; only shown when it is not ok
    bool needed = true;   ///< false: agentd works without it, only less well
};

/// Version, published holes, what this Nix takes of what is forced, and the running system's own settings.
std::vector<Prerequisite> nix_prerequisites(const evaluator::Nix& nix);
/// Landlock, seccomp, user namespaces, control groups, pidfds, inotify.
std::vector<Prerequisite> kernel_prerequisites(const Config& config);
/// git, ssh-keygen, and agentd's own workers.
std::vector<Prerequisite> program_prerequisites(const Config& config, const evaluator::Nix& nix);
/// Sockets, and room and rights where things are kept.
std::vector<Prerequisite> place_prerequisites(const Config& config);
/// What the observers can and cannot see.
std::vector<Prerequisite> observing_prerequisites(const Config& config);
/// Whether browsers may hold keys where the page is, and whether being root takes a password.
std::vector<Prerequisite> page_prerequisites(const Config& config);
/// Whether anybody can approve. @param file as of `apply.approvers`.
std::vector<Prerequisite> approvers_in(const std::string& file);

} // namespace agentd::api
