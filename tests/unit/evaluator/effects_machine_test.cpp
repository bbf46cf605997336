#include "tests/unit/evaluator/effects_machine.hpp"

#include "evaluator/effects/store_text.hpp"

#include <algorithm>
#include <iterator>

namespace agentd::test {

namespace {

/// Everything that the text of files and the targets of links name, as Nix finds it.
std::set<std::string> references_of(const std::string& path, const std::string& prefix) {
    std::set<std::string> found;
    const auto look = [&](const std::filesystem::path& at) {
        std::string text;
        if (std::filesystem::is_symlink(at)) {
            text = std::filesystem::read_symlink(at).string();
        } else if (std::filesystem::is_regular_file(at)) {
            std::ifstream file(at, std::ios::binary);
            text.assign(std::istreambuf_iterator<char>(file), {});
        }
        for (const auto& reference : effects::store_references(text, prefix))
            found.insert(reference.top);
    };
    look(path);
    if (std::filesystem::is_directory(path) && !std::filesystem::is_symlink(path))
        for (const auto& each : std::filesystem::recursive_directory_iterator(path))
            look(each.path());
    return found;
}

void add_references(const std::string& prefix, effects::Toplevel& out) {
    std::vector<std::string> todo{out.path};
    std::set<std::string> seen{out.path};
    while (!todo.empty()) {
        const auto path = todo.back();
        todo.pop_back();
        out.closure.try_emplace(path, 0);
        for (const auto& each : references_of(path, prefix))
            if (std::filesystem::exists(each) && seen.insert(each).second)
                todo.push_back(each);
    }
}

} // namespace

effects::Toplevel Pair::build(const Machine& machine) {
    auto& s = store;
    const auto etc = s.next("etc");
    std::filesystem::create_directories(etc + "/etc");
    for (const auto& [name, text] : machine.etc) {
        auto base = name;
        std::replace(base.begin(), base.end(), '/', '-');
        MiniStore::link(s.file("etc-" + base, text), etc + "/etc/" + name);
    }
    for (const auto& [name, target] : machine.etc_links)
        MiniStore::link(target, etc + "/etc/" + name);
    const auto units = s.next("system-units");
    std::filesystem::create_directories(units);
    for (const auto& [name, text] : machine.units) {
        auto stored = "unit-" + name.substr(0, name.find('/'));
        std::replace(stored.begin(), stored.end(), '@', '-'); // as in NixOS: no name of the store
        std::replace(stored.begin(), stored.end(), '\\', '-');
        const auto unit = s.next(stored);
        const auto file = name.substr(name.rfind('/') + 1);
        if (text == "/dev/null") {
            MiniStore::link(text, units + "/" + name);
            continue;
        }
        MiniStore::write(unit + "/" + file, text);
        MiniStore::link(unit + "/" + file, units + "/" + name);
    }
    for (const auto& [target, wanted] : machine.wants)
        for (const auto& unit : wanted)
            MiniStore::link("../" + unit, units + "/" + target + ".wants/" + unit);
    MiniStore::link(units, etc + "/etc/systemd/system");

    const auto sw = s.next("system-path");
    std::filesystem::create_directories(sw + "/bin");
    effects::Toplevel out{.path = s.next("nixos-system-web-" + machine.version)};
    out.closure = {{out.path, 1000}, {etc, 500},     {units, 400},
                   {sw, 300},        {kernel, 9000}, {systemd, 8000}};
    for (const auto& package : machine.packages) {
        for (const auto& each : std::filesystem::directory_iterator(package + "/bin"))
            MiniStore::link(each.path(), sw + "/bin/" + each.path().filename().string());
        out.closure[package] = 100;
    }
    const auto users = machine.users.empty() ? "" : s.file("users-groups.json", machine.users);
    MiniStore::write(out.path + "/activate",
                     "#!" + busybox + "/bin/sh\nsystemConfig='" + out.path + "'\n" +
                         machine.activation + "\nperl -w update-users-groups.pl " + users +
                         "\nsetup-etc.pl " + etc + "/etc\n",
                     true);
    MiniStore::write(out.path + "/init",
                     "#!" + busybox + "/bin/sh\nexec " + systemd + "/lib/systemd/systemd\n", true);
    MiniStore::write(out.path + "/bin/switch-to-configuration",
                     "#!" + busybox + "/bin/sh\nsys=" + out.path + "\n", true);
    MiniStore::write(out.path + "/kernel-params", machine.kernel_params);
    MiniStore::write(out.path + "/nixos-version", machine.version);
    for (const auto& [name, text] : machine.files)
        MiniStore::write(out.path + "/" + name, text);
    MiniStore::link(etc + "/etc", out.path + "/etc");
    MiniStore::link(sw, out.path + "/sw");
    MiniStore::link(systemd, out.path + "/systemd");
    MiniStore::link(kernel + "/bin/run", out.path + "/kernel");
    MiniStore::link(kernel, out.path + "/kernel-modules");
    MiniStore::link(kernel + "/bin/run", out.path + "/initrd");
    add_references(s.prefix, out);
    return out;
}

std::string Pair::firewall_unit(const std::string& rules) {
    const auto script = store.next("firewall-start");
    MiniStore::write(
        script + "/bin/firewall-start",
        "#!" + busybox +
            "/bin/sh -e\nip46tables -N nixos-fw-accept\n"
            "ip46tables -A nixos-fw-accept -j ACCEPT\nip46tables -N nixos-fw\n" +
            rules +
            "ip46tables -A nixos-fw -j nixos-fw-log-refuse\nip46tables -A INPUT -j nixos-fw\n",
        true);
    return "[Unit]\nDescription=Firewall\n[Service]\nExecStart=@" + script +
           "/bin/firewall-start firewall-start\n";
}

std::vector<std::string> names(const proposals::Effects& found) {
    std::vector<std::string> out;
    for (const auto& effect : found.effects)
        out.push_back(effect.area + "/" + effect.kind + " " + effect.subject);
    return out;
}

bool has(const proposals::Effects& found, const std::string& kind) {
    return std::any_of(found.effects.begin(), found.effects.end(),
                       [&](const auto& effect) { return effect.kind == kind; });
}

proposals::Effect the(const proposals::Effects& found, const std::string& kind) {
    CAPTURE(names(found), kind);
    REQUIRE(has(found, kind));
    return *std::find_if(found.effects.begin(), found.effects.end(),
                         [&](const auto& effect) { return effect.kind == kind; });
}

} // namespace agentd::test

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

