#include "agentd/fetching/own_network.hpp"

#include "agentd/core/failure.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace agentd::fetching {

namespace {

constexpr std::uint16_t port = 1080;

void must(bool done, const char* what) {
    if (!done) {
        throw core::system_failure(what, "", errno);
    }
}

sockaddr_in here() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(0xc0000201U); // 192.0.2.1
    return address;
}

/// As themselves, so that files look owned by who owns them.
void keep_names(uid_t uid, gid_t gid) {
    const auto map = [](unsigned id) {
        return std::to_string(id) + " " + std::to_string(id) + " 1";
    };
    const auto put = [](const char* file, const std::string& text) {
        core::write_all(core::open_file(file, O_WRONLY).get(), text, file);
    };
    put("/proc/self/setgroups", "deny");
    put("/proc/self/uid_map", map(uid));
    put("/proc/self/gid_map", map(gid));
}

void take_address(int fd) {
    ifreq request{};
    std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
    auto address = here();
    address.sin_port = 0;
    std::memcpy(&request.ifr_addr, &address, sizeof address);
    must(::ioctl(fd, SIOCSIFADDR, &request) == 0, "taking an address");
    must(::ioctl(fd, SIOCGIFFLAGS, &request) == 0, "looking at the network");
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
    must(::ioctl(fd, SIOCSIFFLAGS, &request) == 0, "beginning the network");
}

/// One byte with room for one descriptor beside it.
struct Carrier {
    Carrier() {
        message.msg_iov = &bytes;
        message.msg_iovlen = 1;
        message.msg_control = space.data();
        message.msg_controllen = space.size();
    }
    Carrier(const Carrier&) = delete; // it points into itself
    Carrier& operator=(const Carrier&) = delete;

    char nothing = 0;
    iovec bytes{&nothing, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> space{};
    msghdr message{};
};

void send_over(int to, int fd) {
    Carrier carrier;
    cmsghdr* header = CMSG_FIRSTHDR(&carrier.message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
    must(::sendmsg(to, &carrier.message, MSG_NOSIGNAL) == 1, "handing the socket out");
}

} // namespace

void leave_the_network(int to) {
    const uid_t uid = ::geteuid();
    const gid_t gid = ::getegid();
    must(::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0, "making a network of its own");
    keep_names(uid, gid);
    const core::Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    must(static_cast<bool>(listener), "making a socket");
    take_address(listener.get());
    const auto address = here();
    must(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
             ::listen(listener.get(), 64) == 0,
         "listening in it");
    send_over(to, listener.get());
}

core::Fd receive_listener(int from, std::chrono::milliseconds patience) {
    pollfd waiting{from, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(patience.count())) <= 0) {
        return {};
    }
    Carrier carrier;
    if (::recvmsg(from, &carrier.message, MSG_CMSG_CLOEXEC) != 1) {
        return {};
    }
    const cmsghdr* header = CMSG_FIRSTHDR(&carrier.message);
    if (header == nullptr || header->cmsg_type != SCM_RIGHTS ||
        header->cmsg_len != CMSG_LEN(sizeof(int))) {
        return {};
    }
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return core::Fd(fd);
}

} // namespace agentd::fetching
