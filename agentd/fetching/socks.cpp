#include "agentd/fetching/socks.hpp"

#include "agentd/core/text.hpp"

#include <arpa/inet.h>
#include <array>
#include <poll.h>
#include <string>
#include <sys/socket.h>

namespace agentd::fetching {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint8_t version = 5;

class Reader {
  public:
    Reader(int fd, std::chrono::milliseconds patience) : fd_(fd), end_(Clock::now() + patience) {}

    /// Exactly so many bytes; "" when they do not come.
    std::string take(std::size_t count) {
        std::string out;
        while (out.size() < count) {
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(end_ - Clock::now()).count();
            pollfd waiting{fd_, POLLIN, 0};
            std::array<char, 256> buffer{};
            if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) <= 0) {
                return "";
            }
            const auto got =
                ::recv(fd_, buffer.data(), std::min(buffer.size(), count - out.size()), 0);
            if (got <= 0) {
                return "";
            }
            out.append(buffer.data(), static_cast<std::size_t>(got));
        }
        return out;
    }
    int byte() {
        const auto one = take(1);
        return one.empty() ? -1 : static_cast<unsigned char>(one.front());
    }

  private:
    int fd_;
    Clock::time_point end_;
};

std::string address_text(int family, const std::string& bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    return !bytes.empty() && ::inet_ntop(family, bytes.data(), text.data(), text.size()) != nullptr
               ? text.data()
               : "";
}

/// A name is only what a URL of a lock may hold.
std::string plain_name(const std::string& name) {
    constexpr std::string_view good = "abcdefghijklmnopqrstuvwxyz0123456789-._:[]";
    std::string out = core::to_lower(name);
    return out.find_first_not_of(good) == std::string::npos ? out : "";
}

std::string read_host(Reader& in) {
    switch (in.byte()) {
    case 1:
        return address_text(AF_INET, in.take(4));
    case 3: {
        const int length = in.byte();
        return length > 0 ? plain_name(in.take(static_cast<std::size_t>(length))) : "";
    }
    case 4:
        return address_text(AF_INET6, in.take(16));
    default:
        return "";
    }
}

} // namespace

std::optional<Server> read_request(int fd, std::chrono::milliseconds patience) {
    Reader in(fd, patience);
    if (in.byte() != version) {
        return std::nullopt;
    }
    const int methods = in.byte();
    if (methods <= 0 ||
        in.take(static_cast<std::size_t>(methods)).find('\0') == std::string::npos) {
        return std::nullopt; // it does not offer to come without a password
    }
    const std::array<std::uint8_t, 2> none{version, 0};
    if (::send(fd, none.data(), none.size(), MSG_NOSIGNAL) != std::ssize(none)) {
        return std::nullopt;
    }
    constexpr int connect = 1;
    if (in.byte() != version || in.byte() != connect || in.byte() != 0) {
        return std::nullopt;
    }
    Server out{.host = read_host(in)};
    const auto port = in.take(2);
    if (out.host.empty() || port.size() != 2) {
        return std::nullopt;
    }
    out.port = static_cast<std::uint16_t>(static_cast<unsigned char>(port[0]) << 8U |
                                          static_cast<unsigned char>(port[1]));
    return out;
}

void reply(int fd, SocksReply answer) {
    const std::array<std::uint8_t, 10> bytes{version, static_cast<std::uint8_t>(answer), 0, 1};
    (void)::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL); // who is gone needs none
}

} // namespace agentd::fetching
