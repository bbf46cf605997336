/// @file
/// Patterns over names: `*` within a segment, `**` across segments, `{a,b}` either.
#pragma once

#include "agentd/core/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace agentd::policy {

/// What a name is made of.
enum class Form {
    text,   ///< one segment
    file,   ///< segments between `/`
    option, ///< the names of an option; one in quotes is one segment, whatever is in it
};

/// Compiled once. Matching is bounded by pattern length times text length.
class Glob {
  public:
    static constexpr std::size_t max_bytes = 256;
    static constexpr std::size_t max_alternatives = 64;

    /// In a pattern of options a name may be quoted; `*` means the same there. The problem is
    /// `bad_glob`.
    static core::Result<Glob> compile(std::string_view pattern, Form form);

    bool matches(std::string_view text) const;
    const std::string& pattern() const noexcept { return pattern_; }
    friend bool operator==(const Glob&, const Glob&) = default;

  private:
    Glob() = default;
    std::string pattern_;
    std::vector<std::string> alternatives_; ///< without braces; an option's without quotes
    Form form_ = Form::text;
};

} // namespace agentd::policy
