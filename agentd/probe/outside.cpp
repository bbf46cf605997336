#include "agentd/probe/outside.hpp"

#include "agentd/core/fd.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <net/route.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

namespace agentd::probe {

namespace {

using core::Fd;
using core::Problem;
using core::Result;

constexpr const char* our_end = "agentd-out";

Problem trouble(const char* doing) {
    return {.code = "cannot", .message = std::string(doing) + ": " + std::strerror(errno)};
}

/// A request to rtnetlink, attribute by attribute.
class Request {
  public:
    Request() {
        auto& head = *reinterpret_cast<nlmsghdr*>(bytes_.data());
        head.nlmsg_len = NLMSG_LENGTH(sizeof(ifinfomsg));
        head.nlmsg_type = RTM_NEWLINK;
        head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
    }
    void add(unsigned short type, const void* data, std::size_t size) {
        const std::size_t at = open(type);
        std::memcpy(bytes_.data() + length(), data, size);
        grow(size);
        close(at);
    }
    std::size_t open(unsigned short type) {
        const std::size_t at = length();
        reinterpret_cast<rtattr*>(bytes_.data() + at)->rta_type = type;
        grow(sizeof(rtattr));
        return at;
    }
    void close(std::size_t at) {
        reinterpret_cast<rtattr*>(bytes_.data() + at)->rta_len =
            static_cast<unsigned short>(length() - at);
        grow(NLMSG_ALIGN(length()) - length());
    }
    void grow(std::size_t size) {
        reinterpret_cast<nlmsghdr*>(bytes_.data())->nlmsg_len += static_cast<std::uint32_t>(size);
    }
    /// 0, or what the kernel says is wrong.
    int send() const {
        const Fd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
        if (!fd || ::send(fd.get(), bytes_.data(), length(), 0) < 0) {
            return errno;
        }
        alignas(nlmsghdr) std::array<char, 2048> answer{};
        const ssize_t got = ::recv(fd.get(), answer.data(), answer.size(), 0);
        const auto* head = reinterpret_cast<const nlmsghdr*>(answer.data());
        if (got < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(nlmsgerr))) ||
            head->nlmsg_type != NLMSG_ERROR) {
            return EPROTO;
        }
        return -static_cast<const nlmsgerr*>(NLMSG_DATA(head))->error;
    }

  private:
    std::size_t length() const {
        return reinterpret_cast<const nlmsghdr*>(bytes_.data())->nlmsg_len;
    }
    alignas(nlmsghdr) std::array<char, 512> bytes_{};
};

/// Both ends at once: ours here, the other in the network of `machine`.
int make_wire(const std::string& other_end, int machine) {
    Request request;
    request.add(IFLA_IFNAME, our_end, std::strlen(our_end) + 1);
    const auto info = request.open(IFLA_LINKINFO);
    request.add(IFLA_INFO_KIND, "veth", 4);
    const auto data = request.open(IFLA_INFO_DATA);
    const auto peer = request.open(VETH_INFO_PEER);
    request.grow(sizeof(ifinfomsg));
    request.add(IFLA_IFNAME, other_end.c_str(), other_end.size() + 1);
    request.add(IFLA_NET_NS_FD, &machine, sizeof machine);
    request.close(peer);
    request.close(data);
    request.close(info);
    return request.send();
}

struct Wire {
    std::string other_end{}; ///< name of the machine's interface
    std::string theirs{};
    std::string ours{};
};

/// One of 64 pairs of link-local addresses, which nobody routes; two probes do not meet on one.
Result<Wire> make_free_wire(int machine) {
    unsigned char dice = 0;
    int error = ::getrandom(&dice, sizeof dice, 0) == sizeof dice ? EEXIST : errno;
    for (int attempt = 0; attempt < 64 && error == EEXIST; ++attempt) {
        const int pair = (dice + attempt) % 64;
        const std::string network = "169.254.229.";
        // The name of a bridged container's interface: DHCP clients and network managers leave it
        // alone.
        const Wire wire{.other_end = "vb-agentd" + std::to_string(pair),
                        .theirs = network + std::to_string(pair * 4 + 1),
                        .ours = network + std::to_string(pair * 4 + 2)};
        error = make_wire(wire.other_end, machine);
        if (error == 0) {
            return wire;
        }
    }
    errno = error;
    return trouble("no veth pair can be made");
}

sockaddr_in ipv4(const std::string& text) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, text.c_str(), &address.sin_addr);
    return address;
}

/// An address of a /30, and up. `socket` is of the network the interface is in.
bool bring_up(int socket, const std::string& name, const std::string& address) {
    ifreq request{};
    std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
    const auto set = [&](unsigned long what, const std::string& value) {
        const sockaddr_in wanted = ipv4(value);
        std::memcpy(&request.ifr_addr, &wanted, sizeof wanted);
        return ::ioctl(socket, what, &request) == 0;
    };
    if (!set(SIOCSIFADDR, address) || !set(SIOCSIFNETMASK, "255.255.255.252")) {
        return false;
    }
    request.ifr_flags = IFF_UP;
    return ::ioctl(socket, SIOCSIFFLAGS, &request) == 0;
}

bool route_all_through(int socket, const std::string& gateway) {
    rtentry route{};
    const sockaddr_in any = ipv4("0.0.0.0"), through = ipv4(gateway);
    std::memcpy(&route.rt_dst, &any, sizeof any);
    std::memcpy(&route.rt_genmask, &any, sizeof any);
    std::memcpy(&route.rt_gateway, &through, sizeof through);
    route.rt_flags = RTF_UP | RTF_GATEWAY;
    return ::ioctl(socket, SIOCADDRT, &route) == 0;
}

} // namespace

Result<std::string> step_outside() {
    const Fd machine(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    const Fd there(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!machine || !there || ::unshare(CLONE_NEWNET) != 0) {
        return trouble("no network of its own can be made");
    }
    const Fd here(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto wire = make_free_wire(machine.get());
    if (!wire) {
        return wire.problem();
    }
    if (!here || !bring_up(there.get(), wire->other_end, wire->theirs) ||
        !bring_up(here.get(), our_end, wire->ours) ||
        !route_all_through(here.get(), wire->theirs)) {
        return trouble("the veth pair cannot be brought up");
    }
    return wire->theirs;
}

} // namespace agentd::probe
