/// @file
/// Whose packages the running system takes: caches, their keys, and whether that is sure enough to
/// take a proposal's from them.
#pragma once

#include "agentd/core/result.hpp"
#include "evaluator/nix.hpp"

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

struct Caches {
    std::string names{}; ///< addresses as nix.conf has them; "" takes nothing from anybody
    std::string keys{};
    std::string netrc{};
};

/// Of the running system's own nix.conf. No names without `settings().fetch`.
/// Codes: those of running_settings(); `caches_unsafe` (packages that nobody signed would be
/// taken), `unsafe_builder` (the machine's Nix daemon builds for us, outside of its sandbox).
core::Result<Caches> caches_of(const Nix& nix, std::stop_token stop = {});

/// Text with what opens a door taken out of each address in it: who logs in (`https://ci:secret@…`)
/// and what follows `?`. For everything that people, logs and models read.
std::string without_credentials(std::string_view text);

/// The addresses, shown so, that one of the complaints names; the complaints are shown so as well.
std::vector<std::string> blamed(const Caches& caches, const std::vector<std::string>& complaints);

} // namespace agentd::evaluator
