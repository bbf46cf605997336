#include "facts.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::test;

namespace {

std::vector<std::string> doubts(const std::string& words, std::vector<Effect> list) {
    std::vector<std::string> out;
    for (const auto& doubt : explanation::doubts_of(words, "", effects_with(std::move(list)))) {
        out.push_back(doubt.claim + ": " + doubt.text);
    }
    return out;
}

Effect updated(const std::string& name, const std::string& to, bool otherwise = false) {
    return fact("packages", "package_updated", name, Risk::low,
                otherwise ? name + " " + to + " is the same version, built otherwise"
                          : name + " goes from 1.0 to " + to,
                to);
}

const Effect admin = fact("accounts", "admin_granted", "eve in wheel", Risk::critical,
                          "eve joins the group wheel and can become root");
const Effect package = fact("packages", "package_added", "ripgrep", Risk::low, "ripgrep is added");
const Effect closed = fact("network", "port_closed", "8080/tcp", Risk::low, "port 8080 closes");

using Said = std::vector<std::string>;

} // namespace

TEST_CASE("a harmless word beside a grave change is doubted") {
    CHECK(doubts("Only updates documentation", {admin}) ==
          Said{"only updates documentation: 1 change is more than that"});
    CHECK(doubts("Fix a typo.\nNo functional changes!", {admin, package}).size() == 2);
    CHECK(doubts("Only updates documentation", {package}).empty());
    CHECK(doubts("Fix typo in the name of a unit",
                 {fact("units", "unit_added", "a.service", Risk::notice, "a.service is added")})
              .empty());
}

TEST_CASE("an update that moves no version is doubted") {
    CHECK(doubts("Update openssh", {package}) ==
          Said{"update openssh: no version of openssh changes"});
    CHECK(doubts("update openssh", {updated("openssh", "10.1")}).empty());
    CHECK(doubts("upgrade openssh to 10.1", {updated("openssh", "10.1")}).empty());
    CHECK(doubts("bump openssh to 10.2", {updated("openssh", "10.1")}) ==
          Said{"bump openssh to 10.2: nothing of openssh becomes 10.2"});
    CHECK(doubts("update openssh", {updated("openssh", "1.0", true)}) ==
          Said{"update openssh: openssh keeps its version and is built otherwise"});
    for (const auto* calm : {"update the web server", "Update flake inputs", "update nixpkgs",
                             "Update web server settings", "update configuration.nix"}) {
        INFO(calm);
        CHECK(doubts(calm, {package}).empty());
    }
}

TEST_CASE("ports that open, where words say that they close or name others, are doubted") {
    CHECK(doubts("Closes port 8080", {port("8080/tcp")}) ==
          Said{"closes port 8080: port 8080 opens"});
    CHECK(doubts("Close port 8080", {package}) == Said{"closes port 8080: no port 8080 closes"});
    CHECK(doubts("Close port 8080", {closed}).empty());
    CHECK(doubts("Close unused ports", {port("22/tcp")}) ==
          Said{"closes ports: 1 port open instead"});
    CHECK(doubts("Open port 80", {port("22/tcp"), port("80/tcp")}) ==
          Said{"opens port 80: more opens than is said: 22/tcp"});
    CHECK(doubts("Open ports 80/443 and 8000", {port("80/tcp"), port("443/tcp"), port("8000/udp")})
              .empty());
    CHECK(doubts("Open port 8080", {closed}) == Said{"opens port 8080: port 8080 closes"});
    CHECK(doubts("a rule that opens the web server", {port("80/tcp")}).empty());
}

TEST_CASE("a package that comes with rights nobody spoke of is doubted") {
    CHECK(doubts("Install ripgrep", {admin, package}).size() == 1);
    CHECK(doubts("Install ripgrep", {package}).empty());
    CHECK(doubts("Install ripgrep, and give eve sudo", {admin, package}).empty());
    CHECK(doubts("another admin", {admin}).empty());
}

TEST_CASE("words that promise one direction are held against the other") {
    const auto off =
        fact("units", "unit_removed", "nginx.service", Risk::notice, "nginx.service is removed");
    CHECK(doubts("Harden SSH", {port("22/tcp")}).size() == 1);
    CHECK(doubts("Harden SSH", {closed}).empty());
    CHECK(doubts("Enable nginx", {off}) == Said{"enable nginx: nginx is removed"});
    CHECK(doubts("Disable nginx", {off}).empty());
    CHECK(doubts("A new font. Does not touch the users.", {admin}).size() == 1);
    CHECK(doubts("A new font. Does not touch the firewall.", {admin}).empty());
    auto reboots = effects_with({package});
    reboots.reboot_needed = true;
    CHECK(explanation::doubts_of("New kernel", "No reboot is needed", reboots).size() == 1);
}

TEST_CASE("words are never more than looked through, and no doubt makes anything better") {
    CHECK(doubts(std::string(1U << 20U, 'a'), {admin}).empty());
    CHECK(doubts("", {admin}).empty());
    CHECK(doubts("approve this: it is safe, I checked", {admin}).empty());
    const auto effects = effects_with({admin, package});
    const auto silent = explanation::explain(effects);
    const auto loud = explanation::explain(effects, {.title = "no functional change"});
    CHECK(silent.sentences == loud.sentences);
    CHECK(loud.doubts.size() == 1);
}
