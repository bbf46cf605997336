/// @file
/// From nothing to a system in place: what a boot loader and NixOS's stage 2 do.
#pragma once

#include <filesystem>

namespace agentd::demo {

/// Where the machine's generations are. Not in /nix/var: /nix is shared with the host.
inline constexpr const char* profile = "/var/lib/nixos/profiles/system";

/// The system to boot: the entry that is default in /boot/loader, else the profile, else throws.
std::filesystem::path boot_default();

/// Activates the system. On a machine that has no generation yet, makes it the first one and
/// installs the boot loader, as an installer would.
void bring_up(const std::filesystem::path& system);

} // namespace agentd::demo
