#include "agentd/observers/ports.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;
using observers::Listening;
using observers::listening_sockets;
using observers::Ports;

namespace {

constexpr const char* header = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
                               "retrnsmt   uid  timeout inode\n";

evaluator::effects::Firewall firewall_of(std::uint16_t port) {
    return {.unit = "firewall.service",
            .filters = true,
            .openings = {{.protocol = "any", .interface = "lo"},
                         {.protocol = "tcp", .first = port, .last = port}}};
}

std::vector<std::string> keys(const std::vector<observers::Condition>& conditions) {
    std::vector<std::string> out;
    for (const auto& condition : conditions) {
        out.push_back(condition.key);
    }
    return out;
}

} // namespace

TEST_CASE("sockets that listen for others are found, loopback and connections are not") {
    const auto found = listening_sockets(
        std::string(header) + "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 "
                              "00000000     0        0 1 1 x\n"
                              "   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 "
                              "00000000  1000        0 2 1 x\n"
                              "   2: 0A00000A:0016 0B00000A:C001 01 00000000:00000000 00:00000000 "
                              "00000000     0        0 3 1 x\n"
                              "   3: zz\n",
        "tcp");
    REQUIRE(found.size() == 1);
    CHECK(found[0] == Listening{.protocol = "tcp", .port = 22, .uid = 0});
}

TEST_CASE("IPv6 loopback is loopback, and a datagram socket of our own questions does not listen") {
    CHECK(listening_sockets("0: 00000000000000000000000001000000:0016 0:0 0A 0 0 0 0 0\n", "tcp")
              .empty());
    CHECK(
        listening_sockets("0: 00000000000000000000000000000000:0016 0:0 0A 0:0 0:0 0 7 0\n", "tcp")
            .size() == 1);
    CHECK(listening_sockets("0: 00000000:D431 0:0 07 0:0 0:0 0 7 0\n", "udp").empty());
    CHECK(listening_sockets("0: 00000000:0035 0:0 07 0:0 0:0 0 7 0\n", "udp").size() == 1);
}

TEST_CASE("a port that is let in and listened on is as declared") {
    CHECK(Ports::judge(firewall_of(22), {{.protocol = "tcp", .port = 22}}).empty());
}

TEST_CASE(
    "a listener behind a shut door, an open door without a listener, and a house without doors") {
    CHECK(keys(Ports::judge(firewall_of(22), {{.protocol = "tcp", .port = 22},
                                              {.protocol = "tcp", .port = 8080}})) ==
          std::vector<std::string>{"port_undeclared:8080/tcp"});
    CHECK(keys(Ports::judge(firewall_of(80), {})) ==
          std::vector<std::string>{"port_unused:80/tcp"});
    CHECK(keys(Ports::judge({}, {{.protocol = "tcp", .port = 8080}})) ==
          std::vector<std::string>{"port_exposed:8080/tcp"});
}

TEST_CASE("two sockets on one port are told once, and there is a most") {
    std::set<Listening> many{{.protocol = "tcp", .port = 1, .uid = 1},
                             {.protocol = "tcp", .port = 1, .uid = 2}};
    CHECK(Ports::judge({}, many).size() == 1);
    for (std::uint16_t port = 1; port < 200; ++port) {
        many.insert({.protocol = "tcp", .port = port});
    }
    CHECK(Ports::judge({}, many).size() <= 16);
}
