/// @file
/// Which commit of which repository is evaluated.
#pragma once

#include "agentd/core/names.hpp"

#include <string>
#include <string_view>

namespace agentd::evaluator {

/// What to look at. The commit is named twice, so that a moved ref can never be evaluated instead.
struct FlakeSource {
    std::string repository{}; ///< absolute path of a bare repository of ours
    std::string ref{};        ///< `refs/agentd/<id>`; "" when the commit needs none (Nix 2.8 does)
    core::Commit commit;
    std::string folder{}; ///< of flake.nix in the repository; "" is its top

    /// `git+file://<repository>?ref=…&rev=…`, percent-encoded.
    std::string url() const;
    /// Of the flake: `flake.nix`, `machines/flake.lock`.
    std::string file(std::string_view name) const {
        return folder.empty() ? std::string(name) : folder + "/" + std::string(name);
    }
};

} // namespace agentd::evaluator
