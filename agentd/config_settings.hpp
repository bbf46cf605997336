/// @file
/// The one table of settings of `agentd.toml`: read by the parser, printed by `agentctl` and the
/// docs.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace agentd {

enum class SettingKind {
    text,          ///< any text
    path,          ///< absolute, normalised
    optional_path, ///< as path, or "" for "found by the program"
    integer,
    boolean,
    texts,
    choice, ///< one of `choices`
};

struct Setting {
    std::string_view key{}; ///< dotted, `state.directory`
    SettingKind kind{};
    std::string_view
        fallback{}; ///< as it would be written in TOML; "" where the setting is required
    std::string_view meaning{};
    std::int64_t low = 0; ///< for integers
    std::int64_t high = std::numeric_limits<std::int32_t>::max();
    std::string_view choices{}; ///< separated by `|`
};

/// Every setting outside `[[health.check]]`, in the order of the documentation.
std::span<const Setting> settings() noexcept;
/// Every setting of one `[[health.check]]`.
std::span<const Setting> health_settings() noexcept;

/// The table as Markdown.
std::string settings_as_markdown();
/// A complete `agentd.toml` with every default; the required settings are left as comments.
std::string settings_as_toml();

} // namespace agentd
