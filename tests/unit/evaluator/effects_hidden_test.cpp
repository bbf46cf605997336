/// Ways to hide a change behind a name, a limit or a second line: each is told, or not claimed.
#include "tests/unit/evaluator/effects_machine.hpp"

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {

std::string sw_of(const effects::Toplevel& system) {
    return std::filesystem::canonical(system.path + "/sw").string();
}

/// True when something of at least this risk is said of `subject`.
bool says(const proposals::Effects& found, const std::string& subject, Risk least) {
    return std::any_of(found.effects.begin(), found.effects.end(), [&](const auto& each) {
        return each.subject == subject && each.risk >= least;
    });
}

effects::Toplevel linked(effects::Toplevel system, const std::string& target) {
    system.closure[target] = 1;
    return system;
}

/// The accounts of sysusers alone, by file.
proposals::Effects sysusers(const std::map<std::string, std::string>& files) {
    Pair pair;
    auto before = plain_machine();
    before.users.clear();
    before.etc["sysusers.d/50-nixos.conf"] = "g wheel 1\nu root 0 - /root /bin/sh\n";
    auto after = before;
    for (const auto& [name, text] : files)
        after.etc["sysusers.d/" + name] = text;
    return pair.compare(before, after);
}

proposals::Effects folders(const std::string& before, const std::string& after) {
    Pair pair;
    auto old_machine = plain_machine();
    old_machine.etc["tmpfiles.d/00-nixos.conf"] = before;
    auto new_machine = old_machine;
    new_machine.etc["tmpfiles.d/00-nixos.conf"] = after;
    return pair.compare(old_machine, new_machine);
}

proposals::Effects changed_units(const std::map<std::string, std::string>& before,
                                 const std::map<std::string, std::string>& after) {
    Pair pair;
    auto old_machine = plain_machine();
    auto new_machine = old_machine;
    for (const auto& [name, text] : before)
        old_machine.units[name] = text;
    for (const auto& [name, text] : after)
        new_machine.units[name] = text;
    return pair.compare(old_machine, new_machine);
}

} // namespace

TEST_CASE("hidden: a file of sw that daemons read, and no package holds") {
    Pair pair;
    const auto before = pair.build(plain_machine());
    const auto after = pair.build(plain_machine());
    MiniStore::write(sw_of(after) + "/share/polkit-1/rules.d/00.rules", "YES");
    MiniStore::write(sw_of(after) + "/share/mime/mime.cache", "a table");
    const auto found = pair.compare(before, after);
    CHECK(says(found, "sw/share/polkit-1/rules.d/00.rules", Risk::high));
    CHECK_FALSE(says(found, "sw/share/mime/mime.cache", Risk::none));
}

TEST_CASE("hidden: a name of sw that leads into another package") {
    Pair pair;
    auto machine = plain_machine();
    machine.packages = {pair.store.package("openssh-9.6", "ssh"),
                        pair.store.package("hello-2.12", "x")};
    const auto before = pair.build(machine);
    const auto after = pair.build(machine);
    CHECK(pair.compare(before, after).effects.empty());
    std::filesystem::remove(sw_of(after) + "/bin/ssh");
    MiniStore::link(machine.packages[1] + "/bin/x", sw_of(after) + "/bin/ssh");
    const auto found = pair.compare(before, after);
    CHECK(the(found, "unclassified_changed").subject == "sw/bin/ssh");
    CHECK(the(found, "unclassified_changed").sentence ==
          "sw/bin/ssh is now hello-2.12/bin/x instead of openssh-9.6/bin/ssh");
}

TEST_CASE("hidden: a rule of a package that was there, put where daemons read it") {
    Pair pair;
    auto machine = plain_machine();
    const auto package = pair.store.package("hello-2.12", "x");
    MiniStore::write(package + "/share/polkit-1/rules.d/1.rules", "YES");
    machine.units["x.service"] = "[Service]\nUser=x\nExecStart=" + package + "/bin/x\n";
    const auto before = pair.build(machine);
    const auto after = pair.build(machine);
    MiniStore::link(package + "/share", sw_of(after) + "/share");
    CHECK(says(pair.compare(before, after), "sw/share/polkit-1/rules.d/1.rules", Risk::high));
}

TEST_CASE("hidden: a sw too deep to be read is not claimed") {
    Pair pair;
    const auto before = pair.build(plain_machine());
    const auto after = pair.build(plain_machine());
    std::string deep = sw_of(after);
    for (int i = 0; i < 20; ++i)
        deep += "/d";
    MiniStore::write(deep + "/end", "x");
    CHECK(says(pair.compare(before, after), "sw", Risk::high));
}

