#include "tests/unit/evaluator/effects_machine.hpp"

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {

/// `name` on both sides, with these programs.
proposals::Effect rebuilt(Pair& pair, const std::string& name, const std::string& before,
                          const std::string& after) {
    auto old_machine = plain_machine();
    auto new_machine = old_machine;
    const auto old_build = pair.store.package(name, "run");
    const auto new_build = pair.store.package(name, "run");
    if (!before.empty())
        MiniStore::write(old_build + "/lib/code", before);
    if (!after.empty())
        MiniStore::write(new_build + "/lib/code", after);
    old_machine.packages = {old_build};
    new_machine.packages = {new_build};
    return the(pair.compare(old_machine, new_machine), "package_updated");
}

} // namespace

TEST_CASE("the same version of openssh built otherwise is worth a look") {
    Pair pair;
    const auto effect = rebuilt(pair, "openssh-9.6p1", "let in by key", "let in everybody");
    CHECK(effect.risk == Risk::high);
    CHECK(effect.after == "9.6p1 (another build)");
    CHECK(effect.sentence == "openssh 9.6p1 is the same version from another source, or with other "
                             "patches or options: lib/code differ");
}

TEST_CASE("other files of the same version are said of every package") {
    Pair pair;
    CHECK(rebuilt(pair, "hello-2.12", "a", "b").risk == Risk::notice);
    CHECK(rebuilt(pair, "hello-2.12", "", "b").sentence.find("other files") != std::string::npos);
}

TEST_CASE("a rebuild that differs only in the builds it names is told as one") {
    Pair pair;
    const auto old_library = pair.store.package("openssl-3.0.13", "openssl");
    const auto new_library = pair.store.package("openssl-3.0.14", "openssl");
    const auto effect =
        rebuilt(pair, "openssh-9.6p1", "needs " + old_library, "needs " + new_library);
    CHECK(effect.risk == Risk::low);
    CHECK(effect.sentence == "openssh 9.6p1 is the same version, built otherwise: its files differ "
                             "only in the builds that they name");
}

TEST_CASE("a hook behind the same name in a rebuilt package is another source") {
    Pair pair;
    const auto fine = pair.store.file("hook", "exit 0\n", true);
    const auto evil = pair.store.file("hook", "evil\n", true);
    CHECK(rebuilt(pair, "openssh-9.6p1", "run " + fine, "run " + evil).risk == Risk::high);
}

TEST_CASE("a package is not hidden by a name like those of NixOS's own pieces") {
    for (const std::string name : {"unit-evil-1.0", "etc-evil-1.0", "X-Restart-Triggers-evil-1.0",
                                   "nixos-system-evil-1.0"}) {
        CAPTURE(name);
        Pair pair;
        auto before = plain_machine();
        auto after = before;
        const auto old_one = pair.store.package(name, "sh");
        const auto new_one = pair.store.package(name, "sh");
        MiniStore::write(new_one + "/bin/sh", "evil", true);
        before.units["x.service"] = "[Service]\nExecStart=" + old_one + "/bin/sh\n";
        after.units["x.service"] = "[Service]\nExecStart=" + new_one + "/bin/sh\n";
        CHECK(has(pair.compare(before, after), "package_updated"));
    }
}

TEST_CASE("a unit file whose name looks like a version is no package") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.units["backup-2.service"] = "[Service]\nUser=x\nExecStart=" + pair.busybox + "/bin/sh\n";
    after.etc["motd-2"] = "hello\n";
    for (const auto& effect : pair.compare(before, after).effects)
        CHECK(effect.area != "packages");
}
