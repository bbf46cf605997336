/// @file
/// A request and a response as values of our own, so that routes are tested without a socket.
#pragma once

#include "agentd/core/clock.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::web {

enum class Method { get, post, other };

struct Request {
    Method method = Method::get;
    std::string path{};                           ///< decoded, always begins with `/`
    std::map<std::string, std::string> query{};   ///< decoded
    std::map<std::string, std::string> headers{}; ///< names in lower case
    std::string body{};
    core::Instant connected{}; ///< when the connection was made
    /// Who asks, by the word of a proxy that was heard on its own socket; empty everywhere else.
    std::string identity{};

    std::string_view header(const std::string& lower_case_name) const;
    std::optional<std::string> cookie(std::string_view name) const;
};

struct Response {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    bool close = false; ///< no more requests on this connection
    /// Set: the answer is the event stream, from after this id.
    std::optional<std::uint64_t> events_after{};
    /// For a stream: asked from time to time, on the web thread; it ends when this says no.
    std::function<bool()> events_while{};
};

/// Splits and decodes a request target; nullopt for anything malformed, over 2 KiB, with `..` or a
/// control character or an encoded `/` in its path, or with a query that names a thing twice.
std::optional<Request> parse_target(Method method, std::string_view target);

/// A JSON answer with the headers every API answer carries.
Response json_response(int status, std::string body);
/// `{"error":{…}}`
Response error_response(int status, std::string_view code, std::string_view message,
                        std::string_view hint = {});
/// As the header `Date` says it, in whole seconds (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37
/// GMT`.
std::string http_date(core::Instant instant);
/// Adds the headers that every response carries (CSP and its companions).
void add_security_headers(Response& response);

} // namespace agentd::web
