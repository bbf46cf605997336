#include "agentd/probe/probe.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace agentd::probe {

int fail(const char* what, int status) {
    std::fprintf(stderr, "%s\n", what);
    return status;
}

std::optional<Target> parse_url(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) {
        return std::nullopt;
    }
    url.remove_prefix(scheme.size());
    const auto slash = std::min(url.find('/'), url.size());
    const auto host = url.substr(0, slash);
    const auto colon = host.find(':');
    Target target{.address = std::string(host.substr(0, colon))};
    if (target.address == "localhost") {
        target.address = "127.0.0.1";
    }
    if (colon != host.npos) {
        const auto port = agentd::core::parse_integer(host.substr(colon + 1));
        target.port = port.value_or(0);
    }
    if (slash < url.size()) {
        target.path = url.substr(slash);
    }
    return target;
}

namespace {

/// A connected socket, or what went wrong as -1 with a word on stderr.
int connect_to(const Target& target, std::int64_t seconds) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(target.port));
    if (::inet_pton(AF_INET, target.address.c_str(), &address.sin_addr) != 1) {
        std::exit(fail("not an IPv4 address", cannot));
    }
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        return fd;
    }
    if (errno != EINPROGRESS) {
        fail(std::strerror(errno));
        return -1;
    }
    pollfd waiting{fd, POLLOUT, 0};
    if (::poll(&waiting, 1, static_cast<int>(seconds * 1000)) <= 0) {
        fail("no answer in time");
        return -1;
    }
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) {
        fail(std::strerror(error));
        return -1;
    }
    return fd;
}

} // namespace

int tcp(const Target& target, std::int64_t seconds) {
    return connect_to(target, seconds) < 0 ? 1 : 0;
}

int http(const Target& target, std::int64_t seconds) {
    const int fd = connect_to(target, seconds);
    if (fd < 0) {
        return 1;
    }
    const std::string request =
        "GET " + target.path + " HTTP/1.0\r\nHost: " + target.address + "\r\n\r\n";
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
        return fail("it does not take a request");
    }
    std::string said; // `HTTP/1.1 200`
    while (said.size() < 12) {
        pollfd waiting{fd, POLLIN, 0};
        char bytes[12];
        const ssize_t got = ::poll(&waiting, 1, static_cast<int>(seconds * 1000)) > 0
                                ? ::recv(fd, bytes, 12 - said.size(), 0)
                                : 0;
        if (got <= 0) {
            return fail("no answer in time");
        }
        said.append(bytes, static_cast<std::size_t>(got));
    }
    const auto status = agentd::core::parse_integer(std::string_view(said).substr(9));
    const bool well = said.starts_with("HTTP/1.") && status && *status >= 200 && *status < 400;
    return well ? 0 : fail(("it says " + said).c_str());
}

} // namespace agentd::probe
