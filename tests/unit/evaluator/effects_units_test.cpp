#include "tests/unit/evaluator/effects_machine.hpp"

#include "evaluator/effects/unit_file.hpp"

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {
proposals::Effects with_unit(const std::string& name, const std::string& text) {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.units[name] = text;
    return pair.compare(before, after);
}
} // namespace

TEST_CASE("units are read as systemd reads them") {
    effects::UnitSettings settings;
    effects::Assignments assigned;
    CHECK(effects::merge_unit_text(
        "[Service]\n# c\nExecStart=a \\\n; note\n  b\nExecStart=\nExecStart=c\nUser = x \n",
        settings, assigned));
    CHECK(settings["Service.ExecStart"] == std::vector<std::string>{"c"});
    CHECK(settings["Service.User"] == std::vector<std::string>{"x"});
    CHECK_FALSE(effects::merge_unit_text("[Service]\ngarbage\n", settings, assigned));
    CHECK_FALSE(effects::merge_unit_text("User=root\n", settings, assigned));
    CHECK_FALSE(effects::merge_unit_text("[Service]\nUser=a\rUser=root\n", settings, assigned));
}

TEST_CASE("a service without a user is told to run as root") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.units["job.service"] = "[Service]\nExecStart=" + pair.busybox + "/bin/sh\n";
    const auto found = pair.compare(before, after);
    CHECK(the(found, "unit_added").subject == "job.service");
    CHECK(the(found, "unit_root_exec").risk == Risk::high);
}

TEST_CASE("a service with a user of its own runs nothing as root") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.units["job.service"] = "[Service]\nUser=job\nExecStart=" + pair.busybox + "/bin/sh\n";
    CHECK(names(pair.compare(before, after)) ==
          std::vector<std::string>{"units/unit_added job.service"});
    after.units["job.service"] = "[Service]\nUser=job\nExecStartPre=+" + pair.busybox + "/bin/sh\n";
    CHECK(has(pair.compare(before, after), "unit_root_exec"));
}

TEST_CASE("a description that breaks its line cannot smuggle in a command") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.units["web.service"] =
        "[Unit]\nDescription=x\n[Service]\nExecStartPre=/tmp/evil\nUser=root\n";
    const auto& effect = the(pair.compare(before, after), "unit_root_exec");
    CHECK(effect.risk == Risk::critical);
    CHECK(effect.sentence.find("/tmp/evil") != std::string::npos);
}

TEST_CASE("a drop-in changes the unit it belongs to") {
    const auto found =
        with_unit("web.service.d/overrides.conf", "[Service]\nNoNewPrivileges=false\nUser=root\n");
    const auto& effect = the(found, "unit_changed");
    CHECK(effect.subject == "web.service");
    CHECK(effect.risk == Risk::high);
}

TEST_CASE("a drop-in for all services is grave") {
    const auto found = with_unit("service.d/all.conf", "[Service]\nExecStartPre=/tmp/evil\n");
    CHECK(the(found, "unit_root_exec").risk == Risk::critical);
}

TEST_CASE("lost protection is named") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.units["web.service"] = "[Unit]\nDescription=Web\n[Service]\nUser=web\n";
    const auto& effect = the(pair.compare(before, after), "unit_changed");
    CHECK(effect.risk == Risk::high);
    CHECK(effect.sentence == "web.service loses protection: NoNewPrivileges");
}

TEST_CASE("a masked unit is removed") {
    const auto found = with_unit("web.service", "/dev/null");
    CHECK(the(found, "unit_removed").sentence == "web.service is switched off for good (masked)");
}

TEST_CASE("a unit that is a link out of the store cannot be judged") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.units.erase("web.service");
    const auto a = pair.build(before);
    const auto b = pair.build(after);
    MiniStore::link("/tmp/web.service",
                    std::filesystem::canonical(b.path + "/etc/systemd/system").string() +
                        "/web.service");
    CHECK(the(pair.compare(a, b), "unit_unreadable").risk == Risk::high);
}

TEST_CASE("another build of the same package only restarts the service") {
    Pair pair;
    auto before = plain_machine();
    auto after = before;
    before.units["x.service"] =
        "[Service]\nExecStart=" + pair.store.package("tool-1.0") + "/bin/run\n";
    after.units["x.service"] =
        "[Service]\nExecStart=" + pair.store.package("tool-1.1") + "/bin/run\n";
    const auto found = pair.compare(before, after);
    CHECK(names(found) == std::vector<std::string>{"packages/package_updated tool",
                                                   "units/unit_changed x.service"});
    CHECK(the(found, "unit_changed").risk == Risk::low);
}