TEST_CASE("hidden: what a script beside a unit says is looked at, whatever version its name has") {
    Pair pair;
    auto before = plain_machine();
    auto after = before;
    for (auto* machine : {&before, &after}) {
        const auto script = pair.store.next("unit-foo-1.0");
        MiniStore::write(script + "/run.sh", "exec ./more.sh\n");
        MiniStore::write(script + "/more.sh", machine == &before ? "good\n" : "evil\n");
        machine->units["x.service"] =
            "[Service]\nExecStart=" + pair.busybox + "/bin/sh " + script + "/run.sh\n";
    }
    CHECK(the(pair.compare(before, after), "unit_root_exec").subject == "x.service");
}

TEST_CASE("hidden: a link to a unit of another file is no alias") {
    Pair pair;
    auto machine = plain_machine();
    machine.units["nginx.service"] = "[Service]\nUser=n\nExecStart=/x\n";
    const auto before = pair.build(machine);
    const auto evil = pair.store.next("nginx-1.0");
    MiniStore::write(evil + "/nginx.service", "[Service]\nExecStart=" + pair.busybox + "/bin/sh\n");
    const auto after = linked(pair.build(machine), evil);
    const auto units = std::filesystem::canonical(after.path + "/etc/systemd/system").string();
    MiniStore::link(evil + "/nginx.service", units + "/evil.service");
    CHECK(the(pair.compare(before, after), "unit_root_exec").subject == "evil.service");

    const auto other = pair.store.next("nginx-1.0");
    MiniStore::write(other + "/nginx.service",
                     "[Service]\nExecStart=" + pair.busybox + "/bin/sh -c evil\n");
    const auto later = linked(pair.build(machine), other);
    MiniStore::link(other + "/nginx.service",
                    std::filesystem::canonical(later.path + "/etc/systemd/system").string() +
                        "/evil.service");
    CHECK(the(pair.compare(after, later), "unit_root_exec").subject == "evil.service");
}

TEST_CASE("hidden: sysusers is read no more leniently than systemd reads it") {
    for (const std::string line : {"u evil \\0", "u evil 0\"\"", "u evil /root", "u evil 00",
                                   "u evil 1\nu evil 0", "u 12 9"}) {
        CAPTURE(line);
        CHECK(says(sysusers({{"99.conf", line + "\n"}}), "users-groups.json", Risk::high));
    }
    CHECK(has(sysusers({{"99.conf", "u evil 900:1\n"}}), "admin_granted"));
    CHECK(has(sysusers({{"99.conf", "u evil 900:77\n"}}), "admin_granted"));
    CHECK(has(sysusers({{"99.conf", "u evil 0\n"}}), "user_is_root"));
    CHECK(the(sysusers({{"99.conf", "u evil 900 - / /bin/sh\n"}}), "user_added").risk ==
          Risk::high);
    CHECK(the(sysusers({{"99.conf", "u app 900:app \"An app\" /var/lib/app\ng app 900\n"}}),
              "user_added")
              .risk == Risk::low);
    const auto ignored = sysusers({{"zz", "u evil 900\n"}, {"d/zz.conf", "u evil 900\n"}});
    CHECK_FALSE(has(ignored, "user_added"));
    CHECK(says(ignored, "etc/sysusers.d/zz", Risk::high));
    CHECK(says(ignored, "etc/sysusers.d/d/zz.conf", Risk::high));
}

TEST_CASE("hidden: a group that is named by its number is that group") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    const std::string mark = R"("users":[)";
    after.users.insert(after.users.find(mark) + mark.size(),
                       R"({"name":"evil","isSystemUser":true,"group":"1","uid":900},)");
    CHECK(the(pair.compare(before, after), "admin_granted").subject == "evil in wheel");
}

TEST_CASE("hidden: a folder of specialisations that leads out of what was built") {
    Pair pair;
    const auto before = pair.build(plain_machine());
    const auto after = pair.build(plain_machine());
    MiniStore::link("/var/lib/x", after.path + "/specialisation");
    CHECK(the(pair.compare(before, after), "unclassified_added").subject == "specialisation");
}

TEST_CASE("hidden: the system of a container is no package") {
    Pair pair;
    auto before = plain_machine();
    auto after = before;
    for (auto* machine : {&before, &after}) {
        const auto system = pair.store.package("nixos-system-web-24.05");
        MiniStore::write(system + "/init", "x", true);
        MiniStore::write(system + "/activate", "x", true);
        machine->etc["nixos-containers/web.conf"] = "SYSTEM_PATH=" + system + "\n";
    }
    const auto found = pair.compare(before, after);
    CHECK(says(found, "nixos-system-web-24.05", Risk::high));
    CHECK_FALSE(has(found, "package_updated"));
}

