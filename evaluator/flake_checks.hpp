/// @file
/// The flake's own checks (`checks.<system>.<name>`): which there are, and what they are built
/// from.
#pragma once

#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"
#include "evaluator/flake_source.hpp"
#include "evaluator/nix.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::evaluator {

/// The kind of machine this is, as Nix calls it: `x86_64-linux`.
std::string own_system();

/// Sorted, at most 1024; evaluates none of them. Problems: those of `evaluate`, and `cancelled`.
/// @throws core::Failure as `evaluate` does.
core::Result<std::vector<std::string>> list_checks(const Nix& nix, const FlakeSource& source,
                                                   std::stop_token stop = {});

struct CheckDerivation {
    bool there = false;                   ///< the flake has a check of that name
    std::optional<core::StorePath> drv{}; ///< written to the store; nullopt of what throws
};

/// One for each name, in their order, in one evaluation; what throws costs the others nothing.
/// Problems: those of `evaluate`, and `cancelled`.
/// @throws core::Failure as `evaluate` does.
core::Result<std::vector<CheckDerivation>> check_derivations(const Nix& nix,
                                                             const FlakeSource& source,
                                                             const std::vector<std::string>& names,
                                                             std::stop_token stop = {});

/// One alone, with Nix's words for what is wrong with it. Problems: those of `evaluate`,
/// `no_check`, `no_derivation`, and `cancelled`.
/// @throws core::Failure as `evaluate` does.
core::Result<core::StorePath> check_derivation(const Nix& nix, const FlakeSource& source,
                                               const std::string& name, std::stop_token stop = {});

} // namespace agentd::evaluator
