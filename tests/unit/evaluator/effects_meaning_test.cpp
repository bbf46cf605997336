/// What a unit says to systemd, where a reader may take it for something else.
#include "tests/unit/evaluator/effects_machine.hpp"

#include "evaluator/effects/unit_file.hpp"

#include <algorithm>

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {

constexpr const char* web = "[Unit]\nDescription=Web\n[Service]\nUser=web\nNoNewPrivileges=true\n";

/// The plain machine with `units` in addition, or instead.
proposals::Effects with_units(const std::map<std::string, std::string>& units) {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    for (const auto& [name, text] : units)
        after.units[name] = text;
    return pair.compare(before, after);
}

proposals::Effects changed(const std::string& before, const std::string& after) {
    Pair pair;
    auto old_one = plain_machine();
    auto new_one = old_one;
    old_one.units["web.service"] = before;
    new_one.units["web.service"] = after;
    return pair.compare(old_one, new_one);
}

Risk worst(const proposals::Effects& found) {
    return proposals::max_risk(found);
}

} // namespace

TEST_CASE("an empty assignment takes back a list, and of anything else nothing") {
    effects::UnitSettings settings;
    effects::Assignments assigned;
    CHECK(effects::merge_unit_text("[Unit]\nRequires=a.service\nRequires=\n[Service]\n"
                                   "PrivateNetwork=yes\nPrivateNetwork=\nEnvironment=A=b\n"
                                   "Environment=\nUser=web\nUser=\n",
                                   settings, assigned));
    CHECK(settings["Service.PrivateNetwork"] == std::vector<std::string>{"yes"});
    CHECK(settings["Unit.Requires"] == std::vector<std::string>{"a.service"});
    CHECK(settings["Service.Environment"].empty());
    CHECK(settings["Service.User"].empty());
    CHECK(assigned["Service.PrivateNetwork"] == std::vector<std::string>{"yes", ""});
}

TEST_CASE("what was assigned and taken back is never silent") {
    for (const std::string more :
         {"PrivateNetwork=yes\nPrivateNetwork=\n",
          "StandardOutput=append:/etc/x\nStandardOutput=\n", "ExecStartPre=/tmp/x\nExecStartPre=\n",
          "ProtectHome=\n", "[Unit]\nSuccessAction=poweroff-force\nSuccessAction=\n"}) {
        CAPTURE(more);
        const auto found = changed(web, web + more);
        CHECK(has(found, "unit_changed"));
    }
    CHECK(worst(changed(web, std::string(web) + "ProtectHome=\n")) == Risk::high);
}

TEST_CASE("an empty set of capabilities that goes is a protection lost") {
    const auto found = changed(std::string(web) + "CapabilityBoundingSet=\n", web);
    CHECK(the(found, "unit_changed").risk == Risk::high);
}

TEST_CASE("one of several conditions or times that is emptied empties the others") {
    const std::string timer = "[Timer]\nOnBootSec=5\nOnCalendar=daily\n";
    Pair pair;
    auto before = plain_machine();
    auto after = before;
    before.units["a.timer"] = "[Timer]\nOnCalendar=\nOnBootSec=5\nUnit=web.service\n";
    after.units["a.timer"] = "[Timer]\nOnBootSec=5\nOnCalendar=\nUnit=web.service\n";
    CHECK(the(pair.compare(before, after), "unit_changed").risk == Risk::high);
}

TEST_CASE("a drop-in counts where systemd reads it: not below, not hidden") {
    const std::string evil = "[Service]\nUser=root\nExecStart=\nExecStart=/tmp/evil\n";
    const std::string undo = "[Service]\nUser=web\nExecStart=\n";
    for (const std::string name : {"web.service.d/b/c.conf", "web.service.d/.z.conf"}) {
        CAPTURE(name);
        const auto found = with_units({{"web.service.d/-a.conf", evil}, {name, undo}});
        CHECK(the(found, "unit_root_exec").risk == Risk::critical);
        CHECK(the(found, "unclassified_added").subject == "etc/systemd/system/" + name);
    }
}

TEST_CASE("a drop-in that is a link to nothing masks nothing") {
    const auto found = with_units({{"web.service.d/a.conf", "[Service]\nExecStartPre=+/tmp/evil\n"},
                                   {"web.service.d/z.conf", "/dev/null"}});
    CHECK(the(found, "unit_root_exec").risk == Risk::critical);
    CHECK_FALSE(has(found, "unit_removed"));
}

TEST_CASE("only an odd backslash at its end continues a line") {
    std::string slashes;
    for (int count = 1; count <= 4; ++count) {
        slashes += '\\';
        CAPTURE(slashes);
        const auto found = changed(web, std::string(web) + "X-Web-Triggers=a" + slashes +
                                            "\nExecStartPre=+/tmp/evil\n");
        CHECK(has(found, "unit_root_exec") == (count % 2 == 0));
    }
}

TEST_CASE("comments, blank lines and other builds of a unit are no change of it") {
    CHECK(changed(web, "# a comment \\\n" + std::string(web) + "\n\n; another\n").effects.empty());
    Pair pair;
    auto before = plain_machine();
    auto after = before;
    for (auto* machine : {&before, &after})
        machine->units["web.service"] =
            web + ("ExecStart=" + pair.store.package("web-1.0") + "/bin/run\n");
    for (const auto& each : pair.compare(before, after).effects)
        CHECK(each.risk <= Risk::notice);
}

TEST_CASE("another way to write the same is told") {
    const auto found = changed(std::string(web) + "Nice=5\n", std::string(web) + "Nice=\\\n5\n");
    CHECK(the(found, "unit_changed").risk == Risk::high);
}