TEST_CASE("two builds of the same system differ in nothing") {
    Pair pair;
    auto machine = plain_machine();
    machine.packages = {pair.store.package("ripgrep-14.1.0", "rg")};
    machine.units["firewall.service"] = pair.firewall_unit("");
    machine.wants["multi-user.target"] = {"firewall.service", "web.service"};
    const auto found = pair.compare(machine, machine);
    CHECK(names(found).empty());
    CHECK_FALSE(found.reboot_needed);
    CHECK(found.closure.paths_added == 15);
}

TEST_CASE("what comes one way goes the other way") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.packages = {pair.store.package("ripgrep-14.1.0", "rg")};
    after.units["new.service"] =
        "[Service]\nDynamicUser=yes\nExecStart=" + pair.busybox + "/bin/sh\n";
    after.etc["odd.conf"] = "x\n";
    after.etc["ssh/authorized_keys.d/alice"] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== a\n";
    const auto a = pair.build(before);
    const auto b = pair.build(after);
    const auto there = pair.compare(a, b);
    const auto back = pair.compare(b, a);
    REQUIRE(there.effects.size() == back.effects.size());
    for (const auto& effect : there.effects) {
        CAPTURE(effect.kind, effect.subject);
        auto kind = effect.kind;
        const auto at = kind.rfind("_added");
        REQUIRE(at != std::string::npos);
        kind.replace(at, 6, "_removed");
        CHECK(std::any_of(back.effects.begin(), back.effects.end(), [&](const auto& other) {
            return other.kind == kind && other.subject == effect.subject;
        }));
    }
}

TEST_CASE("effects are sorted, of known kinds, and the same each time") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.etc["zz"] = "1";
    after.etc["aa"] = "1";
    after.etc.erase("hosts");
    after.kernel_params += " quiet init=/tmp/x";
    after.users = R"({"groups":[],"users":[]})";
    const auto a = pair.build(before);
    const auto b = pair.build(after);
    const auto first = pair.compare(a, b);
    const auto bytes = proposals::canonical_bytes(first);
    CHECK(bytes == proposals::canonical_bytes(pair.compare(a, b)));
    for (const auto& effect : first.effects) {
        CAPTURE(effect.kind, effect.sentence);
        CHECK(proposals::find_kind(effect.area, effect.kind) != nullptr);
        CHECK_FALSE(effect.sentence.empty());
    }
    auto sorted = first;
    proposals::sort(sorted);
    CHECK(sorted == first);
}

TEST_CASE("more than two thousand differences are cut, and that is said") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    for (int i = 0; i < 2100; ++i)
        after.etc["many/" + std::to_string(i)] = "x";
    after.etc["sudoers"] += "alice ALL=(ALL) NOPASSWD: ALL\n";
    const auto found = pair.compare(before, after);
    CHECK(found.truncated);
    CHECK(found.effects.size() == effects::most_effects);
    CHECK(the(found, "sudo_changed").risk == Risk::critical);
    CHECK(found.effects.back().area == "unclassified");
}

TEST_CASE("a path that is no system is refused") {
    Pair pair;
    const effects::StoreReader reader(pair.store.prefix);
    const effects::Toplevel none{.path = pair.store.prefix + "/nothing"};
    CHECK(effects::analyze(reader, none, none).problem().code == "not_a_system");
    const effects::Toplevel outside{.path = "/etc"};
    CHECK_FALSE(effects::analyze(reader, outside, outside));
}

TEST_CASE("a closure manifest with anything else in it is refused") {
    CHECK(
        effects::parse_manifest("/nix/store/00000000000000000000000000000000-a-1\tsha256:x\t12\n"));
    CHECK_FALSE(effects::parse_manifest("/nix/store/00000000000000000000000000000000-a-1\t12\n"));
    CHECK_FALSE(effects::parse_manifest("/etc/passwd\tsha256:x\t12\n"));
    CHECK_FALSE(
        effects::parse_manifest("/nix/store/00000000000000000000000000000000-a-1\tx\t-1\n"));
    CHECK_FALSE(effects::parse_manifest("/nix/store/00000000000000000000000000000000-a-1\tx\t1\n"
                                        "/nix/store/00000000000000000000000000000000-a-1\tx\t1\n"));
}
