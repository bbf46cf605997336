/// @file
/// Where everything lies in a log's directory (audit/FORMAT.md, section 1).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace agentd::audit {

inline constexpr std::uint64_t default_segment_leaves = 65'536;
/// Hashes in a full tile (c2sp.org/tlog-tiles).
inline constexpr std::uint64_t tile_width = 256;
/// What one seal may cover, in entries and in bytes of lines.
inline constexpr std::size_t max_group_entries = 1024;
inline constexpr std::size_t max_group_bytes = 4U << 20;

struct Layout {
    std::string directory{};
    /// Part of the format; another number only in tests.
    std::uint64_t segment_leaves = default_segment_leaves;

    std::string log_directory() const { return directory + "/log"; }
    std::string segment_path(std::uint64_t segment) const;
    /// `00000007.jsonl`
    static std::string segment_name(std::uint64_t segment);
    std::string checkpoint_path() const { return directory + "/checkpoint"; }
    std::string quarantine_directory() const { return directory + "/quarantine"; }
    std::string ballast_path() const { return directory + "/ballast"; }
    std::string lock_path() const { return directory + "/lock"; }
    std::string key_path() const { return directory + "/key"; }
    /// `tile/0/x001/234`, the full tile number `tile` of the leaves.
    std::string tile_path(std::uint64_t tile) const;
    /// `tile/0/x001/234.p/<width>`, 1 to 255 hashes.
    std::string partial_tile_path(std::uint64_t tile, std::uint64_t width) const;

    struct Segments {
        std::uint64_t count = 0;              ///< segments 0 … count-1 are there
        std::vector<std::string> strangers{}; ///< other names in `log/`, gaps included; at most 16
    };
    /// What is in `log/`; none when it is not there.
    Segments segments() const;
};

} // namespace agentd::audit
