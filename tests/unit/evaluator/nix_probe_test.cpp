#include "agentd/core/text.hpp"
#include "evaluator/caches.hpp"
#include "evaluator/nix_differences.hpp"
#include "evaluator/nix_probe.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <filesystem>
#include <sched.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace agentd;
using namespace agentd::evaluator;

namespace {

NixVersion version(std::string_view line) {
    return NixVersion::parse(line).value();
}

std::string holes(std::string_view line) {
    std::string out;
    for (const auto& hole : holes_in(version(line))) {
        out += std::string(hole.advisory.substr(4)) + " ";
    }
    return out;
}

/// A Nix whose running system has this nix.conf.
struct Machine {
    test::TempDir dir{};
    Nix nix;

    explicit Machine(const std::string& text) : nix(make(dir, text)) {}
    std::string file() const { return dir / "etc/nix.conf"; }

    static Nix make(const test::TempDir& dir, const std::string& text) {
        core::make_directories(dir / "etc", 0755);
        core::write_file_durably(dir / "etc/nix.conf", text, 0644);
        return Nix(NixInstallation(test::nix_under_test()),
                   {.scratch = dir / "nix", .machine_settings = dir / "etc"});
    }
};

} // namespace

TEST_CASE("a version is asked in its own words") {
    CHECK(core::join(show_settings_words(version("nix (Nix) 2.8.0")), " ") == "show-config");
    CHECK(core::join(show_settings_words(version("nix (Nix) 2.26.3")), " ") == "config show");
    CHECK(core::join(show_derivation_words(version("nix (Nix) 2.34.8")), " ") == "derivation show");
    CHECK_FALSE(has(version("nix (Lix, like Nix) 2.93.0"), NixAbility::max_call_depth));
}

TEST_CASE("a version's published holes are known by its number") {
    CHECK(holes("nix (Nix) 2.8.0") == "2024-27297 2024-38531 2025-46415 ");
    CHECK(holes("nix (Nix) 2.26.3") == "2025-46415 2026-39860 2026-44028 ");
    CHECK(holes("nix (Nix) 2.24.5") == "2024-45593 2025-46415 2026-39860 2026-44028 ");
    CHECK(holes("nix (Nix) 2.31.4") == "2026-44028 ");
    CHECK(holes("nix (Nix) 2.34.4") == "2026-39860 2026-44028 ");
    CHECK(holes("nix (Nix) 2.34.8").empty());
    CHECK(holes("nix (Nix) 2.35.0").empty());
    CHECK(holes("nix (Nix) 3.0.0").empty());
    CHECK(holes("nix (Lix, like Nix) 2.90.0") == "2025-46415 ");
    CHECK(holes("nix (Lix, like Nix) 2.93.1") == "2026-44028 ");
    CHECK(holes("nix (Lix, like Nix) 2.95.2").empty());
    CHECK(holes("nix (Determinate Nix 3.6.2) 2.29.0") == "2025-46415 2026-39860 2026-44028 ");
}

TEST_CASE("what logs in to a cache is shown to nobody") {
    CHECK(without_credentials("https://ci:s3cret@cache.example/x?key=y z") ==
          "https://cache.example/x z");
    CHECK(without_credentials("unable to download 'https://a:b@c@h/nix-cache-info': no") ==
          "unable to download 'https://h/nix-cache-info': no");
    CHECK(without_credentials("s3://bucket?profile=p https://u@h") == "s3://bucket https://h");
    CHECK(without_credentials("https://h/a@b ://") == "https://h/a@b ://");
    CHECK(without_credentials("no address@all") == "no address@all");
    const Caches caches{.names = "https://ci:s3cret@cache.example/ https://other.example"};
    CHECK(blamed(caches, {"cannot reach https://cache.example/nix-cache-info"}) ==
          std::vector<std::string>{"https://cache.example"});
}

TEST_CASE("settings are compared by what they mean") {
    CHECK(same_setting("experimental-features", "nix-command flakes",
                       "flakes fetch-tree nix-command"));
    CHECK(same_setting("experimental-features", "nix-command flakes", "")); // experiments no longer
    CHECK_FALSE(same_setting("experimental-features", "nix-command flakes",
                             "flakes nix-command impure-derivations"));
    CHECK(same_setting("builders", "", ""));
    CHECK_FALSE(same_setting("sandbox", "true", "relaxed"));
    CHECK_FALSE(same_setting("allowed-uris", "", "https://example.org"));
    const auto shown = parse_shown_settings("a = \nb = x y\nwarning: no = thing\nc=d\nb =\n");
    CHECK(shown == ShownSettings{{"a", ""}, {"b", ""}});
}

