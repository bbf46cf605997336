/// @file
/// The settings of a file as values by key, each checked against its row of the table.
#pragma once

#include "agentd/config_settings.hpp"
#include "agentd/core/result.hpp"
#include "agentd/core/toml.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace agentd {

/// Where a key is absent, its row's fallback. Asking for a key without a row, or for another type,
/// is a bug.
class SettingValues {
  public:
    /// Reads and checks the rows; keys of `root` that are neither a row nor in `elsewhere` are
    /// problems.
    SettingValues(core::TomlReader& root, const std::vector<std::string>& elsewhere,
                  std::vector<core::Problem>& problems);

    const std::string& text(std::string_view key) const;
    std::int64_t integer(std::string_view key) const;
    bool boolean(std::string_view key) const;
    const std::vector<std::string>& texts(std::string_view key) const;

  private:
    using Value = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;
    Value read(core::TomlReader& in, const Setting& row, std::string_view name);
    const Value& at(std::string_view key) const;

    std::map<std::string, Value, std::less<>> values_;
};

/// True for an absolute path without `.`, `..`, `//` or a slash at its end (`/` itself is one).
bool is_plain_path(std::string_view text) noexcept;

} // namespace agentd
