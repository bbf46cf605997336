/// @file
/// Inclusion and consistency proofs (RFC 6962 sections 2.1.1 and 2.1.2; checked as RFC 9162 says).
#pragma once

#include "agentd/core/digest.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace agentd::audit {

using Proof = std::vector<core::Digest>;

/// A tree as somebody signed it.
struct TreeHead {
    std::uint64_t size = 0;
    core::Digest root{core::Digest::Bytes{}};
};

/// That leaf `index` is in the tree of all `leaves`; nullopt when there is no such leaf.
std::optional<Proof> inclusion_proof(std::span<const core::Digest> leaves, std::uint64_t index);
/// That the first `old_size` of `leaves` were the whole tree once; nullopt when there are fewer, or
/// for 0.
std::optional<Proof> consistency_proof(std::span<const core::Digest> leaves,
                                       std::uint64_t old_size);

bool verify_inclusion(const core::Digest& leaf, std::uint64_t index, const TreeHead& head,
                      std::span<const core::Digest> proof);
bool verify_consistency(const TreeHead& older, const TreeHead& newer,
                        std::span<const core::Digest> proof);

} // namespace agentd::audit
