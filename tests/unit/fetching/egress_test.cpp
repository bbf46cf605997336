// The way out: whom it connects to, what it says of whom it does not, and where it ends.
#include "agentd/fetching/egress.hpp"
#include "tests/support/catch.hpp"

#include <arpa/inet.h>
#include <array>
#include <poll.h>
#include <string>
#include <sys/socket.h>

using namespace agentd;
using namespace agentd::fetching;

namespace {

core::Fd listening(std::uint16_t& port) {
    core::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(fd.get(), 8) == 0);
    REQUIRE(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port = ntohs(address.sin_port);
    return fd;
}

core::Fd connected(std::uint16_t port) {
    core::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    return fd;
}

/// What comes until the other side is done; at most `most` bytes.
std::string heard(int fd, std::size_t most) {
    std::string out;
    std::array<char, 4096> buffer{};
    pollfd waiting{fd, POLLIN, 0};
    while (out.size() < most && ::poll(&waiting, 1, 5'000) > 0) {
        const auto got = ::recv(fd, buffer.data(), std::min(buffer.size(), most - out.size()), 0);
        if (got <= 0) {
            break;
        }
        out.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return out;
}

/// A way out, a server on loopback, and a client of the former.
struct World {
    explicit World(std::vector<Server> own, bool named, std::uint64_t most = 1U << 20) {
        std::uint16_t inner = 0;
        server_fd = listening(port);
        for (auto& each : own) {
            each.port = each.port == 0 ? port : each.port;
        }
        auto fd = listening(inner);
        egress.emplace(std::move(fd), Reach(own, named ? own : std::vector<Server>{}), most);
        client = connected(inner);
    }
    /// The code it answers.
    int ask(const std::string& host, std::uint16_t to) {
        std::string bytes{5, 1, 0, 5, 1, 0, 3, static_cast<char>(host.size())};
        bytes += host;
        bytes += static_cast<char>(to >> 8U);
        bytes += static_cast<char>(to & 0xffU);
        REQUIRE(::send(client.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0);
        const auto answer = heard(client.get(), 12);
        REQUIRE(answer.size() == 12);
        return answer[3];
    }
    std::string why() const {
        const auto refused = egress->refused();
        CHECK((!refused || !refused->hint.empty()));
        return refused ? refused->code : "";
    }
    std::uint16_t port = 0;
    core::Fd server_fd;
    core::Fd client;
    std::optional<Egress> egress;
};

} // namespace

TEST_CASE("what an origin names is connected to, and bytes go both ways") {
    World world({{"127.0.0.1", 0}}, true);
    CHECK(world.ask("127.0.0.1", world.port) == 0);
    const core::Fd peer(::accept(world.server_fd.get(), nullptr, nullptr));
    REQUIRE(::send(world.client.get(), "ask", 3, MSG_NOSIGNAL) == 3);
    CHECK(heard(peer.get(), 3) == "ask");
    REQUIRE(::send(peer.get(), "told", 4, MSG_NOSIGNAL) == 4);
    ::shutdown(peer.get(), SHUT_WR);
    CHECK(heard(world.client.get(), 100) == "told");
    CHECK(world.why().empty());
}

TEST_CASE("a server that leads elsewhere leads nowhere") {
    World world({{"127.0.0.1", 0}}, true);
    CHECK(world.ask("127.0.0.2", world.port) == 2);
    CHECK(world.why() == "input_origin");
    CHECK(world.egress->refused()->message.find("127.0.0.2") != std::string::npos);
    World other({{"127.0.0.1", 0}}, true);
    CHECK(other.ask("127.0.0.1", 22) == 2);
    CHECK(other.why() == "input_origin");
}

TEST_CASE(
    "an address of this machine's own network is not connected to unless the owner names it") {
    for (const char* host : {"127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1"}) {
        World world({{host, 0}}, false);
        CHECK(world.ask(host, world.port) == 4);
        CHECK(world.why() == "input_private");
    }
}

TEST_CASE("more than is wanted does not come") {
    World world({{"127.0.0.1", 0}}, true, 1'000);
    REQUIRE(world.ask("127.0.0.1", world.port) == 0);
    const core::Fd peer(::accept(world.server_fd.get(), nullptr, nullptr));
    const std::string much(2'000, 'x');
    REQUIRE(::send(peer.get(), much.data(), much.size(), MSG_NOSIGNAL) > 0);
    CHECK(heard(world.client.get(), 2'000).size() <= 1'000);
    CHECK(world.why() == "fetch_limit");
}

TEST_CASE("who does not speak as it is to be spoken is not answered") {
    World world({{"127.0.0.1", 0}}, true);
    const std::string http = "CONNECT 127.0.0.1:80 HTTP/1.1\r\n\r\n";
    REQUIRE(::send(world.client.get(), http.data(), http.size(), MSG_NOSIGNAL) > 0);
    CHECK(heard(world.client.get(), 1).empty());
}

TEST_CASE("nobody who answers, and no name, are told as that") {
    World world({{"127.0.0.1", 1}}, true);
    CHECK(world.ask("127.0.0.1", 1) == 4);
    CHECK(world.why() == "input_not_fetched");
}
