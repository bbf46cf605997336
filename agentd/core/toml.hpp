/// @file
/// TOML from outside, read strictly: every trouble is collected with file:line:column.
#pragma once

#include "agentd/core/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace agentd::core {

struct TomlValue;
struct TomlEntry;
using TomlList = std::vector<TomlValue>;

struct TomlTable {
    // Defined where an entry is complete: a table holds entries that hold tables.
    TomlTable();
    TomlTable(const TomlTable&);
    TomlTable(TomlTable&&) noexcept;
    TomlTable& operator=(const TomlTable&);
    TomlTable& operator=(TomlTable&&) noexcept;
    ~TomlTable();

    std::vector<TomlEntry> entries; ///< in the order of the file
    const TomlEntry* find(std::string_view key) const noexcept;
};

/// From 1; 0 where a value is not from a file.
struct TomlPosition {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

/// What this project uses of TOML: no fractions, no times of day.
struct TomlValue {
    std::variant<bool, std::int64_t, std::string, std::chrono::sys_days, TomlList, TomlTable>
        value{};
    TomlPosition at{};
};

struct TomlEntry {
    std::string key{};
    TomlValue value{};
    TomlPosition at{}; ///< of the key
};

/// "true or false", "a whole number", "text", "a date", "a list", "a table".
std::string_view toml_kind(const TomlValue& value) noexcept;

/// The document; on a syntax error or an unusable value the problems are appended and nothing
/// returned. At most 256 KiB.
std::optional<TomlTable> parse_toml(std::string_view text, std::string_view file,
                                    std::vector<Problem>& problems);

/// Reads one table and remembers what was asked for; `finish` refuses the rest. Problems go to the
/// list given, so that a person sees all of them at once.
class TomlReader {
  public:
    struct Place {
        std::string file{};
        std::string path{}; ///< `health.check`, empty at the root
        TomlPosition at{};
    };
    TomlReader(const TomlTable& table, Place place, std::vector<Problem>& problems);

    /// The value, or nullptr when it is absent.
    const TomlValue* any(std::string_view key);
    std::optional<std::string> text(std::string_view key, std::size_t limit = 4096);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t low, std::int64_t high);
    std::optional<bool> boolean(std::string_view key);
    std::optional<std::chrono::sys_days> date(std::string_view key);
    std::optional<std::vector<std::string>> texts(std::string_view key, std::size_t limit = 256);
    /// One of `allowed`, with the nearest name when it is not.
    std::optional<std::string> one_of(std::string_view key,
                                      const std::vector<std::string>& allowed);
    /// nullopt (without a problem) when it is absent.
    std::optional<TomlReader> table(std::string_view key);
    /// The tables of a list of tables; empty when it is absent.
    std::vector<TomlReader> tables(std::string_view key, std::size_t limit = 512);

    bool has(std::string_view key) const noexcept { return table_->find(key) != nullptr; }
    const TomlTable& entries() const noexcept { return *table_; }
    /// `file:line:column` of the table.
    std::string where() const;
    /// A problem at the key's value, or at the table when the key is absent.
    void refuse(std::string_view key, Problem problem);
    /// As refuse, at a place.
    void refuse_at(TomlPosition at, Problem problem);
    /// Says that `key` is missing.
    void require(std::string_view key);
    /// Keys that were never asked for are problems, with the nearest known key.
    void finish();

  private:
    std::string full(std::string_view key) const;
    void wrong_kind(std::string_view key, const TomlValue& value, std::string_view wanted);

    const TomlTable* table_;
    Place place_;
    std::vector<Problem>* problems_;
    std::vector<std::string> asked_;
};

} // namespace agentd::core