TEST_CASE("hidden: a file of etc is not another build because of the name of its folder") {
    Pair pair;
    const auto with = [&](const std::string& name, const std::string& text) {
        const auto folder = pair.store.next("conf-1.0");
        MiniStore::write(folder + "/" + name, text);
        auto machine = plain_machine();
        machine.etc_links[name] = folder + "/" + name;
        return pair.build(machine);
    };
    CHECK(the(pair.compare(with("odd.conf", "good"), with("odd.conf", "evil")),
              "unclassified_changed")
              .subject == "etc/odd.conf");
}

TEST_CASE("hidden: a specialisation does not hide behind a likeness to the system itself") {
    Pair pair;
    const auto with = [&](const std::string& own, const std::string& others) {
        auto machine = plain_machine();
        machine.files["odd"] = std::string("\0", 1) + others;
        const auto rescue = pair.build(machine);
        machine.files["odd"] = std::string("\0", 1) + own;
        auto out = pair.build(machine);
        MiniStore::link(rescue.path, out.path + "/specialisation/rescue");
        out.closure.insert(rescue.closure.begin(), rescue.closure.end());
        return out;
    };
    const auto found = pair.compare(with("a", "a"), with("b", "evil"));
    CHECK(says(found, "odd", Risk::high));
    CHECK(says(found, "specialisation/rescue: odd", Risk::high));
}

TEST_CASE("hidden: a folder keeps its owner and its rights however it is spelled") {
    const std::string before = "d /var/lib/secret 0700 root root\n";
    CHECK(the(folders(before, "d /var/lib/secret/ 0755 root root\n"), "tmpfiles_rule").risk ==
          Risk::high);
    CHECK(has(folders("d /var/lib/foo 0700 foo foo\n", "d /var/lib/foo 0700 f f\n"),
              "tmpfiles_rule"));
    CHECK(has(folders(before + "d /var/lib/secret 0755 root root - -\n",
                      "d /var/lib/secret 0755 root root -\n"),
              "tmpfiles_rule"));
    CHECK_FALSE(
        has(folders("", "d /var/lib/postgresql 0750 postgres postgres\n"), "tmpfiles_rule"));
}

TEST_CASE("hidden: a mount is where its unit's name says, and a swap is not what its type says") {
    const std::string old_home = "[Mount]\nWhat=/dev/a\nWhere=/home\n";
    const auto moved = changed_units(
        {{"home.mount", old_home}},
        {{"home.mount", "[Mount]\nWhat=/dev/evil\nWhere=/home\n"}, {"zz.mount", old_home}});
    CHECK(the(moved, "mount_changed").subject == "/home");
    CHECK(the(moved, "mount_changed").risk == Risk::critical);
    CHECK(the(moved, "mount_added").risk == Risk::critical);
    for (const std::string type : {"swap", "masked"}) {
        CAPTURE(type);
        const auto found = changed_units(
            {}, {{"etc.mount", "[Mount]\nWhat=/x\nWhere=/etc\nOptions=bind\nType=" + type + "\n"}});
        CHECK(the(found, "mount_added").risk == Risk::critical);
    }
}

TEST_CASE("hidden: an idle unit of root that is started now, and a template's instance") {
    Pair pair;
    auto before = plain_machine();
    before.units["debug.service"] = "[Service]\nExecStart=" + pair.busybox + "/bin/sh\n";
    before.units["foo@.service"] = before.units["debug.service"];
    auto after = before;
    after.wants["multi-user.target"] = {"debug.service", "foo@x.service"};
    const auto found = pair.compare(before, after);
    const auto said = names(found);
    for (const std::string name : {"debug.service", "foo@x.service"})
        CHECK(std::find(said.begin(), said.end(), "units/unit_root_exec " + name) != said.end());
}

TEST_CASE("hidden: drop-ins of an instance or a prefix are grave") {
    for (const std::string name : {"getty@tty1.service", "web-.service"}) {
        CAPTURE(name);
        const auto found =
            changed_units({}, {{name + ".d/x.conf", "[Service]\nEnvironment=LD_PRELOAD=/x\n"}});
        CHECK(the(found, "unit_added").risk == Risk::high);
    }
}

TEST_CASE("hidden: a name of the system that the boot loader would take for commands") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.files["configuration-name"] = "rescue\" {\nlinux /evil\n}";
    CHECK(says(pair.compare(before, after), "configuration-name", Risk::high));
    after.files["configuration-name"] = "rescue (older)\n";
    CHECK_FALSE(says(pair.compare(before, after), "configuration-name", Risk::low));
}
