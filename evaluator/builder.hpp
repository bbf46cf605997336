/// @file
/// Who builds: what Nix has a part in it, by its own word, and what is open in it.
#pragma once

#include "evaluator/nix_probe.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

struct Builder {
    std::string daemon{}; ///< `daemon` or `unix://…`; "" when our own Nix builds
    bool machine = false; ///< the machine's own daemon, which follows its own settings
    std::optional<NixVersion> version{}; ///< of that daemon, as it says itself
    std::vector<std::string> open{};     ///< of its settings: what lets builds out or others in
};

/// Asks the daemon that builds for us, if one does, and the settings it was started with.
Builder builder_of(const Nix& nix, const std::stop_token& stop = {});
/// The same for somebody else who builds through `daemon`.
Builder builder_of(const Nix& nix, std::string daemon, const std::stop_token& stop = {});

/// Through what somebody without rights in the store builds: `unix://` and his own socket, or the
/// machine's daemon; "" where there is none.
std::string daemon_of_others(const std::string& own_socket);

/// Whether what was built could have come out of its sandbox: by a published hole in one of the
/// Nix that had a part in it, or by a setting. nullopt when the one that builds does not tell.
std::optional<bool> build_escapable(const Nix& nix, const Builder& builder);

/// Of a running system's settings, each that leaves builds less shut in than agentd's own; `name =
/// value (what it does)`.
std::vector<std::string> open_settings(const ShownSettings& settings);

/// A daemon of agentd's own, which has settings of its own: a socket that is not the machine's.
bool own_daemon(std::string_view store);

} // namespace agentd::evaluator
