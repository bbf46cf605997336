#include "agentd/core/toml_json.hpp"

#include <nlohmann/json.hpp>

// Errors as values, as in toml.cpp.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace agentd::core {

namespace {

constexpr std::size_t max_bytes = 256U << 10;

// As deep as the library reads, which is bounded.
Json converted(const toml::node& node) {
    if (const auto* table = node.as_table()) {
        Json out = Json::object();
        for (const auto& [key, value] : *table) {
            out[std::string(key.str())] = converted(value);
        }
        return out;
    }
    if (const auto* list = node.as_array()) {
        Json out = Json::array();
        for (const toml::node& item : *list) {
            out.push_back(converted(item));
        }
        return out;
    }
    if (const auto* text = node.as_string()) {
        return text->get();
    }
    if (const auto* flag = node.as_boolean()) {
        return flag->get();
    }
    const auto* number = node.as_integer();
    return number == nullptr ? Json() : Json(number->get());
}

} // namespace

std::optional<Json> toml_as_json(std::string_view text) {
    if (text.size() > max_bytes) {
        return std::nullopt;
    }
    const auto read = toml::parse(text);
    return read ? std::optional(converted(read.table())) : std::nullopt;
}

} // namespace agentd::core
