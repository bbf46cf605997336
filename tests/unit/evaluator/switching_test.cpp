#include "tests/unit/evaluator/effects_machine.hpp"

#include "evaluator/switching/boot.hpp"
#include "evaluator/switching/moves.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace agentd;
using namespace agentd::test;

namespace {

using Strings = std::vector<std::string>;

/// Two systems that differ in these units, and what would be done to those that run.
proposals::SwitchPlan plan(const std::map<std::string, std::string>& before,
                           const std::map<std::string, std::string>& after,
                           std::vector<std::string> running,
                           const std::vector<std::string>& wanted = {},
                           const std::string& old_fstab = "", const std::string& new_fstab = "",
                           const std::map<std::string, std::string>& files = {},
                           const std::map<std::string, Strings>& more_wants = {}) {
    Pair pair;
    auto one = plain_machine(), other = plain_machine();
    one.units.insert(before.begin(), before.end());
    other.units.insert(after.begin(), after.end());
    other.wants["multi-user.target"] = wanted;
    one.etc["fstab"] = old_fstab;
    other.etc["fstab"] = new_fstab;
    other.files.insert(files.begin(), files.end());
    for (const auto& [target, units] : more_wants) {
        one.wants[target] = other.wants[target] = units;
    }
    const effects::StoreReader store(pair.store.prefix);
    const auto side = [&](const Machine& machine) {
        auto built = pair.build(machine);
        auto read = effects::read_side(store, built.path, built.closure);
        REQUIRE(read);
        return std::move(*read);
    };
    const auto from = side(one), to = side(other);
    const auto moves = evaluator::switching::moves_between(from, to);
    const auto again = proposals::moves_from_json(proposals::to_json(moves));
    REQUIRE(again);
    CHECK(*again == moves);
    std::sort(running.begin(), running.end());
    return proposals::plan_of(moves, running);
}

proposals::SwitchPlan changed(const std::string& unit, const std::string& before,
                              const std::string& after) {
    return plan({{unit, before}}, {{unit, after}}, {unit});
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("a unit that changed is restarted where it runs, and let alone where it does not") {
    const std::string old_text = "[Service]\nExecStart=/a\n",
                      new_text = "[Service]\nExecStart=/b\n";
    CHECK(changed("a.service", old_text, new_text).restart == Names{"a.service"});
    CHECK(changed("a.service", old_text, old_text) == proposals::SwitchPlan{});
    CHECK(plan({{"a.service", old_text}}, {{"a.service", new_text}}, {}).restart.empty());
    const proposals::SwitchMoves moves{
        .moves = {{.unit = "a@.service", .action = proposals::UnitAction::restart}}};
    CHECK(proposals::plan_of(moves, {"a@x.service"}).restart == Names{"a@x.service"});
}

TEST_CASE("an instance that is wanted by name is its template, with what is dropped in") {
    const std::string old_text = "[Service]\nExecStart=/a\n",
                      new_text = "[Service]\nExecStart=/b\n";
    CHECK(plan({{"a@.service", old_text}}, {{"a@.service", new_text}}, {"a@home.service"},
               {"a@home.service"})
              .restart == Names{"a@home.service"});
    CHECK(plan({{"a@.service", old_text}}, {{"a@.service", old_text}}, {"a@home.service"},
               {"a@home.service"})
              .restart.empty());
}

TEST_CASE("what acts is sent before what is only wanted, and what is left out is told") {
    std::map<std::string, std::string> before, after;
    std::vector<std::string> wanted;
    const std::string text = "[Service]\nExecStart=/a\n";
    for (std::size_t i = 0; i < proposals::SwitchMoves::max_moves + 8; ++i) {
        wanted.push_back("a" + std::to_string(i) + ".service");
    }
    before["sshd.service"] = text;
    after["sshd.service"] = "[Service]\nExecStart=/b\n";
    const auto crowded = plan(before, after, {"sshd.service"}, wanted);
    CHECK(crowded.restart == Names{"sshd.service"});
    CHECK(crowded.truncated);
    CHECK_FALSE(plan(before, after, {"sshd.service"}).truncated);
}

TEST_CASE("a name, a description or an install section restarts nothing") {
    CHECK(changed("a.service", "[Unit]\nDescription=x\n[Service]\nExecStart=/a\n",
                  "[Unit]\nDescription=y\nOnFailure=b.service\n[Service]\nExecStart=/a\n[Install]\n"
                  "WantedBy=multi-user.target\n") == proposals::SwitchPlan{});
}

TEST_CASE("the marks of NixOS decide between restart, reload and letting be") {
    const std::string old_text = "[Service]\nExecStart=/a\n";
    const auto marked = [&](const std::string& mark) {
        return changed("a.service", old_text, "[Service]\nExecStart=/b\n" + mark);
    };
    CHECK(marked("X-RestartIfChanged=false\n").keep == Names{"a.service"});
    CHECK(marked("X-ReloadIfChanged=true\n").reload == Names{"a.service"});
    CHECK(marked("X-StopIfChanged=false\n").restart == Names{"a.service"});
    CHECK(marked("[Unit]\nRefuseManualStop=true\n").keep == Names{"a.service"});
    CHECK(marked("[Unit]\nX-OnlyManualStart=yes\n").keep == Names{"a.service"});
    CHECK(changed("a.service", "[Unit]\nX-Reload-Triggers=/a\n" + old_text,
                  "[Unit]\nX-Reload-Triggers=/b\n" + old_text)
              .reload == Names{"a.service"});
    CHECK(changed("a.service", "[Unit]\nX-Reload-Triggers=/a\n" + old_text, old_text) ==
          proposals::SwitchPlan{});
    CHECK(changed("a.service", "[Unit]\nX-Restart-Triggers=/a\n" + old_text,
                  "[Unit]\nX-Restart-Triggers=/b\n" + old_text)
              .restart == Names{"a.service"});
}

TEST_CASE("what is gone is stopped, unless it says that it may stay") {
    CHECK(plan({{"a.service", "[Service]\nExecStart=/a\n"}}, {}, {"a.service"}).stop ==
          Names{"a.service"});
    CHECK(plan({{"a.service", "[Unit]\nX-StopOnRemoval=false\n"}}, {}, {"a.service"}) ==
          proposals::SwitchPlan{});
}

TEST_CASE("what a target wants is started, whether it is new or was stopped") {
    const std::string text = "[Service]\nExecStart=/a\n";
    CHECK(plan({}, {{"a.service", text}}, {}, {"a.service"}).start == Names{"a.service"});
    CHECK(plan({{"a.service", text}}, {{"a.service", text}}, {}, {"a.service"}).start ==
          Names{"a.service"});
    CHECK(plan({}, {{"a.service", text}}, {}).start.empty());
    CHECK(plan({{"a.service", text}}, {{"a.service", text}}, {"a.service"}, {"a.service"}) ==
          proposals::SwitchPlan{});
}

TEST_CASE("what did not change and does not run is started only where the boot leads to it") {
    const std::string text = "[Service]\nExecStart=/a\n";
    const auto started = [&](std::map<std::string, std::string> units, bool fresh) {
        units["default.target"] = "[Unit]\nWants=multi-user.target\n";
        auto before = units;
        if (fresh) {
            before.erase("a.service");
        }
        return plan(before, units, {}, {}, "", "", {}, {{"x.target", {"a.service"}}}).start;
    };
    const std::string wanting = "[Unit]\nWants=x.target\n";
    CHECK(started({{"a.service", text}}, false).empty());
    CHECK(started({{"a.service", text}}, true) == Names{"a.service"});
    CHECK(started({{"a.service", text}, {"b.target", wanting}, {"basic.target", wanting}}, false) ==
          Names{"a.service"});
    // What a target of systemd's own pulls in is not to be seen.
    CHECK_FALSE(evaluator::switching::booted_units({{"default.target", {}}}).has_value());
    const auto conditional = "[Unit]\nConditionPathExists=/x\n" + text;
    CHECK(started({{"a.service", conditional}, {"basic.target", wanting}}, false).empty());
    CHECK(started({{"a.service", conditional}, {"basic.target", wanting}}, true) ==
          Names{"a.service"});
}

TEST_CASE("timers restart; sockets, paths and slices do not; targets are only started") {
    CHECK(
        changed("a.timer", "[Timer]\nOnCalendar=daily\n", "[Timer]\nOnCalendar=weekly\n").restart ==
        Names{"a.timer"});
    CHECK(changed("a.socket", "[Socket]\nListenStream=1\n", "[Socket]\nListenStream=2\n").keep ==
          Names{"a.socket"});
    for (const auto* name : {"a.path", "a.slice", "a.target"}) {
        CHECK(changed(name, "[Unit]\nAfter=a\n", "[Unit]\nAfter=b\n") == proposals::SwitchPlan{});
    }
    CHECK(changed("a.mount", "[Mount]\nOptions=ro\n", "[Mount]\nOptions=rw\n").reload ==
          Names{"a.mount"});
}

TEST_CASE("what a socket starts stops, and the socket is started anew") {
    const std::map<std::string, std::string> before{{"a.service", "[Service]\nExecStart=/a\n"},
                                                    {"a.socket", "[Socket]\nListenStream=1\n"}};
    auto after = before;
    after["a.service"] = "[Service]\nExecStart=/b\n";
    const auto made = plan(before, after, {"a.service", "a.socket"});
    CHECK(made.stop == Names{"a.service"});
    CHECK(made.restart == Names{"a.socket"});
    CHECK(plan(before, after, {"a.service"}).restart == Names{"a.service"});
    after["a.service"] += "X-NotSocketActivated=true\n";
    CHECK(plan(before, after, {"a.service", "a.socket"}).restart == Names{"a.service"});
}

TEST_CASE("a restart that leaves what was started, as that of sshd does, says so") {
    const auto made = changed("sshd.service", "[Service]\nExecStart=/a\nKillMode=process\n",
                              "[Service]\nExecStart=/b\nKillMode=process\n");
    CHECK(made.restart == Names{"sshd.service"});
    CHECK(made.goes_on == Names{"sshd.service"});
}

TEST_CASE("mounts of fstab go, are made anew or reloaded as they changed") {
    const auto made =
        plan({}, {}, {"srv-a\\x2db.mount", "home.mount", "old.mount"}, {},
             "/dev/a /srv/a-b ext4 defaults\n/dev/h /home ext4 ro\n/dev/o /old ext4\n",
             "/dev/b /srv/a-b ext4 defaults\n/dev/h /home ext4 rw\n");
    CHECK(made.stop == Names{"old.mount"});
    CHECK(made.restart == Names{"srv-a\\x2db.mount"});
    CHECK(made.reload == Names{"home.mount"});
}

TEST_CASE("whether the root and the store are unmounted for another device is for the new system's "
          "release to say") {
    const std::string old_fstab = "/dev/a / ext4 defaults\n/dev/n /nix ext4 ro\n";
    const std::string new_fstab = "/dev/b / ext4 defaults\n/dev/m /nix ext4 rw\n";
    const auto with = [&](const std::string& switches) {
        return plan({}, {}, {"-.mount", "nix.mount"}, {}, old_fstab, new_fstab,
                    {{"bin/switch-to-configuration", switches}});
    };
    for (const std::string newer :
         {"#!/bin/perl\nif ($mount_point eq '/' or $mount_point eq '/nix') {\n",
          "\x7f"
          "ELF",
          "#!/bin/bash\n"}) {
        const auto made = with(newer);
        CHECK(made.keep == Names{"-.mount"});
        CHECK(made.reload == Names{"nix.mount"});
        CHECK(made.stop.empty());
        CHECK(made.restart.empty());
    }
    const auto made =
        with("#! /nix/store/x/bin/perl\n# Filesystem type or device changed, so unmount "
             "and mount it.\n$units_to_stop{$unit} = 1; # '/nix' is no exception\n");
    CHECK(made.restart == Names{"-.mount", "nix.mount"});
    CHECK(made.keep.empty());
}

TEST_CASE("a place that is mounted on demand is watched, and one that loses noauto is mounted") {
    const auto made = plan({}, {}, {}, {}, "/dev/b /srv/b ext4 noauto\n",
                           "/dev/a /srv/a ext4 x-systemd.automount,noauto\n"
                           "/dev/b /srv/b ext4 defaults\n");
    CHECK(made.start == Names{"srv-a.automount", "srv-b.mount"});
    CHECK(made.reload.empty());
}

TEST_CASE("swap that goes is switched off, and what is new is mounted unless it says noauto") {
    const auto made = plan({}, {}, {"dev-s.swap", "dev-t.swap"}, {},
                           "/dev/s none swap defaults\n/dev/t none swap defaults\n",
                           "/dev/t none swap pri=5\n/dev/u none swap defaults\n"
                           "/dev/a /srv/a ext4 defaults\n/dev/b /srv/b ext4 ro,noauto\n");
    CHECK(made.stop == Names{"dev-s.swap"});
    CHECK(made.start == Names{"dev-u.swap", "srv-a.mount"});
    CHECK(made.restart.empty());
}

TEST_CASE("moves that no worker would send are refused") {
    auto json = proposals::to_json(proposals::SwitchMoves{.moves = {{.unit = "a.service"}}});
    json["moves"][0]["action"] = "explode";
    CHECK_FALSE(proposals::moves_from_json(json).has_value());
    json = proposals::to_json(proposals::SwitchMoves{});
    json["more"] = 1;
    CHECK_FALSE(proposals::moves_from_json(json).has_value());
}
