#include "agentd/probe/connect.hpp"

#include <algorithm>
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

Problem trouble(std::string message) {
    return {.code = "unwell", .message = std::move(message)};
}

Result<Fd> connect_one(const addrinfo& address, const Patience& patience) {
    Fd fd(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) {
        return trouble(std::strerror(errno));
    }
    int error = 0;
    if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) != 0) {
        error = errno;
        if (error == EINPROGRESS) {
            pollfd waiting{fd.get(), POLLOUT, 0};
            if (::poll(&waiting, 1, static_cast<int>(patience.left().count())) <= 0) {
                return trouble(patience.over("no answer in"));
            }
            socklen_t length = sizeof error;
            ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &length);
        }
    }
    if (error != 0) {
        return trouble(std::strerror(error));
    }
    ::fcntl(fd.get(), F_SETFL, 0);
    return fd;
}

} // namespace

milliseconds Patience::left() const {
    return std::max(ceil<milliseconds>(end_ - steady_clock::now()), milliseconds(0));
}

std::string Patience::over(const std::string& words) const {
    return words + " " + std::to_string(limit_.count()) + " s";
}

Result<Fd> connect_to(const Endpoint& endpoint, const Patience& patience) {
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
        last = connect_one(*each, patience);
    }
    return last;
}

Answer answer_of(const Problem& problem) {
    return problem.code == "cannot" ? cannot(problem.message) : unwell(problem.message);
}

Answer tcp(const Endpoint& endpoint, seconds limit) {
    const auto fd = connect_to(endpoint, Patience(limit));
    return fd ? well("accepts a connection") : answer_of(fd.problem());
}

} // namespace agentd::probe
