#include "agentd/probe/http.hpp"

#include "agentd/core/text.hpp"

#include <optional>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>

namespace agentd::probe {

namespace {

constexpr std::size_t all_that_is_read = 12; ///< `HTTP/1.1 200`

/// However slowly they drip: not longer than the patience lasts.
std::string first_words(int fd, const Patience& patience) {
    std::string said;
    while (said.size() < all_that_is_read) {
        pollfd waiting{fd, POLLIN, 0};
        const auto left = static_cast<int>(patience.left().count());
        char bytes[all_that_is_read];
        const ssize_t got = ::poll(&waiting, 1, left) <= 0
                                ? 0
                                : ::recv(fd, bytes, all_that_is_read - said.size(), MSG_DONTWAIT);
        if (got <= 0) {
            break;
        }
        said.append(bytes, static_cast<std::size_t>(got));
    }
    return said;
}

std::optional<std::int64_t> status_in(std::string_view said) {
    const bool whole = said.size() == all_that_is_read && said.starts_with("HTTP/1.") &&
                       said[8] == ' ' && said[9] >= '1';
    return whole ? core::parse_integer(said.substr(9)) : std::nullopt;
}

} // namespace

Answer http(const core::Fd& connection, const Page& page, const Patience& patience) {
    const std::string request =
        "GET " + page.path + " HTTP/1.0\r\nHost: " + page.at.address + "\r\n\r\n";
    if (::send(connection.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
        return unwell("it takes a connection and no request");
    }
    const std::string said = first_words(connection.get(), patience);
    if (said.empty()) {
        return unwell(patience.over("it takes a request and does not answer in"));
    }
    const auto status = status_in(said);
    const bool good = status && *status >= 200 && *status < 400;
    return (good ? well : unwell)("it says " + core::printable(said));
}

} // namespace agentd::probe
