#include "agentd/probe/probe.hpp"

#include "agentd/core/text.hpp"
#include "agentd/probe/connect.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/time.h>

namespace agentd::probe {

namespace {

using namespace std::chrono;

Answer answer_of(const core::Problem& problem) {
    return {.status = problem.code == "cannot" ? cannot : unwell, .said = problem.message};
}

/// The first bytes of an answer, `HTTP/1.1 200`.
std::string first_words(int fd) {
    std::string said;
    while (said.size() < 12) {
        char bytes[12];
        const ssize_t got = ::recv(fd, bytes, 12 - said.size(), 0);
        if (got <= 0) {
            break;
        }
        said.append(bytes, static_cast<std::size_t>(got));
    }
    return said;
}

} // namespace

std::optional<Endpoint> parse_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == text.npos || colon == 0) {
        return std::nullopt;
    }
    const auto port = core::parse_integer(text.substr(colon + 1));
    std::string_view address = text.substr(0, colon);
    if (address.front() == '[' && address.back() == ']') {
        address = address.substr(1, address.size() - 2);
    }
    if (!port || *port < 1 || *port > 65'535 || address.empty()) {
        return std::nullopt;
    }
    return Endpoint{.address = std::string(address), .port = *port};
}

std::optional<Page> parse_url(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) {
        return std::nullopt;
    }
    url.remove_prefix(scheme.size());
    const auto slash = std::min(url.find('/'), url.size());
    const std::string host(url.substr(0, slash));
    const bool has_port = host.rfind(':') != host.npos && host.back() != ']';
    const auto endpoint = parse_endpoint(has_port ? host : host + ":80");
    if (!endpoint) {
        return std::nullopt;
    }
    return Page{.at = *endpoint, .path = slash < url.size() ? std::string(url.substr(slash)) : "/"};
}

bool is_loopback(std::string_view address) noexcept {
    return address.starts_with("127.") || address == "localhost" || address == "::1";
}

Answer tcp(const Endpoint& endpoint, seconds limit) {
    const auto fd = connect_to(endpoint, limit);
    return fd ? Answer{.said = "accepts a connection"} : answer_of(fd.problem());
}

Answer http(const Page& page, seconds limit) {
    const auto fd = connect_to(page.at, limit);
    if (!fd) {
        return answer_of(fd.problem());
    }
    const timeval patience{.tv_sec = limit.count(), .tv_usec = 0};
    ::setsockopt(fd->get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const std::string request =
        "GET " + page.path + " HTTP/1.0\r\nHost: " + page.at.address + "\r\n\r\n";
    if (::send(fd->get(), request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
        return {.status = unwell, .said = "it takes a connection and no request"};
    }
    const std::string said = first_words(fd->get());
    if (said.empty()) {
        return {.status = unwell,
                .said = "it takes a request and does not answer in " +
                        std::to_string(limit.count()) + " s"};
    }
    const auto status = said.size() == 12 && said.starts_with("HTTP/1.")
                            ? core::parse_integer(std::string_view(said).substr(9))
                            : std::nullopt;
    return {.status = status && *status >= 200 && *status < 400 ? well : unwell,
            .said = "it says " + core::printable(said)};
}

Answer dns(const std::string& name) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int code = ::getaddrinfo(name.c_str(), nullptr, &wanted, &found);
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
    if (code != 0) {
        return {.status = unwell, .said = ::gai_strerror(code)};
    }
    char text[NI_MAXHOST] = "";
    ::getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    return {.said = std::string("is ") + text};
}

Answer disk(const std::string& path, std::int64_t mib, std::int64_t inodes) {
    struct statvfs room {};
    if (::statvfs(path.c_str(), &room) != 0) {
        const bool nothing_there = errno == ENOENT || errno == ENOTDIR;
        return {.status = nothing_there ? cannot : unwell, .said = std::strerror(errno)};
    }
    const auto free = static_cast<std::int64_t>(room.f_bavail * (room.f_frsize / 1024) / 1024);
    const auto files = static_cast<std::int64_t>(room.f_favail);
    const bool counts = room.f_files > 0; // btrfs does not
    const std::string said = std::to_string(free) + " MiB" +
                             (counts ? " and " + std::to_string(files) + " inodes" : "") + " free";
    if (free < mib || (counts && files < inodes)) {
        return {.status = unwell,
                .said = said + "; wanted are " + std::to_string(mib) + " MiB and " +
                        std::to_string(inodes) + " inodes"};
    }
    return {.said = said};
}

} // namespace agentd::probe
