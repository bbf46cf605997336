#include "agentd/core/toml.hpp"

#include "agentd/core/text.hpp"

// Errors as values, and the whole library in this one file.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>

namespace agentd::core {

namespace {

constexpr std::size_t max_bytes = 256U << 10;

TomlPosition position(const toml::source_region& region) {
    return {.line = region.begin.line, .column = region.begin.column};
}

std::string place(std::string_view file, TomlPosition at) {
    return std::string(file) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

// Turns the library's tree into ours, and finds the values this project has no use for.
class Conversion {
  public:
    Conversion(std::string_view file, std::vector<Problem>& problems)
        : file_(file), problems_(problems) {}

    TomlTable table(const toml::table& from) {
        TomlTable out;
        for (const auto& [key, node] : from) {
            out.entries.push_back({.key = std::string(key.str()),
                                   .value = value(node),
                                   .at = position(key.source())});
        }
        // The library sorts by name; people read in the order of the file.
        std::stable_sort(
            out.entries.begin(), out.entries.end(), [](const TomlEntry& a, const TomlEntry& b) {
                return std::pair(a.at.line, a.at.column) < std::pair(b.at.line, b.at.column);
            });
        return out;
    }

  private:
    TomlValue value(const toml::node& node) {
        TomlValue out{.value = false, .at = position(node.source())};
        if (const auto* text = node.as_string()) {
            out.value = text->get();
        } else if (const auto* number = node.as_integer()) {
            out.value = number->get();
        } else if (const auto* flag = node.as_boolean()) {
            out.value = flag->get();
        } else if (const auto* date = node.as_date()) {
            out.value = day(date->get());
        } else if (const auto* list = node.as_array()) {
            TomlList items;
            for (const toml::node& item : *list) {
                items.push_back(value(item));
            }
            out.value = std::move(items);
        } else if (const auto* inner = node.as_table()) {
            out.value = table(*inner);
        } else {
            problems_.push_back({.code = "wrong_type",
                                 .message = "fractions and times of day are not used here",
                                 .where = place(file_, out.at),
                                 .hint = "write a whole number, a date or text"});
        }
        return out;
    }

    static std::chrono::sys_days day(const toml::date& date) {
        return std::chrono::year(date.year) / std::chrono::month(date.month) /
               std::chrono::day(date.day);
    }

    std::string_view file_;
    std::vector<Problem>& problems_;
};

} // namespace

TomlTable::TomlTable() = default;
TomlTable::TomlTable(const TomlTable&) = default;
TomlTable::TomlTable(TomlTable&&) noexcept = default;
TomlTable& TomlTable::operator=(const TomlTable&) = default;
TomlTable& TomlTable::operator=(TomlTable&&) noexcept = default;
TomlTable::~TomlTable() = default;

const TomlEntry* TomlTable::find(std::string_view key) const noexcept {
    const auto it = std::find_if(entries.begin(), entries.end(),
                                 [&](const TomlEntry& entry) { return entry.key == key; });
    return it == entries.end() ? nullptr : &*it;
}

std::optional<TomlTable> parse_toml(std::string_view text, std::string_view file,
                                    std::vector<Problem>& problems) {
    if (text.size() > max_bytes) {
        problems.push_back({.code = "too_many",
                            .message = "the file is larger than 256 KiB",
                            .where = std::string(file)});
        return std::nullopt;
    }
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        problems.push_back({.code = "bad_toml",
                            .message = printable(parsed.error().description()),
                            .where = place(file, position(parsed.error().source()))});
        return std::nullopt;
    }
    const std::size_t before = problems.size();
    TomlTable table = Conversion(file, problems).table(parsed.table());
    return problems.size() == before ? std::optional(std::move(table)) : std::nullopt;
}

} // namespace agentd::core
