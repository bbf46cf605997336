/// @file
/// What agentd-analyze answers, once its rights are given up.
#pragma once

#include "agentd/core/result.hpp"

#include <map>
#include <string>

namespace agentd::analyze {

/// What the worker was asked, and the two manifests as they were read.
struct Asked {
    std::map<std::string, std::string> given{}; ///< of `arguments`
    std::string from_manifest{};
    std::string to_manifest{};
};

/// Canonical JSON: the effects, or with `--what moves` what a switch would do to units, or with
/// `--what built` what each of the two says of the machine. Problems: of the manifests, or a
/// toplevel that is none; `usage` for another `--what`.
core::Result<std::string> answer(const Asked& asked);

} // namespace agentd::analyze
