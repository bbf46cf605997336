#include "agentd/config_values.hpp"

#include "agentd/core/check.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd {

namespace {

using core::TomlReader;

void refuse(TomlReader& in, std::string_view name, const Setting& row, std::string_view why) {
    in.refuse(name, {.code = "bad_value",
                     .message = "`" + std::string(row.key) + "` has to be " + std::string(why)});
}

void check_text(TomlReader& in, const Setting& row, std::string_view name,
                const std::string& value) {
    const bool hidden = value.find('\n') != std::string::npos || !core::is_utf8(value) ||
                        !core::hidden_code_points(value).empty();
    if (hidden) {
        refuse(in, name, row, "one line without hidden characters");
        return;
    }
    const bool may_be_empty = row.kind == SettingKind::optional_path || row.fallback.empty();
    const bool is_path = row.kind == SettingKind::path || row.kind == SettingKind::optional_path;
    if (is_path && !is_plain_path(value) &&
        !(value.empty() && row.kind == SettingKind::optional_path)) {
        refuse(in, name, row, "an absolute path, without `..` and without `/` at its end");
    } else if (value.empty() && !may_be_empty) {
        refuse(in, name, row, "something");
    }
}

std::vector<std::string> choices_of(const Setting& row) {
    std::vector<std::string> out;
    for (const auto choice : core::split(row.choices, '|')) {
        out.emplace_back(choice);
    }
    return out;
}

// Empty for the keys at the root.
std::string_view section_of(const Setting& row) {
    const auto dot = row.key.find('.');
    return dot == std::string_view::npos ? std::string_view() : row.key.substr(0, dot);
}

} // namespace

bool is_plain_path(std::string_view text) noexcept {
    if (text == "/") {
        return true;
    }
    if (text.empty() || text.front() != '/' || text.back() == '/' || text.size() > 1024) {
        return false;
    }
    const auto parts = core::split(text.substr(1), '/');
    return std::none_of(parts.begin(), parts.end(), [](std::string_view part) {
        return part.empty() || part == "." || part == "..";
    });
}

SettingValues::Value SettingValues::read(TomlReader& in, const Setting& row,
                                         std::string_view name) {
    switch (row.kind) {
    case SettingKind::integer: {
        const auto fallback = core::parse_integer(row.fallback);
        AGENTD_CHECK(fallback.has_value());
        return in.integer(name, row.low, row.high).value_or(*fallback);
    }
    case SettingKind::boolean:
        return in.boolean(name).value_or(row.fallback == "true");
    case SettingKind::texts:
        return in.texts(name, 64).value_or(std::vector<std::string>{});
    case SettingKind::choice:
        return in.one_of(name, choices_of(row)).value_or(std::string(row.fallback));
    case SettingKind::text:
    case SettingKind::path:
    case SettingKind::optional_path:
        break;
    }
    if (const auto value = in.text(name, 1024)) {
        check_text(in, row, name, *value);
        return *value;
    }
    return std::string(row.fallback);
}

SettingValues::SettingValues(TomlReader& root, const std::vector<std::string>& elsewhere,
                             std::vector<core::Problem>& problems) {
    static const core::TomlTable nothing;
    std::map<std::string_view, TomlReader> sections;
    for (const Setting& row : settings()) {
        const std::string_view section = section_of(row);
        if (section.empty()) {
            values_.emplace(row.key, read(root, row, row.key));
            continue;
        }
        auto found = sections.find(section);
        if (found == sections.end()) {
            auto table = root.table(section);
            // An absent section reads as an empty one, whose missing keys are told at the root.
            found =
                sections
                    .emplace(section,
                             table ? *table
                                   : TomlReader(nothing, {.path = std::string(section)}, problems))
                    .first;
        }
        values_.emplace(row.key, read(found->second, row, row.key.substr(section.size() + 1)));
    }
    for (auto& [name, reader] : sections) {
        reader.finish();
    }
    for (const std::string& key : elsewhere) {
        root.any(key);
    }
}

const SettingValues::Value& SettingValues::at(std::string_view key) const {
    const auto it = values_.find(key);
    AGENTD_CHECK(it != values_.end());
    return it->second;
}

const std::string& SettingValues::text(std::string_view key) const {
    return std::get<std::string>(at(key));
}
std::int64_t SettingValues::integer(std::string_view key) const {
    return std::get<std::int64_t>(at(key));
}
bool SettingValues::boolean(std::string_view key) const {
    return std::get<bool>(at(key));
}
const std::vector<std::string>& SettingValues::texts(std::string_view key) const {
    return std::get<std::vector<std::string>>(at(key));
}

} // namespace agentd