TEST_CASE("another program under the same command is another command") {
    Pair pair;
    auto before = plain_machine();
    auto after = before;
    before.units["x.service"] =
        "[Service]\nExecStart=" + pair.store.package("tool-1.0") + "/bin/run\n";
    after.units["x.service"] =
        "[Service]\nExecStart=" + pair.store.package("evil-1.0") + "/bin/run\n";
    CHECK(has(pair.compare(before, after), "unit_root_exec"));
}

TEST_CASE("a unit that is started by something else has changed") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.wants["multi-user.target"] = {"web.service"};
    CHECK(the(pair.compare(before, after), "unit_changed").after == "started by=multi-user.target");
}

TEST_CASE("something that is no unit among the units stays unclassified") {
    CHECK(the(with_unit("notes.txt", "x"), "unclassified_added").subject ==
          "etc/systemd/system/notes.txt");
}

TEST_CASE("a unit of agentd that changes or stops it is critical") {
    CHECK(the(with_unit("evil.service", "[Unit]\nConflicts=agentd.service\n"), "agentd_changed")
              .risk == Risk::critical);
    CHECK(the(with_unit("agentd.service", "/dev/null"), "agentd_changed").risk == Risk::critical);
    CHECK(has(with_unit("agentd.service.d/x.conf", "[Service]\nUser=root\n"), "agentd_changed"));
}

TEST_CASE("what lost protection comes to is counted") {
    Pair pair;
    auto before = plain_machine();
    before.units["web.service"] =
        "[Service]\nUser=web\nNoNewPrivileges=true\nProtectSystem=strict\n"
        "SystemCallFilter=~@mount\nExecStart=" +
        pair.busybox + "/bin/sh\n";
    auto after = before;
    after.units["web.service"] =
        "[Service]\nNoNewPrivileges=true\nProtectSystem=no\nSystemCallFilter=~@mount\nExecStart=" +
        pair.busybox + "/bin/sh\n";
    const auto effect = the(pair.compare(before, after), "unit_hardening");
    CHECK(effect.before == "4 of 38 protections");
    CHECK(effect.after == "2 of 38 protections");
    CHECK_FALSE(has(pair.compare(after, before), "unit_hardening"));
}

TEST_CASE("a timer, a socket and a path unit say what they do otherwise") {
    Pair pair;
    auto before = plain_machine();
    before.units["a.timer"] = "[Timer]\nOnCalendar=daily\n";
    before.units["a.socket"] = "[Socket]\nListenStream=/run/a.sock\n";
    before.units["a.path"] = "[Path]\nPathExists=/run/a\n";
    auto after = before;
    after.units["a.timer"] = "[Timer]\nOnCalendar=weekly\n";
    after.units["a.socket"] = "[Socket]\nListenStream=/run/b.sock\n";
    after.units["a.path"] = "[Path]\nPathExists=/run/b\n";
    std::vector<std::string> said;
    for (const auto& each : pair.compare(before, after).effects)
        said.push_back(each.sentence);
    CHECK(said ==
          std::vector<std::string>{"a.path watches /run/b instead of /run/a",
                                   "a.socket listens on /run/b.sock instead of /run/a.sock",
                                   "a.timer starts its service at weekly instead of daily"});
}

TEST_CASE("what a credential in a unit says is printed nowhere") {
    for (const std::string key : {"SetCredential", "SetCredentialEncrypted"}) {
        CAPTURE(key);
        Pair pair;
        auto before = plain_machine();
        before.units["web.service"] = "[Service]\nUser=web\n" + key + "=token:hunter1\n";
        auto after = before;
        after.units["web.service"] =
            "[Service]\nUser=web\n" + key + "=token:hunter2\n" + key + "=hunter2\n";
        const auto found = pair.compare(before, after);
        CHECK(the(found, "unit_changed").after == key + "=…");
        CHECK(the(found, "secret_changed").subject == "token of web.service");
        CHECK(proposals::canonical_bytes(found).find("hunter") == std::string::npos);
    }
}
