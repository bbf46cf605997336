/// @file
/// Level 0 of the tiles: the leaf hashes, 32 bytes each, 256 to a file (c2sp.org/tlog-tiles). A
/// cache: verification believes it only where a seal's root proves it.
#pragma once

#include "agentd/core/digest.hpp"
#include "audit/layout.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace agentd::audit {

/// Writes tiles behind the log. A tile that cannot be written is tried again with the next group.
class TileWriter {
  public:
    explicit TileWriter(Layout layout) : layout_(std::move(layout)) {}
    /// Takes the next leaf; nothing is written yet.
    void append(const core::Digest& leaf) { pending_.push_back(leaf); }
    /// Brings the files up to date, without fsync. False when the disk would not take them.
    bool flush() noexcept;
    /// The same for full tiles only: what is known of the last one so far stays as it is.
    bool flush_full() noexcept;

  private:
    bool try_to_write(bool partial_too) noexcept;
    void write_tiles(bool partial_too);
    void write_tile(std::uint64_t width);

    Layout layout_;
    std::uint64_t tile_ = 0;            ///< number of the tile that pending_ begins with
    std::uint64_t partial_width_ = 0;   ///< hashes in the partial file now there
    std::vector<core::Digest> pending_; ///< from the begin of tile_ on
};

/// Looks leaf hashes up. Reads what it finds; absent or malformed tiles are nullopt.
class TileReader {
  public:
    explicit TileReader(Layout layout);
    std::optional<core::Digest> leaf(std::uint64_t index);
    /// How many leaves the tiles hold without a gap, by the files' names and sizes.
    std::uint64_t size() const noexcept { return size_; }

  private:
    const std::vector<core::Digest>& tile(std::uint64_t number);

    Layout layout_;
    std::uint64_t size_ = 0;
    std::optional<std::uint64_t> cached_number_;
    std::vector<core::Digest> cached_;
    std::vector<core::Digest> partial_; ///< read at once: its file moves as the log grows
};

} // namespace agentd::audit
