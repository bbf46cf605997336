#include "policy/confirmation.hpp"

#include "tests/support/catch.hpp"

#include <initializer_list>

using namespace agentd;
using policy::wants_confirmation;
using proposals::Effect;
using proposals::Effects;
using proposals::Risk;

namespace {

bool wanted(std::initializer_list<Effect> list) {
    Effects effects;
    effects.effects = list;
    return wants_confirmation(effects).has_value();
}

} // namespace

TEST_CASE("every known kind of network and ssh wants a confirmation, and no kind of packages, nix, "
          "boot or etc does") {
    for (const auto& known : proposals::known_kinds()) {
        const Effect effect{
            .area = std::string(known.area), .kind = std::string(known.kind), .subject = "x"};
        const bool way_in = known.area == "network" || known.area == "ssh";
        const bool elsewhere = known.area == "packages" || known.area == "nix" ||
                               known.area == "boot" || known.area == "etc";
        INFO(known.area << " " << known.kind);
        if (way_in) {
            CHECK(wanted({effect}));
        }
        if (elsewhere) {
            CHECK_FALSE(wanted({effect}));
        }
    }
}

TEST_CASE("of the units those that make the network or the way in want a confirmation") {
    for (const char* unit :
         {"sshd.service", "sshd@.service", "sshd.socket", "ssh.service", "systemd-networkd.service",
          "NetworkManager.service", "firewall.service", "nftables.service",
          "network-addresses-eth0.service", "wg-quick-wg0.service", "wireguard-wg0.service",
          "tailscaled.service", "systemd-resolved.service"}) {
        for (const char* kind : {"unit_changed", "unit_removed", "unit_added", "unit_unreadable"}) {
            INFO(unit << " " << kind);
            CHECK(wanted({{.area = "units", .kind = kind, .subject = unit}}));
        }
    }
    for (const char* unit : {"nginx.service", "redis.service", "nix-daemon.service",
                             "user/ssh-agent.service", "postgresql.service", "getty@.service"}) {
        INFO(unit);
        CHECK_FALSE(wanted({{.area = "units", .kind = "unit_changed", .subject = unit}}));
    }
}

TEST_CASE("fewer people who may come in want a confirmation, more do not") {
    CHECK(wanted({{.area = "accounts", .kind = "user_removed", .subject = "alice"}}));
    CHECK(wanted({{.area = "accounts", .kind = "admin_revoked", .subject = "alice"}}));
    CHECK(wanted({{.area = "accounts", .kind = "pam_changed", .subject = "sshd"}}));
    CHECK_FALSE(wanted({{.area = "accounts", .kind = "user_added", .subject = "redis"}}));
    CHECK_FALSE(wanted({{.area = "accounts", .kind = "group_added", .subject = "redis"}}));
}

TEST_CASE("a list that was truncated may hold anything, so it wants a confirmation") {
    Effects effects;
    CHECK_FALSE(wants_confirmation(effects));
    effects.truncated = true;
    CHECK(wants_confirmation(effects));
}

TEST_CASE("the reason is the riskiest effect in its own words, and how many are like it") {
    Effects effects;
    effects.effects = {{.area = "network",
                        .kind = "port_opened",
                        .subject = "80/tcp",
                        .risk = Risk::high,
                        .sentence = "opens TCP port 80"},
                       {.area = "packages",
                        .kind = "package_added",
                        .subject = "fd",
                        .risk = Risk::critical,
                        .sentence = "adds fd"},
                       {.area = "ssh",
                        .kind = "sshd_root_login",
                        .subject = "x",
                        .risk = Risk::critical,
                        .sentence = "root may log in"}};
    CHECK(wants_confirmation(effects) == "root may log in, and 1 more like it");
    effects.effects.pop_back();
    CHECK(wants_confirmation(effects) == "opens TCP port 80");
    effects.effects[0].sentence.clear();
    CHECK(wants_confirmation(effects) == "port_opened 80/tcp");
}