TEST_CASE("a wish to start a unit that leads to nothing is none") {
    Pair pair;
    auto before = plain_machine();
    before.wants["multi-user.target"] = {"web.service"};
    auto after = before;
    after.wants["multi-user.target"].clear();
    after.units["multi-user.target.wants/web.service"] = "/dev/null";
    const auto found = pair.compare(before, after);
    CHECK(the(found, "unit_changed").before == "started by=multi-user.target");
}

namespace {

proposals::Effects with_sshd(const std::string& before, const std::string& after) {
    const std::string base = "Port 22\nPermitRootLogin no\nPasswordAuthentication no\n";
    Pair pair;
    auto old_one = plain_machine();
    auto new_one = old_one;
    old_one.etc["ssh/sshd_config"] = base + before;
    new_one.etc["ssh/sshd_config"] = base + after;
    return pair.compare(old_one, new_one);
}

} // namespace

TEST_CASE("what sshd is told under Match all counts more than what stands above") {
    const auto found =
        with_sshd("", "Match all\nPermitRootLogin yes\nPasswordAuthentication yes\n");
    CHECK(the(found, "sshd_root_login").risk == Risk::critical);
    CHECK(the(found, "sshd_password_login").risk == Risk::high);
}

TEST_CASE("of Match blocks that both fit the first one counts") {
    const std::string one = "Match Address 192.0.2.0/24\nPasswordAuthentication no\n";
    const std::string two = "Match User alice\nPasswordAuthentication yes\n";
    CHECK(the(with_sshd(one + two, two + one), "sshd_setting").risk == Risk::high);
}

TEST_CASE("a keyword of sshd in quotes, or a comment behind a value, is what sshd takes it for") {
    CHECK(the(with_sshd("Match User al\n", "Match User al\n\"PermitRootLogin\" yes # no\n"),
              "sshd_root_login")
              .risk == Risk::critical);
}

TEST_CASE("sshd settings in another order are no change, those written otherwise are told") {
    CHECK(with_sshd("UseDNS no\nX11Forwarding no\n", "X11Forwarding  no\n# x\nUseDNS no\n")
              .effects.empty());
    CHECK(the(with_sshd("Banner none\n", "Banner none\nBanner /etc/x\n"), "unclassified_changed")
              .risk == Risk::high);
}

namespace {

std::string accounts(const std::string& root, const std::string& users, const std::string& groups) {
    return R"({"groups":[{"gid":0,"members":[],"name":"root"},{"gid":1,"members":[],"name":"wheel"})" +
           groups + R"(],"mutableUsers":false,"users":[{"group":"root","name":"root","uid":0)" +
           root + R"(},{"group":"users","isSystemUser":false,"name":"mallory","uid":1000})" +
           users + "]}";
}

} // namespace

TEST_CASE("a password or a shell of the store that says something else is another one") {
    for (const std::string field : {"hashedPasswordFile", "shell"}) {
        CAPTURE(field);
        Pair pair;
        auto before = plain_machine();
        auto after = before;
        const auto with = [&](const std::string& text) {
            return accounts(",\"" + field + "\":\"" + pair.store.file("thing", text) + "\"", "",
                            "");
        };
        before.users = with("a");
        after.users = with("b");
        CHECK(the(pair.compare(before, after), "user_changed").risk == Risk::critical);
        after.users = with("a");
        CHECK_FALSE(has(pair.compare(before, after), "user_changed"));
    }
}

TEST_CASE("to the machine a group and a user are their numbers") {
    const auto with = [](const std::string& users, const std::string& groups) {
        Pair pair;
        auto before = plain_machine();
        before.users = accounts("", "", "");
        auto after = before;
        after.users = accounts("", users, groups);
        return pair.compare(before, after);
    };
    const auto grown = with("", R"(,{"gid":1,"members":["mallory"],"name":"games"})");
    CHECK(the(grown, "admin_granted").subject == "mallory in wheel");
    CHECK(the(grown, "group_added").after == "mallory");
    const auto primary = with(R"(,{"group":"games","isSystemUser":true,"name":"svc","uid":77})",
                              R"(,{"gid":1,"members":[],"name":"games"})");
    CHECK(the(primary, "admin_granted").subject == "svc in wheel");
    const auto twin = with(R"(,{"group":"svc","isSystemUser":true,"name":"svc","uid":1000})", "");
    CHECK(the(twin, "user_changed").risk == Risk::critical);
    CHECK(the(with("", R"(,{"gid":51,"members":["mallory"],"name":"agentd-admin"})"),
              "agentd_changed")
              .risk == Risk::critical);
}

TEST_CASE("a drop-in for another name of a unit counts for the unit") {
    Pair pair;
    auto machine = plain_machine();
    machine.units["nginx.service"] = "[Service]\nUser=n\nExecStart=" + pair.busybox + "/bin/sh\n";
    machine.units["nginx.service.d/b.conf"] = "[Service]\nUser=other\n";
    const auto with = [&](const std::string& file, const std::string& text) {
        const auto built = pair.build(machine);
        const auto units = std::filesystem::canonical(built.path + "/etc/systemd/system").string();
        MiniStore::link(std::filesystem::canonical(units + "/nginx.service").string(),
                        units + "/web-server.service");
        if (!file.empty())
            MiniStore::write(units + "/web-server.service.d/" + file, text);
        return built;
    };
    const auto before = with("", "");
    const auto root = pair.compare(before, with("c.conf", "[Service]\nUser=root\n"));
    CHECK(the(root, "unit_root_exec").subject == "nginx.service");
    CHECK_FALSE(
        has(pair.compare(before, with("a.conf", "[Service]\nUser=root\n")), "unit_root_exec"));
    CHECK(the(pair.compare(before, with("b.conf", "[Service]\nUser=root\n")), "unit_unreadable")
              .subject == "nginx.service");
}
