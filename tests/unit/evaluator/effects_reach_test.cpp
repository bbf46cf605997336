#include "tests/unit/evaluator/effects_machine.hpp"

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {

bool says(const proposals::Effects& found, Risk risk, const std::string& words) {
    return std::any_of(found.effects.begin(), found.effects.end(), [&](const auto& each) {
        return each.risk == risk && each.sentence.find(words) != std::string::npos;
    });
}

bool any_critical(const proposals::Effects& found) {
    return std::any_of(found.effects.begin(), found.effects.end(),
                       [](const auto& each) { return each.risk == Risk::critical; });
}

} // namespace

TEST_CASE("a path that a command of root is given is none that it runs") {
    Pair pair;
    const auto tool = pair.store.package("restic-0.17", "restic") + "/bin/restic";
    const auto bash = pair.store.package("bash-5.2", "bash") + "/bin/bash";
    const auto script = pair.store.file("job.sh", "#!/bin/sh\n", true);
    const auto before = plain_machine();
    const auto with = [&](const std::string& command) {
        auto after = before;
        after.units["job.service"] = "[Service]\nExecStart=" + command + "\n";
        return pair.compare(before, after);
    };
    for (const auto& command : std::vector<std::string>{
             tool + " backup --exclude /home/alice/.cache /home/alice", tool + " -a /home/ /backup",
             tool + " --socket=/tmp/app.sock", tool + " /tmp/spool",
             bash + " " + script + " /home/a", tool + " x\nExecReload=/bin/kill -HUP $MAINPID",
             "/bin/sh -c true"}) {
        CAPTURE(command);
        CHECK(the(with(command), "unit_root_exec").risk == Risk::high);
    }
    CHECK(says(with(tool + " --socket=/tmp/a"), Risk::high, "is given /tmp/a, where others may"));
    CHECK(says(with("/bin/kill 1"), Risk::high, "/bin/kill is none that NixOS has"));
}

TEST_CASE("what is run by what a command of root is given stays critical") {
    Pair pair;
    const auto tool = pair.store.package("tool-1", "tool") + "/bin/tool";
    const auto env = pair.store.package("coreutils-9", "env") + "/bin/env";
    const auto bash = pair.store.package("bash-5.2", "bash") + "/bin/bash";
    const auto script = pair.store.file("job.pl", "", true);
    const auto before = plain_machine();
    for (const auto& command : std::vector<std::string>{
             tool + " ; /var/lib/evil", tool + " ; -/tmp/evil", env + " bash /var/lib/x.sh",
             env + " A=1 /tmp/x", "/usr/bin/env bash /var/lib/x.sh", "/bin/sh /var/lib/x.sh",
             bash + " -c '. /tmp/x'", bash + " --rcfile=/home/a/rc " + script,
             bash + " \\x2ftmp/x.sh", bash + " %h/x.sh", tool + " -c /home/alice/tool.conf",
             tool + " --load-module //tmp/m.so", "/opt/x/bin/y", "/bin/../tmp/x"}) {
        CAPTURE(command);
        auto after = before;
        after.units["job.service"] = "[Service]\nExecStart=" + command + "\n";
        CHECK(the(pair.compare(before, after), "unit_root_exec").risk == Risk::critical);
    }
}

TEST_CASE(
    "a wrapper is setuid by whatever permissions make it so, and a sandbox ends by any name") {
    Pair pair;
    const auto before = plain_machine();
    const auto with = [&](const std::string& mode) {
        auto after = before;
        after.activation += "\nwrapperDir=$(mktemp -d)\nchmod 0000 $wrapperDir/x\n"
                            "chown root.root $wrapperDir/x\nchmod \"u-s,g-s," +
                            mode + "\" $wrapperDir/x\n";
        return the(pair.compare(before, after), "wrapper_added").risk;
    };
    for (const auto* mode : {"u+rxs,g+x,o+x", "=4755", "4755", "06755", "+s", "a+xs", "u=rxs",
                             "u-x+s", "u+s,u+rx", "u=g", "nonsense", "+04000"}) {
        CAPTURE(mode);
        CHECK(with(mode) == Risk::critical);
    }
    for (const auto* mode :
         {"u+rx,g+x,o+x", "g+s,o+x", "0755", "u+s,u-s", "=4755,=755", "u+s,u=rx"}) {
        CAPTURE(mode);
        CHECK(with(mode) == Risk::high);
    }
    for (const auto* line : {"build-use-chroot = false", "build-chroot-dirs = /etc/shadow",
                             "extra-build-sandbox-paths = /etc"}) {
        auto after = before;
        after.etc["nix/nix.conf"] += std::string(line) + "\n";
        CHECK(the(pair.compare(before, after), "nix_trust").risk == Risk::critical);
    }
}

