#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "agentd/core/toml.hpp"

#include <algorithm>

namespace agentd::core {

namespace {

std::string place(const std::string& file, TomlPosition at) {
    return file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

std::string quoted(std::string_view text) {
    return "`" + printable(shorten(text, 80)) + "`";
}

std::string did_you_mean(std::string_view wanted, const std::vector<std::string>& known) {
    const auto near = nearest(wanted, known);
    return near.empty() ? "known: " + shorten(join(known, ", "), 300)
                        : "did you mean `" + join(near, "` or `") + "`?";
}

} // namespace

std::string_view toml_kind(const TomlValue& value) noexcept {
    return match(
        value.value, [](bool) { return "true or false"; }, [](std::int64_t) { return "a number"; },
        [](const std::string&) { return "text"; }, [](std::chrono::sys_days) { return "a date"; },
        [](const TomlList&) { return "a list"; }, [](const TomlTable&) { return "a table"; });
}

TomlReader::TomlReader(const TomlTable& table, Place place, std::vector<Problem>& problems)
    : table_(&table), place_(std::move(place)), problems_(&problems) {}

std::string TomlReader::full(std::string_view key) const {
    return place_.path.empty() ? std::string(key) : place_.path + "." + std::string(key);
}

const TomlValue* TomlReader::any(std::string_view key) {
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) {
        asked_.emplace_back(key);
    }
    const TomlEntry* entry = table_->find(key);
    return entry == nullptr ? nullptr : &entry->value;
}

void TomlReader::wrong_kind(std::string_view key, const TomlValue& value, std::string_view wanted) {
    refuse_at(value.at, {.code = "wrong_type",
                         .message = quoted(full(key)) + " has to be " + std::string(wanted) +
                                    " and is " + std::string(toml_kind(value))});
}

std::optional<std::string> TomlReader::text(std::string_view key, std::size_t limit) {
    const TomlValue* value = any(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    const auto* found = std::get_if<std::string>(&value->value);
    if (found == nullptr) {
        wrong_kind(key, *value, "text");
        return std::nullopt;
    }
    if (found->size() > limit) {
        refuse(key, {.code = "bad_value",
                     .message = quoted(full(key)) + " is longer than " + std::to_string(limit) +
                                " bytes"});
        return std::nullopt;
    }
    if (found->find('\0') != std::string::npos) {
        refuse(key, {.code = "bad_value", .message = quoted(full(key)) + " holds a NUL"});
        return std::nullopt;
    }
    return *found;
}

std::optional<std::int64_t> TomlReader::integer(std::string_view key, std::int64_t low,
                                                std::int64_t high) {
    const TomlValue* value = any(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    const auto* found = std::get_if<std::int64_t>(&value->value);
    if (found == nullptr) {
        wrong_kind(key, *value, "a whole number");
        return std::nullopt;
    }
    if (*found < low || *found > high) {
        refuse(key, {.code = "bad_value",
                     .message = quoted(full(key)) + " has to be from " + std::to_string(low) +
                                " to " + std::to_string(high)});
        return std::nullopt;
    }
    return *found;
}

std::optional<bool> TomlReader::boolean(std::string_view key) {
    const TomlValue* value = any(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    const auto* found = std::get_if<bool>(&value->value);
    if (found == nullptr) {
        wrong_kind(key, *value, "true or false");
        return std::nullopt;
    }
    return *found;
}

std::optional<std::chrono::sys_days> TomlReader::date(std::string_view key) {
    const TomlValue* value = any(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    const auto* found = std::get_if<std::chrono::sys_days>(&value->value);
    if (found == nullptr) {
        wrong_kind(key, *value, "a date such as 2027-01-31, without quotes");
        return std::nullopt;
    }
    return *found;
}

std::optional<std::vector<std::string>> TomlReader::texts(std::string_view key, std::size_t limit) {
    const TomlValue* value = any(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    const auto* list = std::get_if<TomlList>(&value->value);
    if (list == nullptr) {
        wrong_kind(key, *value, "a list of texts");
        return std::nullopt;
    }
    if (list->size() > limit) {
        refuse(key, {.code = "too_many",
                     .message = quoted(full(key)) + " has more than " + std::to_string(limit) +
                                " members"});
        return std::nullopt;
    }
    std::vector<std::string> out;
    for (const TomlValue& item : *list) {
        const auto* text = std::get_if<std::string>(&item.value);
        if (text == nullptr || text->size() > 4096) {
            wrong_kind(key, item, "a list of texts");
            return std::nullopt;
        }
        out.push_back(*text);
    }
    return out;
}

std::optional<std::string> TomlReader::one_of(std::string_view key,
                                              const std::vector<std::string>& allowed) {
    auto found = text(key);
    if (found && std::find(allowed.begin(), allowed.end(), *found) == allowed.end()) {
        const auto near = nearest(*found, allowed, 1);
        refuse(key, {.code = "bad_value",
                     .message = quoted(full(key)) + " may not be " + quoted(*found),
                     .hint = (near.empty() ? std::string() : "did you mean `" + near[0] + "`? ") +
                             "one of: " + join(allowed, ", ")});
        return std::nullopt;
    }
    return found;
}

std::optional<TomlReader> TomlReader::table(std::string_view key) {
    const TomlValue* value = any(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    const auto* found = std::get_if<TomlTable>(&value->value);
    if (found == nullptr) {
        wrong_kind(key, *value, "a table");
        return std::nullopt;
    }
    return TomlReader(*found, {.file = place_.file, .path = full(key), .at = value->at},
                      *problems_);
}

std::vector<TomlReader> TomlReader::tables(std::string_view key, std::size_t limit) {
    const TomlValue* value = any(key);
    if (value == nullptr) {
        return {};
    }
    const auto* list = std::get_if<TomlList>(&value->value);
    if (list == nullptr) {
        wrong_kind(key, *value, "a list of tables ([[" + full(key) + "]])");
        return {};
    }
    if (list->size() > limit) {
        refuse(key, {.code = "too_many",
                     .message = "more than " + std::to_string(limit) + " of " + quoted(full(key))});
        return {};
    }
    std::vector<TomlReader> out;
    for (const TomlValue& item : *list) {
        if (const auto* found = std::get_if<TomlTable>(&item.value)) {
            out.push_back(TomlReader(
                *found, {.file = place_.file, .path = full(key), .at = item.at}, *problems_));
        } else {
            wrong_kind(key, item, "a list of tables ([[" + full(key) + "]])");
        }
    }
    return out;
}

void TomlReader::refuse(std::string_view key, Problem problem) {
    const TomlEntry* entry = table_->find(key);
    refuse_at(entry == nullptr ? place_.at : entry->value.at, std::move(problem));
}

std::string TomlReader::where() const {
    return place(place_.file, place_.at);
}

void TomlReader::refuse_at(TomlPosition at, Problem problem) {
    problem.where = place(place_.file, at);
    problems_->push_back(std::move(problem));
}

void TomlReader::require(std::string_view key) {
    if (!has(key)) {
        refuse(key, {.code = "missing_key", .message = quoted(full(key)) + " is missing"});
    }
}

void TomlReader::finish() {
    for (const TomlEntry& entry : table_->entries) {
        if (std::find(asked_.begin(), asked_.end(), entry.key) == asked_.end()) {
            refuse_at(entry.at, {.code = "unknown_key",
                                 .message = quoted(full(entry.key)) + " is not a setting",
                                 .hint = did_you_mean(entry.key, asked_)});
        }
    }
}

} // namespace agentd::core