TEST_CASE("this Nix takes every setting that is forced, for every purpose") {
    const test::TempDir dir;
    const Nix nix(NixInstallation(test::nix_under_test()), {.scratch = dir / "nix"});
    for (const auto purpose : {NixPurpose::evaluate, NixPurpose::build, NixPurpose::query}) {
        const auto done = read_back(nix, purpose);
        INFO((done ? "" : done.problem().message));
        CHECK(done);
    }
}

TEST_CASE("a Nix that does not take a setting is named with it") {
    const test::TempDir dir;
    core::make_directories(dir / "bin", 0755);
    core::write_file_durably(
        dir / "bin/nix",
        "#!/bin/sh\n[ \"$1\" = --version ] && { echo 'nix (Nix) 2.34.8'; exit; }\n"
        "echo \"$NIX_CONFIG\" | grep -v '^sandbox ='; echo 'sandbox = relaxed'\n",
        0755);
    const Nix nix(NixInstallation({.nix = dir / "bin/nix"}), {.scratch = dir / "nix"});
    CHECK(read_back(nix, NixPurpose::evaluate));
    const auto no = read_back(nix, NixPurpose::build);
    REQUIRE_FALSE(no);
    CHECK(no.problem().code == "settings_not_taken");
    CHECK(no.problem().message == "Nix was told `sandbox = true` and uses `relaxed`");
}

TEST_CASE("the running system's settings come from its own file, with what that includes") {
    const Machine machine("substituters = http://a.example http://b.example\n!include more.conf\n"
                          "!include not-there.conf\n");
    core::write_file_durably(machine.dir / "etc/more.conf", "sandbox = relaxed\n", 0644);
    const auto settings = running_settings(machine.nix);
    REQUIRE(settings);
    CHECK(same_setting("substituters", "http://a.example http://b.example",
                       settings->find("substituters")->second));
    CHECK(settings->find("sandbox")->second == "relaxed");
    CHECK(settings->find("require-sigs")->second == "true");
}

TEST_CASE("a user's settings of Nix are not the running system's") {
    const Machine machine("require-sigs = true\n");
    core::make_directories(machine.dir / "nix/config/nix", 0755);
    core::write_file_durably(machine.dir / "nix/config/nix/nix.conf", "require-sigs = false\n",
                             0644);
    CHECK(running_settings(machine.nix)->find("require-sigs")->second == "true");
}

TEST_CASE("without any address the running system's caches are still its caches") {
    if (::geteuid() != 0) {
        return; // nobody else can make a network without addresses
    }
    const auto substitute = [](const Machine& machine) {
        std::string out;
        std::jthread([&] { // namespaces are a thread's
            if (::unshare(CLONE_NEWNET) == 0) {
                const auto settings = running_settings(machine.nix);
                out = settings ? settings->find("substitute")->second : settings.problem().message;
            }
        })
            .join();
        return out;
    };
    CHECK(substitute(Machine("substituters = http://a.example\n")) == "true");
    CHECK(substitute(Machine("substitute = false\n")) == "false");
}

TEST_CASE("settings that others than root can write are not believed") {
    if (::geteuid() != 0) {
        return; // nobody else can make a file that is root's
    }
    const auto refused = [](const Machine& machine, const std::string& where) {
        const auto no = running_settings(machine.nix);
        REQUIRE_FALSE(no);
        CHECK(no.problem().code == "settings_open");
        CHECK(no.problem().where == where);
    };
    const Machine machine("!include more.conf\n");
    const std::string more = machine.dir / "etc/more.conf";
    core::write_file_durably(more, "", 0644);
    CHECK(running_settings(machine.nix));
    REQUIRE(::chmod(more.c_str(), 0664) == 0);
    refused(machine, more);
    REQUIRE(::chmod(more.c_str(), 0644) == 0);
    REQUIRE(::chown(machine.file().c_str(), 65534, 0) == 0);
    refused(machine, machine.file());
    REQUIRE(::chown(machine.file().c_str(), 0, 0) == 0);
    REQUIRE(::chmod((machine.dir / "etc").c_str(), 0777) == 0);
    refused(machine, machine.dir / "etc");
}