TEST_CASE("a home that is not an account's own is given away, and told") {
    Pair pair;
    const auto with = [](const std::string& name, const std::string& more) {
        auto machine = plain_machine();
        machine.users =
            R"({"groups":[],"users":[{"name":"alice","uid":1000,"home":"/home/alice","createHome":true},)"
            R"({"name":"postgres","uid":71,"isSystemUser":true,"home":"/var/lib/postgresql"})" +
            (name.empty()
                 ? ""
                 : R"(,{"isSystemUser":true,"uid":200,"name":")" + name + "\"" + more + "}") +
            "]}";
        return machine;
    };
    const auto said = [&](const std::string& home, const std::string& mode = "700") {
        return pair.compare(with("", ""), with("svc", R"(,"createHome":true,"home":")" + home +
                                                          R"(","homeMode":")" + mode + "\""));
    };
    for (const auto* home : {"/root", "/", "/etc", "/home", "/home/", "/var//lib", "/home/alice",
                             "/home/alice/x", "/var/lib/postgresql", "/nix/var/nix", "relative/..",
                             "/var/lib/x/../../../root", "/var/lib/nixos"}) {
        CAPTURE(home);
        CHECK(says(said(home), Risk::critical, "root gives "));
    }
    CHECK(the(said("/var/lib/agentd"), "agentd_changed").risk == Risk::critical);
    CHECK(says(said("/var/lib/other"), Risk::high, "not called after it"));
    CHECK(says(said("/var/lib/svc", "0777"), Risk::high, "others may write"));
    CHECK_FALSE(says(said("/var/lib/svc"), Risk::high, "root gives"));
    CHECK(
        the(said("/var/lib/svc"), "user_added").after->ends_with("home=/var/lib/svc homeMode=700"));
    const auto kept = with("svc", R"(,"home":"/var/lib/postgresql","createHome":false)");
    CHECK_FALSE(any_critical(pair.compare(with("", ""), kept)));
    CHECK(any_critical(
        pair.compare(kept, with("svc", R"(,"home":"/var/lib/postgresql","createHome":true)"))));
}

TEST_CASE("a firewall whose own lines undo it is a firewall removed") {
    Pair pair;
    const auto with = [&](const std::string& rules, const std::string& last = {}) {
        auto machine = plain_machine();
        machine.units["firewall.service"] = pair.firewall_unit(rules);
        if (!last.empty())
            machine.units["firewall.service"] +=
                "ExecStartPost=" + pair.store.file("post", "#!/bin/sh\n" + last, true) + "\n";
        machine.wants["multi-user.target"] = {"firewall.service"};
        return machine;
    };
    const auto before = with("");
    for (const auto* line :
         {"ip46tables -F INPUT; ip46tables -P INPUT ACCEPT", "iptables -P INPUT ACCEPT",
          "ip46tables -A nixos-fw -j nixos-fw-accept", "iptables -w -I INPUT 1 -j ACCEPT",
          "/run/current-system/sw/bin/iptables -t filter --insert INPUT --jump ACCEPT",
          "true && ip6tables -F", "ip46tables -F nixos-fw-log-refuse",
          "ip46tables -A nixos-fw -m comment --comment \"a b\" -j ACCEPT"}) {
        CAPTURE(line);
        const auto found =
            the(pair.compare(before, with(std::string(line) + "\n")), "firewall_removed");
        CHECK(found.risk == Risk::critical);
        CHECK(found.after.value_or("").find("tables") != std::string::npos);
    }
    for (const auto* line :
         {"ip46tables -A nixos-fw -s 192.0.2.1 -j ACCEPT", "# ip46tables -F", "iptables -t nat -F",
          "iptables -A INPUT -i wg0 -j ACCEPT", "ip46tables -F mine", "ip46tables -P INPUT DROP",
          "ip46tables -A nixos-fw -p icmp -j nixos-fw-accept"}) {
        CAPTURE(line);
        CHECK_FALSE(has(pair.compare(before, with(std::string(line) + "\n")), "firewall_removed"));
    }
    for (const auto* line : {"ip46tables -A nixos-fw -i + -j nixos-fw-accept",
                             "ip46tables -A nixos-fw -p tcp --dport 1:65535 -j nixos-fw-accept"})
        CHECK(has(pair.compare(before, with(std::string(line) + "\n")), "firewall_removed"));
}

