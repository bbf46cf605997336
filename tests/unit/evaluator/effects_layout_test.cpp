#include "tests/unit/evaluator/effects_machine.hpp"

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

// How NixOS lays a toplevel out has changed over the years; each case is one such difference.
namespace {

using System = effects::Toplevel;

/// Puts a link into a built toplevel, as its builder does, with what it leads to in the closure.
void add_link(System& system, const std::string& name, const std::string& target) {
    MiniStore::link(target, system.path + "/" + name);
    system.closure.emplace(target.substr(0, target.find('/', target.find("/store/") + 7)), 10);
}

/// A copy in place of what is there.
void put(const System& system, const std::string& name, const std::string& text) {
    std::filesystem::remove(system.path + "/" + name);
    MiniStore::write(system.path + "/" + name, text, true);
}

void add_specialisation(System& system, const std::string& name, const System& other) {
    add_link(system, "specialisation/" + name, other.path);
    system.closure.insert(other.closure.begin(), other.closure.end());
}

std::string bootspec(const System& system, const std::string& params,
                     const std::string& more = "") {
    const auto at = [&](const std::string& name) {
        return std::filesystem::canonical(system.path + "/" + name).string();
    };
    return R"({"org.nixos.bootspec.v1":{"init":")" + system.path + R"(/init","initrd":")" +
           at("initrd") + R"(","kernel":")" + at("kernel") + R"(","kernelParams":[")" + params +
           R"("],"label":"NixOS","system":"x86_64-linux","toplevel":")" + system.path + R"("})" +
           more + "}";
}

/// switch-to-configuration-ng: a wrapper that sets variables and starts a program (24.11 and on).
std::string wrapper(const System& system, const std::string& loader) {
    return "#!/nix/bash -e\nexport OUT='" + system.path + "'\nexport TOPLEVEL='" + system.path +
           "'\nexport DISTRO_ID='nixos'\nexport INSTALL_BOOTLOADER='" + loader +
           "'\nexec -a \"$0\" \"" + system.path +
           "/bin/.switch-to-configuration-wrapped\" \"$@\"\n";
}

} // namespace

TEST_CASE("layout: two builds of one system differ in nothing") {
    Pair pair;
    const auto machine = plain_machine();
    auto before = pair.build(machine);
    auto after = pair.build(machine);
    for (auto* system : {&before, &after}) {
        MiniStore::write(system->path + "/extra-dependencies", "");
        MiniStore::write(system->path + "/init-interface-version", "systemd 255");
        MiniStore::write(system->path + "/system", "x86_64-linux");
        MiniStore::write(system->path + "/configuration-name", "");
        MiniStore::write(system->path + "/boot.json", bootspec(*system, "loglevel=4"));
        put(*system, "dry-activate", "#!/nix/bash\nsystemConfig='" + system->path + "'\n");
    }
    CHECK(names(pair.compare(before, after)).empty());
}

TEST_CASE("layout: the switch program of 24.11 names itself and its boot loader") {
    Pair pair;
    const auto machine = plain_machine();
    auto before = pair.build(machine);
    auto after = pair.build(machine);
    const auto ng = pair.store.package("switch-to-configuration-0.1.0", "switch-to-configuration");
    const auto old_loader = pair.store.file("install-systemd-boot.sh", "timeout 5\n", true);
    const auto new_loader = pair.store.file("install-systemd-boot.sh", "timeout 0\n", true);
    for (auto* system : {&before, &after})
        add_link(*system, "bin/.switch-to-configuration-wrapped",
                 ng + "/bin/switch-to-configuration");
    put(before, "bin/switch-to-configuration", wrapper(before, old_loader));
    put(after, "bin/switch-to-configuration", wrapper(after, old_loader));
    for (auto* system : {&before, &after})
        for (const auto& each : {old_loader, new_loader})
            system->closure.emplace(each, 1);
    CHECK(names(pair.compare(before, after)).empty());
    put(after, "bin/switch-to-configuration", wrapper(after, new_loader));
    CHECK(names(pair.compare(before, after)) ==
          std::vector<std::string>{"boot/boot_loader boot loader"});
    put(after, "bin/switch-to-configuration", wrapper(after, old_loader) + "evil\n");
    CHECK(has(pair.compare(before, after), "activation_changed"));
}

