#include "agentd/probe/names.hpp"

#include <memory>
#include <netdb.h>
#include <sys/socket.h>

namespace agentd::probe {

Answer dns(const std::string& name) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int code = ::getaddrinfo(name.c_str(), nullptr, &wanted, &found);
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
    if (code != 0) {
        return unwell(::gai_strerror(code));
    }
    char text[NI_MAXHOST] = "";
    ::getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    return well(std::string("is ") + text);
}

} // namespace agentd::probe