TEST_CASE("a rule set that flushes itself or accepts without a condition refuses nothing") {
    Pair pair;
    const auto with = [&](const std::string& allow, const std::string& last) {
        auto machine = plain_machine();
        machine.units["nftables.service"] =
            "[Service]\nExecStart=" +
            pair.store.file(
                "nftables-rules",
                "#!" + pair.busybox +
                    "/bin/nft -f\ntable inet nixos-fw\ndelete table inet nixos-fw\n"
                    "table inet nixos-fw {\n  chain input {\n    type filter hook input "
                    "priority filter; policy drop;\n    ct state vmap {\n      new : jump "
                    "input-allow,\n    }\n  }\n  chain input-allow {\n" +
                    allow + "  }\n}\n" + last,
                true) +
            "\n";
        machine.wants["multi-user.target"] = {"nftables.service"};
        return machine;
    };
    const auto before = with("", "");
    for (const auto& [allow, last] :
         std::map<std::string, std::string>{{"accept\n", ""},
                                            {"counter accept comment \"x\"\n", ""},
                                            {"log prefix \"a\" accept\n", ""}})
        CHECK(has(pair.compare(before, with(allow, last)), "firewall_removed"));
    for (const auto* last :
         {"flush ruleset\n", "delete table inet nixos-fw\n", "destroy table inet nixos-fw\n",
          "flush chain inet nixos-fw input; \n", "insert rule inet nixos-fw input accept\n"}) {
        CAPTURE(last);
        CHECK(has(pair.compare(before, with("", last)), "firewall_removed"));
    }
    CHECK_FALSE(has(pair.compare(before, with("tcp dport { 22 } accept\n",
                                              "table ip nat {\n}\ndelete table ip mine\n")),
                    "firewall_removed"));
}

TEST_CASE("folders that are emptied are told so, and gravely where data lies") {
    Pair pair;
    const auto before = plain_machine();
    const auto with = [&](const std::string& line) {
        auto after = before;
        after.etc["tmpfiles.d/x.conf"] = line + "\n";
        return the(pair.compare(before, after), "tmpfiles_rule");
    };
    for (const auto* line : {"D /home/alice/Documents", "d /var/lib/app 0700 app app 1d",
                             "e /var/lib/postgresql - - - 0", "R! /home/alice",
                             "R /var/lib/postgresql", "q /srv/x 0755 root root 2w", "R /h*/alice",
                             "r /*/alice/thesis", "D /home/alice/cache"}) {
        CAPTURE(line);
        CHECK(with(line).risk == Risk::critical);
    }
    CHECK(with("D /home/a").sentence == "at boot root empties /home/a");
    CHECK(with("d /var/tmp/x 0700 root root 1d").sentence ==
          "at boot root removes what is older than 1d from /var/tmp/x");
    for (const auto* line : {"D /run/x 0755 root root", "d /var/lib/app/cache 0700 app app 1d",
                             "R /var/cache/app", "d /var/log/app 0700 app app 30d"}) {
        CAPTURE(line);
        CHECK(with(line).risk == Risk::high);
    }
}

