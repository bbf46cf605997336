// agentd-probe: exit 0 when something accepts a connection in time, or a page answers with a status
// of 200 to 399; 1 when not; 64 when that cannot be found out at all.
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

namespace {

int fail(const char* what, int status = 1) {
    std::fprintf(stderr, "%s\n", what);
    return status;
}

constexpr int cannot = 64;

struct Target {
    std::string address{};
    std::int64_t port = 80;
    std::string path = "/";
};

/// `http://127.0.0.1:8080/healthz`; nullopt for anything else, https too.
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

int probe_http(const Target& target, std::int64_t seconds) {
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

} // namespace

int main(int argc, char** argv) {
    using agentd::core::parse_integer;
    const std::string verb = argc > 1 ? argv[1] : "";
    std::optional<Target> target;
    if (verb == "tcp" && argc == 5) {
        target = Target{.address = argv[2], .port = parse_integer(argv[3]).value_or(0)};
    } else if (verb == "http" && argc == 4) {
        target = parse_url(argv[2]);
    }
    const auto seconds = argc > 3 ? parse_integer(argv[argc - 1]) : std::nullopt;
    if (!target || target->port < 1 || target->port > 65535 || !seconds || *seconds < 1 ||
        *seconds > 600) {
        return fail(
            "usage: agentd-probe tcp IPV4 PORT SECONDS | http http://IPV4[:PORT]/PATH SECONDS",
            cannot);
    }
    return verb == "tcp" ? (connect_to(*target, *seconds) < 0 ? 1 : 0)
                         : probe_http(*target, *seconds);
}
