#include "web/request.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace agentd::web {

namespace {

int hex_value(char c) noexcept {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) {
            return std::nullopt;
        }
        out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
    }
    const bool clean = core::is_utf8(out) && out.find('\0') == std::string::npos;
    return clean ? std::optional(std::move(out)) : std::nullopt;
}

bool is_plain_path(std::string_view path) {
    return path.find("..") == std::string_view::npos &&
           std::none_of(path.begin(), path.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\';
           });
}

} // namespace

std::string_view Request::header(const std::string& lower_case_name) const {
    const auto it = headers.find(lower_case_name);
    return it == headers.end() ? std::string_view() : std::string_view(it->second);
}

std::optional<std::string> Request::cookie(std::string_view name) const {
    for (const auto part : core::split(header("cookie"), ';')) {
        const auto pair = core::trim(part);
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
            return std::string(pair.substr(equals + 1));
        }
    }
    return std::nullopt;
}

std::optional<Request> parse_target(Method method, std::string_view target) {
    if (target.empty() || target[0] != '/' || target.size() > 2048) {
        return std::nullopt;
    }
    Request request{.method = method};
    const auto mark = target.find('?');
    const auto raw = target.substr(0, mark);
    auto path = percent_decode(raw);
    if (!path || !is_plain_path(*path) ||
        core::split(*path, '/').size() != core::split(raw, '/').size()) {
        return std::nullopt;
    }
    request.path = std::move(*path);
    if (mark == std::string_view::npos) {
        return request;
    }
    for (const auto part : core::split(target.substr(mark + 1), '&')) {
        const auto equals = part.find('=');
        const auto key = percent_decode(part.substr(0, equals));
        const auto value =
            percent_decode(equals == std::string_view::npos ? "" : part.substr(equals + 1));
        if (!key || !value) {
            return std::nullopt;
        }
        if (!request.query.emplace(*key, *value).second) {
            return std::nullopt;
        }
    }
    return request;
}

Response json_response(int status, std::string body) {
    return {.status = status,
            .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
            .body = std::move(body)};
}

Response error_response(int status, std::string_view code, std::string_view message,
                        std::string_view hint) {
    const core::Problem problem{
        .code = std::string(code), .message = std::string(message), .hint = std::string(hint)};
    return json_response(status, core::canonical({{"error", core::to_json(problem)}}));
}

std::string http_date(core::Instant instant) {
    using namespace std::chrono;
    // Not strftime: the header is English whatever the locale is.
    constexpr std::array names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = floor<days>(instant);
    const year_month_day date{day};
    const hh_mm_ss time{floor<seconds>(instant - day)};
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                       names.at(weekday{day}.c_encoding()), static_cast<unsigned>(date.day()),
                       months.at(static_cast<unsigned>(date.month()) - 1),
                       static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                       time.seconds().count());
}

void add_security_headers(Response& response) {
    response.headers.insert(
        response.headers.end(),
        {{"Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
          "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; "
          "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
          "trusted-types 'none'"},
         {"X-Content-Type-Options", "nosniff"},
         {"X-Frame-Options", "DENY"},
         {"Referrer-Policy", "no-referrer"},
         {"Cross-Origin-Opener-Policy", "same-origin"},
         {"Cross-Origin-Resource-Policy", "same-origin"},
         {"Permissions-Policy",
          "camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self), "
          "publickey-credentials-create=(self)"}});
}

} // namespace agentd::web
