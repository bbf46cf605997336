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

/// What parts the segments; NUL where there is only one.
char separator_of(Form form) noexcept;
/// Stands for a dot within a name of an option; no name has it.
inline constexpr char dot_in_name = '\x1f';

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
    struct Alternative {
        std::string text{};   ///< no braces; an option has no quotes, its dot is `dot_in_name`
        std::size_t head = 0; ///< letters before the first star; all of them where there is none
        std::size_t tail = 0; ///< letters after the last star
        friend bool operator==(const Alternative&, const Alternative&) = default;
    };
    /// The text matches when one of them does.
    const std::vector<Alternative>& alternatives() const noexcept { return alternatives_; }
    Form form() const noexcept { return form_; }
    friend bool operator==(const Glob&, const Glob&) = default;

  private:
    Glob() = default;
    std::string pattern_;
    std::vector<Alternative> alternatives_;
    Form form_ = Form::text;
};

} // namespace agentd::policy
