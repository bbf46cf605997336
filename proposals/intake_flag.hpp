/// @file
/// What a person or policy has to know about a file of a patch.
#pragma once

#include <optional>
#include <string_view>

namespace agentd::proposals {

/// Never a reason to refuse by itself.
enum class Flag {
    mode_change,    ///< the executable bit changes: nothing of it shows in a hunk
    hidden_unicode, ///< invisible or reordering code points (not in Nix, TOML, JSON: there it is
                    ///< refused)
    control_char,   ///< CR, NUL or another control character in the new text
    not_utf8,       ///< the new text is not UTF-8
    unreviewable,   ///< a new line above 400 columns, or more than 2000 changed lines
    flake_file,     ///< flake.nix
    lock_file,      ///< flake.lock
    secrets,        ///< looks like it holds secrets
    agentd_file,    ///< agentd's own module, configuration or policy
};

std::string_view to_string(Flag flag) noexcept;
std::optional<Flag> parse_flag(std::string_view text) noexcept;
/// For who reads the diff: "its executable bit changes, which no line shows".
std::string_view sentence_of(Flag flag) noexcept;

} // namespace agentd::proposals
