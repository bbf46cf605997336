#include "facts.hpp"

#include "agentd/explanation/naming.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <set>

using namespace agentd;
using namespace agentd::test;
using explanation::explain;

TEST_CASE("the gravest comes first, and a name keeps its own letters") {
    const auto told = explain(effects_with(
        {fact("packages", "package_updated", "openssh", Risk::high, "openssh goes from 9.8 to 9.9"),
         fact("units", "unit_changed", "nginx.service", Risk::low, "nginx.service changes: User"),
         fact("ssh", "sshd_root_login", "PermitRootLogin", Risk::critical,
              "root may log in over SSH with a password", "yes")}));
    CHECK(texts(told) == std::vector<std::string>{"Root may log in over SSH with a password",
                                                  "openssh goes from 9.8 to 9.9",
                                                  "nginx.service changes: User"});
    CHECK(told.headline == "Root may log in over SSH with a password, and 2 more changes");
    CHECK(told.sentences[0].facts == std::vector<std::size_t>{1});
}

TEST_CASE("passwords and the port they are asked at are one sentence") {
    const auto told = explain(
        effects_with({fact("ssh", "sshd_password_login", "passwordauthentication", Risk::high,
                           "the SSH server will accept passwords from the whole internet "
                           "(passwordauthentication)",
                           "yes"),
                      port("22/tcp")}));
    REQUIRE(told.sentences.size() == 1);
    CHECK(told.sentences[0].text == "The SSH server will accept passwords from the whole internet: "
                                    "port 22/tcp opens as well");
    CHECK(told.sentences[0].facts == std::vector<std::size_t>{0, 1});
    CHECK(explain(effects_with({fact("ssh", "sshd_password_login", "passwordauthentication",
                                     Risk::high, "passwords are accepted over SSH", "yes"),
                                port("22/tcp on wg0")}))
              .sentences.size() == 2);
    const auto twice = explain(effects_with(
        {fact("ssh", "sshd_password_login", "kbdinteractiveauthentication", Risk::high,
              "the SSH server will accept passwords (kbdinteractiveauthentication)", "yes"),
         fact("ssh", "sshd_password_login", "passwordauthentication", Risk::high,
              "the SSH server will accept passwords (passwordauthentication)", "yes")}));
    CHECK(texts(twice) == std::vector<std::string>{"The SSH server will accept passwords"});
}

TEST_CASE("a new account is told with the rights and keys it gets") {
    const auto told = explain(effects_with(
        {fact("accounts", "admin_granted", "eve in wheel", Risk::critical,
              "eve joins the group wheel and can become root"),
         fact("accounts", "user_added", "eve", Risk::high, "the user eve is added and may log in"),
         fact("accounts", "user_added", "evelyn", Risk::high,
              "the user evelyn is added and may log in"),
         fact("ssh", "ssh_key_added", "eve: ssh-ed25519 SHA256:abc eve@x", Risk::critical,
              "somebody with this key may log in as eve")}));
    CHECK(texts(told) ==
          std::vector<std::string>{
              "The user eve is added and may log in; it can become root, as a member of wheel; "
              "whoever has the key ssh-ed25519 SHA256:abc may log in as eve over SSH",
              "The user evelyn is added and may log in"});
    CHECK(told.sentences[0].risk == Risk::critical);
}

