/// @file
/// Entries by number, while the log grows. Reads only what a seal stands behind; signatures are not
/// checked here (that is `verify`).
#pragma once

#include "audit/layout.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace agentd::audit {

/// Any thread may use it.
class Reader {
  public:
    explicit Reader(Layout layout);
    /// Takes in what was sealed since; returns the new size.
    std::uint64_t refresh();
    std::uint64_t size() const;
    /// Lines `from` … of at most `limit` entries and about `max_bytes` (at least one when there is
    /// one).
    std::vector<std::string> read(std::uint64_t from, std::size_t limit,
                                  std::size_t max_bytes = 4U << 20) const;
    /// Every line in order, until `visit` returns false.
    void for_each(std::uint64_t from,
                  const std::function<bool(std::uint64_t, std::string_view)>& visit) const;

  private:
    Layout layout_;
    mutable std::mutex mutex_;
    std::vector<std::uint64_t> offsets_; ///< of each line in its segment
    std::uint64_t segment_ = 0;
    std::uint64_t scanned_ = 0; ///< end of the last seal in `segment_`
};

} // namespace agentd::audit
