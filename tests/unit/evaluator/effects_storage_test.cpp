#include "tests/unit/evaluator/effects_machine.hpp"

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {

constexpr auto root_line = "/dev/disk/by-label/nixos / ext4 defaults,x-initrd.mount 0 1\n";

proposals::Effects fstab(const std::string& before, const std::string& after) {
    Pair pair;
    auto old_machine = plain_machine();
    auto new_machine = old_machine;
    old_machine.etc["fstab"] = root_line + before;
    new_machine.etc["fstab"] = root_line + after;
    return pair.compare(old_machine, new_machine);
}

/// Empty text: the unit is not there.
proposals::Effects unit(const std::string& name, const std::string& before,
                        const std::string& after) {
    Pair pair;
    auto old_machine = plain_machine();
    auto new_machine = old_machine;
    if (!before.empty())
        old_machine.units[name] = before;
    if (!after.empty())
        new_machine.units[name] = after;
    return pair.compare(old_machine, new_machine);
}

proposals::Effects tmpfiles(const std::string& before, const std::string& after) {
    Pair pair;
    auto old_machine = plain_machine();
    auto new_machine = old_machine;
    old_machine.etc["tmpfiles.d/app.conf"] = before;
    new_machine.etc["tmpfiles.d/app.conf"] = after;
    return pair.compare(old_machine, new_machine);
}

proposals::Effects update(const std::string& before, const std::string& after) {
    Pair pair;
    auto old_machine = plain_machine();
    auto new_machine = old_machine;
    old_machine.packages = {pair.store.package(before)};
    new_machine.packages = {pair.store.package(after)};
    return pair.compare(old_machine, new_machine);
}

} // namespace

TEST_CASE("a mount unit is a mount, an automount and a swap unit are what they are") {
    const std::string mount = "[Mount]\nWhat=tmpfs\nWhere=/var\nType=tmpfs\n";
    CHECK(the(unit("var.mount", "", mount), "mount_added").risk == Risk::critical);
    CHECK(the(unit("var.mount", mount, ""), "mount_removed").subject == "/var");
    CHECK(the(unit("srv.mount", "[Mount]\nWhat=/dev/sdb\nWhere=/srv\nOptions=nosuid\n",
                   "[Mount]\nWhat=/dev/sdc\nWhere=/srv\nOptions=nosuid\n"),
              "mount_changed")
              .risk == Risk::critical);
    CHECK(the(unit("srv.automount", "", "[Automount]\nWhere=/srv\n"), "mount_added").subject ==
          "/srv (when first used)");
    const auto swap = unit("dev-sdb.swap", "", "[Swap]\nWhat=/dev/sdb\n");
    CHECK(the(swap, "swap_changed").subject == "swap /dev/sdb");
    CHECK(the(swap, "swap_changed").sentence == "/dev/sdb is used as swap space");
    CHECK_FALSE(has(swap, "mount_added"));
}

TEST_CASE("a masked mount is one taken away, whoever made it") {
    const auto found = unit("home.mount", "", "/dev/null");
    CHECK(the(found, "mount_removed").subject == "/home");
    CHECK(the(found, "mount_removed").risk == Risk::critical);
    CHECK_FALSE(has(unit("home.mount", "/dev/null", "/dev/null"), "mount_removed"));
}

TEST_CASE("a drop-in for a mount changes how it is mounted") {
    const auto found = unit("srv-my\\x2dmedia.mount.d/x.conf", "", "[Mount]\nOptions=suid\n");
    CHECK(the(found, "mount_changed").subject == "/srv/my-media");
}

TEST_CASE("swap that goes is told, and so is another device for it") {
    CHECK(the(fstab("/swapfile none swap defaults\n", ""), "swap_changed").sentence ==
          "/swapfile is no longer used as swap space");
    CHECK(
        the(fstab("/swapfile none swap defaults\n", "/swapfile none swap pri=1\n"), "swap_changed")
            .subject == "swap /swapfile");
}

TEST_CASE("another device is not hidden by the guard that goes with it") {
    const auto found =
        fstab("/dev/sdb1 /data ext4 ro,nosuid 0 2\n", "/dev/sdc1 /data ext4 rw 0 2\n");
    CHECK(the(found, "mount_changed").risk == Risk::critical);
    CHECK(the(found, "mount_changed").sentence ==
          "/data will be /dev/sdc1 instead of /dev/sdb1: what is on it now will not be seen there; "
          "it loses nosuid, ro");
    CHECK(the(fstab("/dev/sdb1 /data ext4 ro,nosuid 0 2\n", "/dev/sdb1 /data ext4 rw 0 2\n"),
              "mount_changed")
              .sentence == "/data loses the guard nosuid, ro");
}

TEST_CASE("a vital place is vital however it is spelled") {
    for (const auto* place : {"/home/", "//home", "/./home", "/home//", "/srv/../home"}) {
        CAPTURE(place);
        CHECK(the(fstab("", "/dev/sdb1 " + std::string(place) + " ext4 rw 0 2\n"), "mount_added")
                  .risk == Risk::critical);
    }
    CHECK(fstab("/dev/sdb1 /data/ ext4 rw 0 2\n", "/dev/sdb1 /data ext4 rw 0 2\n").effects.empty());
}

TEST_CASE("a folder that is opened to others is not harmless") {
    CHECK_FALSE(has(tmpfiles("d /var/lib/app 0750 app app -\n", "d /var/lib/app 0700 app app -\n"),
                    "tmpfiles_rule"));
    const auto found =
        tmpfiles("d /var/lib/app 0700 app app -\n", "d /var/lib/app 0755 app app -\n");
    CHECK(the(found, "tmpfiles_rule").risk == Risk::high);
    CHECK(the(found, "tmpfiles_rule").sentence ==
          "/var/lib/app is opened to more accounts than before (mode 0700, now 0755)");
    CHECK(has(tmpfiles("d /var/lib/app 0700\n", "d /var/lib/app\n"), "tmpfiles_rule"));
}

TEST_CASE("a new main version of what keeps data is told, however many numbers make one") {
    for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{
             {"mariadb-server-10.6.18", "mariadb-server-10.11.8"},
             {"mysql-8.0.36", "mysql-8.4.0"},
             {"postgresql-15.5", "postgresql-16.1"},
             {"postgresql-9.5.2", "postgresql-9.6.1"},
             {"mongodb-6.0.1", "mongodb-7.0.1"}}) {
        CAPTURE(before, after);
        const auto found = update(before, after);
        CHECK(the(found, "data_migration").risk == Risk::high);
    }
    for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{
             {"mariadb-server-10.6.17", "mariadb-server-10.6.18"},
             {"postgresql-15.5", "postgresql-15.6"},
             {"hello-2.12", "hello-3.0"}}) {
        CAPTURE(before, after);
        CHECK_FALSE(has(update(before, after), "data_migration"));
    }
}