TEST_CASE("who joins a group that the system's own files make powerful is told as powerful") {
    Pair pair;
    const auto with = [&](const std::string& file, const std::string& text, bool in) {
        auto machine = plain_machine();
        machine.users = std::string(R"({"groups":[{"gid":9,"name":"ops","members":[)") +
                        (in ? "\"mallory\"" : "") +
                        R"(]}],"users":[{"name":"mallory","uid":1001,"group":"users"}]})";
        machine.etc[file] += text;
        return machine;
    };
    const auto joins = [&](const std::string& file, const std::string& text) {
        return pair.compare(with(file, text, false), with(file, text, true));
    };
    for (const auto& [text, file] : std::map<std::string, std::string>{
             {"%ops ALL=(ALL:ALL) NOPASSWD: ALL\n", "sudoers"},
             {"%ops \\\n ALL=ALL\n", "sudoers"},
             {"%#9 ALL=(ALL) ALL\n", "sudoers"},
             {"User_Alias A = bob, %ops\nA ALL=(ALL) ALL\n", "sudoers.d/x"},
             {"permit nopass :ops\n", "doas.conf"},
             {"trusted-users = root @ops\n", "nix/nix.conf"},
             {"return [\"unix-group:ops\"];\n", "polkit-1/rules.d/1.rules"}}) {
        CAPTURE(text);
        CHECK(the(joins(file, text), "admin_granted").risk == Risk::critical);
    }
    for (const auto& [text, file] :
         std::map<std::string, std::string>{{"%ops ALL=(ALL) NOPASSWD: /bin/x\n", "sudoers"},
                                            {"permit nopass :ops cmd reboot\n", "doas.conf"},
                                            {"AllowGroups wheel ops\n", "ssh/sshd_config"}}) {
        CAPTURE(text);
        CHECK(says(joins(file, text), Risk::high, "mallory joins the group ops"));
        CHECK_FALSE(any_critical(joins(file, text)));
    }
    CHECK_FALSE(says(joins("sudoers", "%opsy ALL=ALL\n"), Risk::high, "mallory joins"));
}

TEST_CASE("a socket that makes root, and a folder of others, are told when systemd gives them") {
    Pair pair;
    const auto with = [](const std::string& name, const std::string& text) {
        auto machine = plain_machine();
        if (!text.empty())
            machine.units[name] = text;
        return machine;
    };
    const std::string socket = "[Socket]\nListenStream=/run/docker.sock\n";
    const auto docker = [&](const std::string& more) {
        return pair.compare(with("docker.socket", socket + "SocketMode=0660\nSocketGroup=docker\n"),
                            with("docker.socket", socket + more));
    };
    for (const auto* more :
         {"SocketMode=0666\nSocketGroup=docker\n", "SocketGroup=docker\n",
          "SocketMode=0660\nSocketGroup=users\n", "SocketMode=0660\nListenStream=0.0.0.0:2375\n",
          "SocketMode=0660\nListenStream=@docker\n"}) {
        CAPTURE(more);
        CHECK(the(docker(more), "unit_root_exec").risk == Risk::critical);
    }
    CHECK_FALSE(has(docker("SocketMode=0600\nSocketGroup=docker\n"), "unit_root_exec"));
    const auto app = [&](const std::string& more) {
        return pair.compare(plain_machine(),
                            with("app.service", "[Service]\nUser=m\nExecStart=" + pair.busybox +
                                                    "/bin/sh\n" + more + "\n"));
    };
    CHECK(the(app("StateDirectory=x agentd"), "agentd_changed").risk == Risk::critical);
    CHECK(the(app("RuntimeDirectory=x/../agentd"), "agentd_changed").risk == Risk::critical);
    CHECK(says(app("StateDirectory=nixos"), Risk::high, "owns /var/lib/nixos"));
    CHECK(says(app("StateDirectory=a:private"), Risk::high, "owns /var/lib/private"));
    CHECK(says(app("ConfigurationDirectory=ssh"), Risk::high, "owns /etc/ssh"));
    CHECK_FALSE(has(app("StateDirectory=app app/x\nConfigurationDirectory=app"), "unit_root_exec"));
}
