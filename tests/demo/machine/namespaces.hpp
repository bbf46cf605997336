/// @file
/// The walls of the machine: namespaces, its root, and the process outside that watches over it.
#pragma once

#include <filesystem>
#include <functional>

namespace agentd::demo {

struct Settings {
    std::filesystem::path dir{};       ///< holds root/ and init.pid
    std::filesystem::path system{};    ///< empty: what the boot loader or the profile says
    std::filesystem::path pid_file{};  ///< empty: dir/init.pid
    std::filesystem::path nix{"/nix"}; ///< bound, read-only, at /nix
};

/// Starts `init` as PID 1 of new mount, PID, UTS, IPC and network namespaces whose / is dir/root,
/// writes the pid file, and waits. SIGTERM and SIGINT become an orderly poweroff; when this process
/// dies the machine dies with it. Returns the exit status of `init`.
int run_machine(const Settings& settings, const std::function<int()>& init);

} // namespace agentd::demo
