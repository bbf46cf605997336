#include "agentd/fetching/addresses.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <cstring>

namespace agentd::fetching {

namespace {

struct Range {
    std::uint32_t first;
    int bits;
};

constexpr std::uint32_t ipv4(unsigned a, unsigned b, unsigned c, unsigned d) {
    return a << 24U | b << 16U | c << 8U | d;
}

constexpr std::array inside{
    Range{ipv4(0, 0, 0, 0), 8},      Range{ipv4(10, 0, 0, 0), 8},
    Range{ipv4(100, 64, 0, 0), 10},  Range{ipv4(127, 0, 0, 0), 8},
    Range{ipv4(169, 254, 0, 0), 16}, Range{ipv4(172, 16, 0, 0), 12},
    Range{ipv4(192, 0, 0, 0), 24},   Range{ipv4(192, 0, 2, 0), 24},
    Range{ipv4(192, 88, 99, 0), 24}, Range{ipv4(192, 168, 0, 0), 16},
    Range{ipv4(198, 18, 0, 0), 15},  Range{ipv4(198, 51, 100, 0), 24},
    Range{ipv4(203, 0, 113, 0), 24}, Range{ipv4(224, 0, 0, 0), 3}, // multicast and above
};

bool public_v4(std::uint32_t address) {
    return std::none_of(inside.begin(), inside.end(), [&](const Range& range) {
        return (address ^ range.first) >> (32 - range.bits) == 0;
    });
}

using Bytes = std::array<std::uint8_t, 16>;

std::uint32_t v4_at(const Bytes& bytes, std::size_t at) {
    return ipv4(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

bool begins(const Bytes& bytes, std::initializer_list<std::uint8_t> with) {
    return std::equal(with.begin(), with.end(), bytes.begin());
}

bool public_v6(const Bytes& bytes) {
    if (begins(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}) ||
        begins(bytes, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) {
        return public_v4(v4_at(bytes, 12)); // mapped; as a NAT64 makes it
    }
    if (begins(bytes, {0x20, 0x02})) {
        return public_v4(v4_at(bytes, 2)); // 6to4
    }
    const bool global = (bytes[0] & 0xe0U) == 0x20;
    return global && !begins(bytes, {0x20, 0x01, 0x0d, 0xb8}) && // documentation
           !begins(bytes, {0x3f, 0xff}) &&
           !(begins(bytes, {0x20, 0x01}) && (bytes[2] & 0xfeU) == 0); // protocols: Teredo, ORCHID
}

} // namespace

bool is_public(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        return public_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address, sizeof v6);
        Bytes bytes{};
        std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
        return public_v6(bytes);
    }
    return false;
}

std::string text_of(const sockaddr& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* bytes =
        address.sa_family == AF_INET
            ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(address).sin_addr)
            : &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    return ::inet_ntop(address.sa_family, bytes, text.data(), text.size()) != nullptr ? text.data()
                                                                                      : "";
}

} // namespace agentd::fetching