TEST_CASE("layout: an init that is a copy of systemd is told as systemd, any other is not") {
    Pair pair;
    const std::string elf("\x7f"
                          "ELF\0one",
                          8);
    const std::string other("\x7f"
                            "ELF\0two",
                            8);
    const auto machine = plain_machine();
    MiniStore::write(pair.systemd + "/lib/systemd/systemd", elf, true);
    const auto before = pair.build(machine);
    put(before, "init", elf);
    pair.systemd = pair.store.package("systemd-256.1");
    MiniStore::write(pair.systemd + "/lib/systemd/systemd", other, true);
    auto after = pair.build(machine);
    put(after, "init", other);
    CHECK(names(pair.compare(before, after)) ==
          std::vector<std::string>{"boot/systemd_changed systemd",
                                   "packages/package_updated systemd"});
    put(after, "init", other + "evil");
    CHECK(the(pair.compare(before, after), "unclassified_changed").subject == "init");
}

TEST_CASE("layout: an image mounted as /etc is told, and graver where no file of it changes") {
    Pair pair;
    auto machine = plain_machine();
    const auto with_image = [&](System system, const std::string& bytes) {
        add_link(system, "etc-metadata-image", pair.store.file("etc-metadata.erofs", bytes));
        const auto folder = pair.store.next("etc-lowerdir");
        MiniStore::write(folder + "/shadow-like", bytes);
        add_link(system, "etc-basedir", folder);
        return system;
    };
    const std::string first("\0erofs one", 10);
    const auto before = with_image(pair.build(machine), first);
    machine.etc["motd"] = "hello\n";
    const auto after = with_image(pair.build(machine), first + "two");
    const auto found = pair.compare(before, after);
    CHECK(the(found, "etc_image").risk == Risk::high);
    CHECK_FALSE(has(found, "unclassified_changed"));
    const auto hidden = with_image(pair.build(plain_machine()), first + "evil");
    CHECK(the(pair.compare(before, hidden), "etc_image").risk == Risk::critical);
}

TEST_CASE("layout: trees of devices, inhibitors and copies of the configuration are known") {
    Pair pair;
    const auto machine = plain_machine();
    auto before = pair.build(machine);
    auto after = pair.build(machine);
    add_link(before, "dtbs", pair.store.package("device-tree-overlays"));
    add_link(after, "dtbs", pair.store.package("device-tree-overlays"));
    add_link(before, "switch-inhibitors", pair.store.file("switch-inhibitors", "{\"dbus\":\"a\"}"));
    add_link(after, "switch-inhibitors", pair.store.file("switch-inhibitors", "{\"dbus\":\"b\"}"));
    add_link(before, "configuration.nix", pair.store.file("configuration.nix", "{ }\n"));
    add_link(after, "configuration.nix", pair.store.file("configuration.nix", "{ a = 1; }\n"));
    MiniStore::write(after.path + "/extra-dependencies", pair.store.file("kept", "x"));
    const auto found = pair.compare(before, after);
    CHECK(names(found) == std::vector<std::string>{"boot/kernel_changed dtbs",
                                                   "etc/etc_changed configuration.nix",
                                                   "etc/etc_changed extra-dependencies",
                                                   "system/manager_setting switch-inhibitors"});
    CHECK(found.reboot_needed);
}

TEST_CASE("layout: accounts of sysusers are accounts") {
    Pair pair;
    auto before = plain_machine();
    before.users.clear();
    const std::string base = "# Users\nu web 990:web \"The web\" /var/lib/web "
                             "/run/current-system/sw/bin/nologin\ng web 990\ng wheel 1\n";
    before.etc["sysusers.d/00-nixos.conf"] = base;
    auto after = before;
    after.etc["sysusers.d/00-nixos.conf"] =
        base + "u app 0:app \"App\" /var/lib/app /bin/sh\ng app 991\nm web wheel\n";
    const auto found = pair.compare(before, after);
    CHECK(names(found) == std::vector<std::string>{
                              "accounts/admin_granted web in wheel", "accounts/group_added app",
                              "accounts/user_added app", "accounts/user_is_root app"});
    after.etc["sysusers.d/00-nixos.conf"] = base + "x odd\n";
    CHECK(has(pair.compare(before, after), "unclassified_changed"));
}

TEST_CASE("layout: files of sysusers beside a list of accounts are for a person to read") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.etc["sysusers.d/evil.conf"] = "u evil 0\n";
    CHECK(the(pair.compare(before, after), "unclassified_added").subject ==
          "etc/sysusers.d/evil.conf");
}

