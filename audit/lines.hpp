/// @file
/// Reads a segment line by line with bounded memory.
#pragma once

#include "agentd/core/fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::audit {

/// One line as it lies in the file; `bytes` lives until the next call.
struct Line {
    std::uint64_t offset = 0;
    std::string_view bytes{};
    bool whole = true; ///< ended by LF and within the limit; false for a torn or endless line
    std::uint64_t end() const noexcept { return offset + bytes.size() + (whole ? 1U : 0U); }
};

class LineScanner {
  public:
    /// No honest line is longer.
    static constexpr std::size_t max_line = 256U << 10;

    /// Starts at `offset`, which must be the begin of a line. Failure when it cannot be opened.
    explicit LineScanner(const std::string& path, std::uint64_t offset = 0);
    /// nullopt at the end of the file; after a line that is not whole there is no next one.
    std::optional<Line> next();

  private:
    bool fill();

    std::string path_;
    core::Fd fd_;
    std::string buffer_;
    std::size_t begin_ = 0;
    std::uint64_t offset_ = 0; ///< of buffer_[0]
    bool ended_ = false;
};

} // namespace agentd::audit
