/// @file
/// What the store says about paths it holds: hashes, sizes, references, and the closure manifest.
#pragma once

#include "agentd/core/digest.hpp"
#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"
#include "evaluator/nix.hpp"

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

struct PathInfo {
    core::StorePath path;
    std::string nar_hash{}; ///< always `sha256-<base64>` whatever Nix printed
    std::uint64_t nar_size = 0;
    std::vector<core::StorePath> references{}; ///< sorted, the path itself left out
};

/// A path and everything it refers to, sorted by path; at most 200,000.
struct Closure {
    core::StorePath root;
    std::vector<PathInfo> paths{};
    std::uint64_t nar_bytes = 0;
    std::chrono::milliseconds nix_time{};

    const PathInfo* find(const core::StorePath& path) const;
};

/// The closure of a valid path. Codes: `not_in_store`, `cancelled`, `query_failed`.
core::Result<Closure> closure_of(const Nix& nix, const core::StorePath& path,
                                 std::stop_token stop = {});

/// Only the path itself, same codes.
core::Result<PathInfo> path_info(const Nix& nix, const core::StorePath& path,
                                 std::stop_token stop = {});

/// `path<TAB>narHash<TAB>narSize<LF>` for every path, sorted by path (docs/contracts.md).
struct ClosureManifest {
    std::string text{};
    core::Digest digest;
};
ClosureManifest manifest_of(const Closure& closure);

/// Reads again every byte of the paths and compares with what the store recorded. Code:
/// `store_damaged`, naming the first path. At most 200,000 paths.
core::Result<core::Done> verify_paths(const Nix& nix, const std::vector<core::StorePath>& paths,
                                      std::stop_token stop = {});

/// The JSON of `nix path-info --json` in any of the shapes the versions print (a list, an object by
/// path, the same below `info`). For tests and for reading what another machine printed.
core::Result<std::vector<PathInfo>> parse_path_info(std::string_view json);

/// `sha256-<base64>`, `sha256:<base32>` or `sha256:<hex>` as `sha256-<base64>`; "" when it is none.
std::string normal_nar_hash(std::string_view text);

} // namespace agentd::evaluator