TEST_CASE("a key is named by its type and digest, whatever its comment says") {
    const auto sentence = [](const std::string& key) {
        return texts(explain(effects_with(
            {fact("accounts", "user_added", "bob", Risk::high, "the user bob is added"),
             fact("ssh", "ssh_key_added", "bob: " + key, Risk::critical, "x")})));
    };
    const std::string end = " may log in as bob over SSH";
    CHECK(sentence("ssh-ed25519 SHA256:aB+/9 of nobody: it is refused and nobody") ==
          std::vector<std::string>{
              "The user bob is added; whoever has the key ssh-ed25519 SHA256:aB+/9" + end});
    for (const auto* odd : {"nobody SHA: at all", "no (SHA256:a) key", "only x y ssh-rsa"}) {
        INFO(odd);
        CHECK(sentence(odd) ==
              std::vector<std::string>{"The user bob is added; whoever has a key" + end});
    }
    CHECK(sentence("ssh-rsa SHA256:a " + std::string(2'000, 'x'))[0].ends_with(end));
}

TEST_CASE("every port that sshd opens is told, and a door that lets nobody in is none") {
    const auto asked = fact("ssh", "sshd_password_login", "passwordauthentication", Risk::high,
                            "the SSH server will accept passwords from the whole internet "
                            "(passwordauthentication)",
                            "yes");
    const auto ports =
        fact("ssh", "sshd_setting", "port", Risk::high, "the SSH setting port changes", "22\n2222");
    CHECK(texts(explain(effects_with({asked, ports, port("22/tcp"), port("2222/tcp")}))).back() ==
          "The SSH server will accept passwords from the whole internet: ports 22/tcp, 2222/tcp "
          "open as well");
    auto inside = asked;
    inside.sentence = "the SSH server will accept passwords (passwordauthentication)";
    CHECK(explain(effects_with({inside, port("22/tcp")})).sentences.size() == 2);
}

TEST_CASE("what is grave in a unit is told, however long its program is named") {
    const std::string name = "web.service runs /tmp/" + std::string(1'200, 'x') + " as root";
    const auto told = texts(
        explain(effects_with({fact("units", "unit_root_exec", "web.service", Risk::critical, name),
                              fact("units", "unit_hardening", "web.service", Risk::high,
                                   "web.service loses protection: NoNewPrivileges")})));
    REQUIRE(told.size() == 1);

    CHECK(told[0].find("x as root; it loses protection: NoNewPrivileges") != std::string::npos);
    CHECK(texts(explain(
        effects_with({fact("units", "unit_root_exec", "w.service", Risk::critical, name)})))[0]
              .ends_with("x as root"));
    std::vector<Effect> many;
    for (int i = 0; i < 9; ++i) {
        many.push_back(fact("units", "unit_changed", "w.service", Risk::high,
                            "w.service " + std::to_string(i) + std::string(280, 'y')));
    }
    CHECK(explain(effects_with(many)).sentences.size() == 9);
}

TEST_CASE("only a number where a port stands is one") {
    CHECK(explanation::ports_spoken("/bin/web --port 8080\n/bin/x http://a:81/ :443") ==
          std::set<std::string>{"443", "8080", "81"});
    CHECK(explanation::ports_spoken("Socket.ListenStream=22\nService.Environment=PORT=53") ==
          std::set<std::string>{"22", "53"});
    for (const auto* none :
         {"/x-nginx-1.22.1/bin/nginx", "Service.TimeoutStopSec=8080", "Service.CPUQuota=530%",
          "/bin/x --workers 25", "Timer.OnCalendar=2022-11-22 22:22", "/bin/x 80s 22-80 a8080"}) {
        INFO(none);
        CHECK(explanation::ports_spoken(none).empty());
    }
}

TEST_CASE("very many ports and units are told, each by its own") {
    std::vector<Effect> list;
    for (int i = 0; i < 10'000; ++i) {
        const auto number = std::to_string(10'000 + i);
        list.push_back(port(number + "/tcp"));
        list.push_back(fact("units", "unit_added", "u" + number + ".service", Risk::low, "x",
                            "/bin/u --port " + number + "\n" + std::string(1'000, 'x')));
    }
    const auto told = explain(effects_with(list));
    CHECK(told.sentences.size() == 20'000);
    CHECK(told.sentences[0].text == "Port 10000/tcp will be reachable from the network; "
                                    "u10000.service, which is new, names this port");
}

TEST_CASE("a unit is one sentence, and a port names the unit that speaks of it") {
    const auto told = explain(effects_with(
        {port("8080/tcp"),
         fact("units", "unit_added", "web.service", Risk::notice,
              "web.service is added and runs as root", "/bin/web --port 8080"),
         fact("units", "unit_root_exec", "web.service", Risk::high,
              "web.service runs programs as root that did not run before", "/bin/web --port 8080"),
         fact("units", "unit_added", "other.service", Risk::low, "other.service is added",
              "/bin/other 18080")}));
    CHECK(texts(told) == std::vector<std::string>{
                             "Port 8080/tcp will be reachable from the network; web.service, "
                             "which is new, names this port",
                             "web.service is added and runs as root", "other.service is added"});
    CHECK(told.sentences[1].risk == Risk::high);
}

TEST_CASE("many small things are one sentence, and no fact is lost") {
    std::vector<Effect> list;
    for (int i = 0; i < 9; ++i) {
        const auto name = "p" + std::to_string(i);
        list.push_back(fact("packages", "package_added", name, Risk::low, name + " is added"));
    }
    list.push_back(fact("packages", "package_added", "sudo", Risk::high, "sudo is added"));
    const auto effects = effects_with(list);
    const auto told = explain(effects);
    CHECK(texts(told) == std::vector<std::string>{
                             "sudo is added", "9 packages are added: p0, p1, p2, p3 and 5 more"});
    std::set<std::size_t> facts;
    for (const auto& each : told.sentences) {
        facts.insert(each.facts.begin(), each.facts.end());
    }
    CHECK(facts.size() == effects.effects.size());
}

TEST_CASE("no sentence is less grave than its gravest fact, whatever belongs together") {
    for (const auto risk : {Risk::none, Risk::low, Risk::notice, Risk::high, Risk::critical}) {
        const auto told = explain(
            effects_with({fact("accounts", "user_added", "a", Risk::low, "the user a is added"),
                          fact("accounts", "group_added", "a", risk, "the group a is added"),
                          fact("units", "unit_changed", "u.service", Risk::none, "u.service x"),
                          fact("units", "unit_hardening", "u.service", risk, "u.service y")}));
        REQUIRE(told.sentences.size() == 2);
        CHECK(std::max(told.sentences[0].risk, told.sentences[1].risk) ==
              std::max(risk, Risk::low));
    }
}

TEST_CASE("letters that look like others, and those nobody sees, are drawn by their number") {
    const auto told =
        explain(effects_with({fact("units", "unit_added", "\u0455shd.service", Risk::notice,
                                   "\u0455shd.service is added\u202e")}));
    CHECK(told.sentences[0].text == "\\u{0455}shd.service is added\\u{202E}");
    CHECK(explanation::drawn("größe 日本 дом") == "größe 日本 дом");
}

TEST_CASE("nothing, too much, and only another build each have a headline of their own") {
    Effects none = effects_with({});
    CHECK(explanation::headline(none) == "Changes only the build, nothing that runs");
    none.to = none.from;
    CHECK(explanation::headline(none) == "Changes nothing");
    none.truncated = true;
    CHECK(explanation::headline(none) == "More changes than can be listed");
}
