/// @file
/// The one table of how the versions of Nix differ where no shape of an answer can tell, and of the
/// holes that were published in them.
#pragma once

#include "evaluator/nix.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

/// What one version has and another has not.
enum class NixAbility {
    config_show,           ///< `nix config show`; before, `nix show-config`
    derivation_show,       ///< `nix derivation show`; before, `nix show-derivation`
    store_info,            ///< `nix store info`; before, `nix store ping`
    max_call_depth,        ///< the setting that ends a recursion before the stack does
    max_substitution_jobs, ///< the setting; before, what is fetched counts as jobs
    update_by_name, ///< `nix flake update NAME`; before, `nix flake lock --update-input NAME`
};

struct NixDifference {
    NixAbility ability{};
    std::string_view name{};
    int since_minor = 0; ///< of Nix 2
};
std::span<const NixDifference> nix_differences();

bool has(const NixVersion& version, NixAbility ability);
/// The words after `nix` that print the settings, one `name = value` a line.
std::vector<std::string> show_settings_words(const NixVersion& version);
/// The words after `nix` that print whose store it is, and its version.
std::vector<std::string> show_store_words(const NixVersion& version);
/// The words after `nix` that print derivations as JSON.
std::vector<std::string> show_derivation_words(const NixVersion& version);
/// The words after `nix` that lock these inputs of the flake in a folder anew, and no other.
std::vector<std::string> relock_words(const NixVersion& version, const std::string& folder,
                                      const std::vector<std::string>& inputs);

/// A published way out of a build's sandbox, or into whoever runs it, by the numbers of the
/// releases: a distribution may have mended an older number.
struct NixHole {
    std::string_view advisory{};
    std::string_view what{}; ///< for people
};
/// Those this version has, oldest first. What forks of Nix mended under numbers of their own is
/// known for Lix; Determinate Nix is taken for the Nix it names.
std::vector<NixHole> holes_in(const NixVersion& version);
/// It has one: what it builds for somebody else may look about the machine.
bool build_escapable(const NixVersion& version);

} // namespace agentd::evaluator
