#include "agentd/ctl/view.hpp"

#include "agentd/core/clock.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::ctl {

using core::Json;

const Json& part(const Json& value, const char* key) {
    static const Json nothing;
    if (!value.is_object()) {
        return nothing;
    }
    const auto it = value.find(key);
    return it == value.end() ? nothing : *it;
}

std::vector<Json> list(const Json& value, const char* key) {
    const Json& member = part(value, key);
    return member.is_array() ? std::vector<Json>(member.begin(), member.end())
                             : std::vector<Json>();
}

std::string raw(const Json& value, const char* key) {
    const Json& member = part(value, key);
    return member.is_string() ? member.get<std::string>() : std::string();
}

std::string shown(const Json& value, const char* key, std::size_t limit) {
    return one_line(raw(value, key), limit);
}

std::int64_t number(const Json& value, const char* key) {
    const Json& member = part(value, key);
    return member.is_number_integer() ? member.get<std::int64_t>() : 0;
}

bool truth(const Json& value, const char* key) {
    const Json& member = part(value, key);
    return member.is_boolean() && member.get<bool>();
}

std::string one_line(std::string_view text, std::size_t limit) {
    std::string line;
    for (const char c : core::printable(core::trim(text))) {
        if (c == '\n') {
            line += "\\u{000A}";
        } else {
            line += c == '\t' ? ' ' : c;
        }
    }
    return core::shorten(line, limit);
}

std::string pad(std::string text, std::size_t width) {
    const auto length =
        static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
            return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        }));
    text.append(length < width ? width - length : 0, ' ');
    return text;
}

std::string count(std::size_t n, std::string_view one, std::string_view many) {
    const std::string plural = many.empty() ? std::string(one) + "s" : std::string(many);
    return std::to_string(n) + " " + (n == 1 ? std::string(one) : plural);
}

std::string moment(std::string_view instant) {
    if (!core::parse_instant(instant)) {
        return one_line(instant, 40);
    }
    return std::string(instant.substr(0, 10)) + " " + std::string(instant.substr(11, 5));
}

} // namespace agentd::ctl
