/// @file
/// The Merkle tree of RFC 6962 section 2.1, kept as its right edge: O(log n) memory.
#pragma once

#include "agentd/core/digest.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace agentd::audit {

/// SHA-256(0x00 ‖ line)
core::Digest leaf_hash(std::string_view line);
/// SHA-256(0x01 ‖ left ‖ right)
core::Digest node_hash(const core::Digest& left, const core::Digest& right);

/// Grows by one leaf at a time; copying it is cheap, so that a root can be tried out.
class Tree {
  public:
    void append(const core::Digest& leaf);
    std::uint64_t size() const noexcept { return size_; }
    /// Of no leaves: SHA-256 of nothing.
    core::Digest root() const;

  private:
    std::uint64_t size_ = 0;
    std::vector<core::Digest> edge_; ///< roots of the full subtrees, largest first
};

} // namespace agentd::audit
