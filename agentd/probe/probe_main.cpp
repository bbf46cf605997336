// agentd-probe tcp ADDRESS PORT SECONDS: exit 0 when something accepts a connection in time.
#include "agentd/core/text.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

int fail(const char* what) {
    std::fprintf(stderr, "%s\n", what);
    return 1;
}

int probe_tcp(const char* address, std::int64_t port, std::int64_t seconds) {
    sockaddr_in target{};
    target.sin_family = AF_INET;
    target.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::inet_pton(AF_INET, address, &target.sin_addr) != 1) {
        return fail("not an IPv4 address");
    }
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&target), sizeof target) == 0) {
        return 0;
    }
    if (errno != EINPROGRESS) {
        return fail(std::strerror(errno));
    }
    pollfd waiting{fd, POLLOUT, 0};
    if (::poll(&waiting, 1, static_cast<int>(seconds * 1000)) <= 0) {
        return fail("no answer in time");
    }
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    return error == 0 ? 0 : fail(std::strerror(error));
}

} // namespace

int main(int argc, char** argv) {
    using agentd::core::parse_integer;
    if (argc != 5 || std::strcmp(argv[1], "tcp") != 0) {
        std::fprintf(stderr, "Usage: agentd-probe tcp ADDRESS PORT SECONDS\n");
        return 64;
    }
    const auto port = parse_integer(argv[3]);
    const auto seconds = parse_integer(argv[4]);
    if (!port || *port < 1 || *port > 65535 || !seconds || *seconds < 1 || *seconds > 600) {
        return fail("PORT is 1 to 65535, SECONDS 1 to 600");
    }
    return probe_tcp(argv[2], *port, *seconds);
}
