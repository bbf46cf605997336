#include "agentd/probe/connect.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

namespace agentd::probe {

namespace {

using core::Fd;
using core::Problem;
using core::Result;
using namespace std::chrono;

Result<Fd> connect_one(const addrinfo& address, seconds limit) {
    Fd fd(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) {
        return Problem{.code = "unwell", .message = std::strerror(errno)};
    }
    int error = 0;
    if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) != 0) {
        error = errno;
        if (error == EINPROGRESS) {
            pollfd waiting{fd.get(), POLLOUT, 0};
            if (::poll(&waiting, 1, static_cast<int>(limit.count() * 1000)) <= 0) {
                return Problem{.code = "unwell",
                               .message = "no answer in " + std::to_string(limit.count()) + " s"};
            }
            socklen_t length = sizeof error;
            ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &length);
        }
    }
    if (error != 0) {
        return Problem{.code = "unwell", .message = std::strerror(error)};
    }
    ::fcntl(fd.get(), F_SETFL, 0);
    return fd;
}

} // namespace

Result<Fd> connect_to(const Endpoint& endpoint, seconds limit) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int code = ::getaddrinfo(endpoint.address.c_str(), std::to_string(endpoint.port).c_str(),
                                   &wanted, &found);
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
    if (code != 0) {
        return Problem{.code = code == EAI_AGAIN ? "unwell" : "cannot",
                       .message =
                           endpoint.address + " is no address here: " + ::gai_strerror(code)};
    }
    Result<Fd> last = Problem{.code = "cannot", .message = "no address"};
    for (const addrinfo* each = found; each != nullptr && !last; each = each->ai_next) {
        last = connect_one(*each, limit);
    }
    return last;
}

} // namespace agentd::probe
