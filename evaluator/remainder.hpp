/// @file
/// What is left to build once the caches were asked, judged by what the derivations say of
/// themselves.
#pragma once

#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

/// As far as it matters for where its outputs come from.
struct DerivationNature {
    bool fixed_output = false; ///< known by their hash: Nix lets its builder reach the network
    /// It says that no cache is to be asked (`allowSubstitutes`), or does not say so and is no
    /// source but made at home (`preferLocalBuild`).
    bool never_cached = false;
};

/// Of the text of a .drv file; nullopt where it is no such text.
std::optional<DerivationNature> nature_of(std::string_view text);
/// Reads the store; nullopt where the derivation is not there.
std::optional<DerivationNature> nature_of(const core::StorePath& derivation);

/// The sources among them, which a builder would fetch from somewhere, at most 100.
std::vector<std::string> fixed_outputs(const std::vector<core::StorePath>& derivations);
/// Those that cannot be read, at most 100: they may be sources.
std::vector<std::string> unreadable(const std::vector<core::StorePath>& derivations);
/// Those that a cache may have, at most 100.
std::vector<std::string> may_be_cached(const std::vector<core::StorePath>& derivations);

/// `source_missing`: a builder would have to fetch these, and no builder has a network.
core::Problem source_missing(const std::vector<std::string>& names);

/// The same code: nobody can say whether a builder would have to.
core::Problem nature_unknown(const std::vector<std::string>& names);

/// `ripgrep-14.1.1, fd-10.2.0 and 3 more`.
std::string a_few(const std::vector<std::string>& names);

} // namespace agentd::evaluator
