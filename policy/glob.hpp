/// @file
/// Patterns over names: `*` within a segment, `**` across segments, `{a,b}` either.
#pragma once

#include "agentd/core/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace agentd::policy {

/// Compiled once. Matching is bounded by pattern length times text length.
class Glob {
  public:
    static constexpr std::size_t max_bytes = 256;
    static constexpr std::size_t max_alternatives = 64;

    /// @param separator what `*` does not cross; NUL when it crosses everything.
    /// The problem is `bad_glob`.
    static core::Result<Glob> compile(std::string_view pattern, char separator);

    bool matches(std::string_view text) const;
    const std::string& pattern() const noexcept { return pattern_; }
    friend bool operator==(const Glob&, const Glob&) = default;

  private:
    Glob() = default;
    std::string pattern_;
    std::vector<std::string> alternatives_; ///< without braces
    char separator_ = '\0';
};

} // namespace agentd::policy