TEST_CASE("layout: a specialisation is judged as a system, by its name") {
    Pair pair;
    auto machine = plain_machine();
    const auto main = pair.build(machine);
    machine.kernel_params += " single";
    machine.etc["sudoers"] += "alice ALL=(ALL) NOPASSWD: ALL\n";
    const auto rescue = pair.build(machine);
    auto after = pair.build(plain_machine());
    add_specialisation(after, "rescue", rescue);
    const auto found = pair.compare(main, after);
    CHECK(names(found) ==
          std::vector<std::string>{"accounts/sudo_changed specialisation/rescue: etc/sudoers",
                                   "boot/kernel_params specialisation/rescue: single",
                                   "boot/specialisation_changed specialisation/rescue"});
    CHECK(the(found, "sudo_changed").risk == Risk::critical);
    CHECK(the(found, "kernel_params").sentence.starts_with("when rescue is started: "));
}

TEST_CASE("layout: what a specialisation does as the system itself does is said once") {
    Pair pair;
    auto machine = plain_machine();
    auto before = pair.build(machine);
    add_specialisation(before, "rescue", pair.build(machine));
    machine.etc["nix/nix.conf"] += "trusted-users = root alice\n";
    auto after = pair.build(machine);
    machine.etc["hosts"] += "192.0.2.1 db\n";
    add_specialisation(after, "rescue", pair.build(machine));
    CHECK(names(pair.compare(before, after)) ==
          std::vector<std::string>{"boot/specialisation_changed specialisation/rescue",
                                   "network/hosts_changed specialisation/rescue: etc/hosts",
                                   "nix/nix_trust trusted-users"});
}

TEST_CASE("layout: boot.json may repeat the specialisations, and nothing else") {
    Pair pair;
    auto machine = plain_machine();
    const auto made = [&](const std::string& changed) {
        auto rescue = pair.build(machine);
        MiniStore::write(rescue.path + "/boot.json", bootspec(rescue, "loglevel=4"));
        auto system = pair.build(machine);
        add_specialisation(system, "rescue", rescue);
        MiniStore::write(system.path + "/boot.json",
                         bootspec(system, "loglevel=4",
                                  R"(,"org.nixos.specialisation.v1":{"rescue":)" +
                                      bootspec(rescue, "loglevel=4" + changed) + "}"));
        return system;
    };
    const auto before = made("");
    CHECK_FALSE(has(pair.compare(before, made("")), "unclassified_changed"));
    CHECK(the(pair.compare(before, made(" single")), "unclassified_changed").subject ==
          "boot.json");
}

TEST_CASE("layout: boot.json has a plain label, and the parameters in their order") {
    Pair pair;
    auto machine = plain_machine();
    machine.kernel_params = "audit=0 audit=1";
    const auto made = [&](const std::string& params, const std::string& label) {
        auto system = pair.build(machine);
        auto text = bootspec(system, params);
        text.replace(text.find("NixOS"), 5, label);
        MiniStore::write(system.path + "/boot.json", text);
        return system;
    };
    const std::string plain = "NixOS 25.11 (Linux 6.6.1)";
    const auto before = made(R"(audit=0","audit=1)", plain);
    CHECK(pair.compare(before, made(R"(audit=0","audit=1)", plain)).effects.empty());
    CHECK(has(pair.compare(before, made(R"(audit=1","audit=0)", plain)), "unclassified_changed"));
    CHECK(has(pair.compare(before, made(R"(audit=0","audit=1)", R"(NixOS\noptions init=/evil)")),
              "unclassified_changed"));
}

TEST_CASE("layout: files that run each other are told of whoever asks first") {
    Pair pair;
    const auto with = [&](const std::string& text) {
        const auto tool = pair.store.next("tool");
        MiniStore::write(tool + "/a", tool + "/b " + tool + "/c\n", true);
        MiniStore::write(tool + "/b", tool + "/a\n", true);
        MiniStore::write(tool + "/c", text, true);
        auto machine = plain_machine();
        machine.units["aaa.service"] = "[Service]\nUser=x\nExecStart=" + tool + "/a\n";
        machine.units["zzz.service"] = "[Service]\nExecStart=" + tool + "/b\n";
        return pair.build(machine);
    };
    CHECK(the(pair.compare(with("good"), with("evil")), "unit_root_exec").subject == "zzz.service");
}

TEST_CASE("layout: a file of the toplevel itself is no file of a package") {
    Pair pair;
    auto before = plain_machine();
    auto after = before;
    before.files["odd.bin"] = std::string("\0one", 4);
    after.files["odd.bin"] = std::string("\0two", 4);
    CHECK(the(pair.compare(before, after), "unclassified_changed").subject == "odd.bin");
}
