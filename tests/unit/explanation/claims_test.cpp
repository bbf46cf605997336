#include "facts.hpp"

#include "agentd/explanation/claim_case.hpp"

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
    CHECK(
        doubts("Update motd", {fact("etc", "etc_changed", "motd", Risk::none, "/etc/motd changes")})
            .empty());
    CHECK(
        doubts("Update motd", {fact("etc", "etc_changed", "motd", Risk::high, "/etc/motd changes")})
            .size() == 1);
    CHECK(doubts("Update nginx", {fact("units", "unit_changed", "nginx.service", Risk::low,
                                       "nginx.service changes")})
              .size() == 1);
    CHECK(doubts("Update motd to 2.0",
                 {fact("etc", "etc_changed", "motd", Risk::none, "/etc/motd changes")})
              .size() == 1);
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
    CHECK(doubts("Add ripgrep", {admin, package}) ==
          Said{"add ripgrep: it also brings 1 change of high risk or worse, of which the words say "
               "nothing"});
    CHECK(doubts("Install ripgrep for all users", {admin, package}).size() == 1);
    CHECK(doubts("Add a key to the group of login", {admin}).empty());
    for (const auto& grave :
         {fact("scripts", "activation_changed", "x", Risk::high, "a script runs as root"),
          fact("units", "unit_root_exec", "x.service", Risk::critical, "x.service runs /tmp/x"),
          fact("unclassified", "unclassified", "etc/x", Risk::high, "x"), port("4444/tcp")}) {
        INFO(grave.kind);
        CHECK(doubts("Install ripgrep", {grave, package}).size() == 1);
    }
    CHECK(doubts("Install ripgrep, open port 4444", {port("4444/tcp"), package}).empty());
    CHECK(doubts("Install web",
                 {package, fact("units", "unit_root_exec", "web.service", Risk::high, "x")})
              .empty());
}

TEST_CASE("many claims about many effects look through them a bounded number of times") {
    std::vector<Effect> list;
    for (int i = 0; i < 20'000; ++i) {
        list.push_back(port(std::to_string(i) + "/tcp"));
    }
    const auto effects = effects_with(list);
    for (const auto* claim : {"update a#.\n", "no change to users, ssh, sudo and a#.\n",
                              "remove a#.\n", "open port #.\n", "close port 7#.\n"}) {
        INFO(claim);
        std::string text;
        for (int i = 0; text.size() < 16'384; ++i) {
            std::string one = claim;
            text += one.replace(one.find('#'), 1, std::to_string(i));
        }
        const explanation::Words words(text);
        std::vector<explanation::Doubt> found;
        const explanation::Case of{words, effects, found};
        explanation::look_through(of);
        CHECK(found.size() <= 12);
        CHECK(of.passes < 100);
    }
}

TEST_CASE("a claim is cut and drawn") {
    const auto title = "update \u0455sh" + std::string(9'000, 'x');
    const auto told = explanation::explain(effects_with({package}), {.title = title});
    REQUIRE(told.doubts.size() == 1);
    CHECK(told.doubts[0].claim.size() < 100);
    CHECK(told.doubts[0].text.size() < 400);
    const auto claim = explanation::to_json(told)["doubts"][0]["claim"].get<std::string>();
    CHECK(claim.starts_with("update \\u{0455}sh"));
}

TEST_CASE("what is not to be updated, and a range that is named, are no claims") {
    CHECK(doubts("Do not update openssh", {package}).empty());
    CHECK(doubts("Open port 22 and 60000-61000 for mosh", {port("22/tcp"), port("60000-61000/udp")})
              .empty());
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
