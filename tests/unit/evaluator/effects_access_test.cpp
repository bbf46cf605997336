#include "tests/unit/evaluator/effects_machine.hpp"

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {

constexpr auto key =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJlIGdvb2QgdG8gb25lIGFub3RoZXIhISEh mallory@x\n";

proposals::Effects with_etc(const std::string& name, const std::string& text) {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.etc[name] = text;
    return pair.compare(before, after);
}

proposals::Effects with_users(const std::string& from, const std::string& to) {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    const auto at = after.users.find(from);
    REQUIRE(at != std::string::npos);
    after.users.replace(at, from.size(), to);
    return pair.compare(before, after);
}

proposals::Effects with_sshd(const std::string& text) {
    return with_etc("ssh/sshd_config", text);
}

} // namespace

TEST_CASE("root that may log in with a password is critical, and nothing else is said") {
    const auto found = with_sshd("Port 22\nPermitRootLogin yes\nPasswordAuthentication no\n");
    CHECK(names(found) == std::vector<std::string>{"ssh/sshd_root_login PermitRootLogin"});
    CHECK(found.effects[0].risk == Risk::critical);
    CHECK(found.effects[0].before == "prohibit-password");
    CHECK(found.effects[0].after == "yes");
}

TEST_CASE("the first value of a keyword counts, as in sshd") {
    const auto same =
        with_sshd("Port 22\npermitrootlogin prohibit-password\nPasswordAuthentication no\n"
                  "PermitRootLogin yes\n");
    CHECK(names(same) == // nothing it takes for granted, but nothing it passes over either
          std::vector<std::string>{"unclassified/unclassified_changed etc/ssh/sshd_config"});
    CHECK(has(with_sshd("PermitRootLogin yes\nPort 22\nPermitRootLogin "
                        "prohibit-password\nPasswordAuthentication no\n"),
              "sshd_root_login"));
}

TEST_CASE("a default that comes into force is told") {
    const auto found = with_sshd("Port 22\nPermitRootLogin prohibit-password\n");
    CHECK(the(found, "sshd_password_login").after == "yes");
}

TEST_CASE("a Match block that lets root in is critical") {
    const auto found =
        with_sshd("Port 22\nPermitRootLogin prohibit-password\nPasswordAuthentication no\n"
                  "Match Address 203.0.113.0/24\nPermitRootLogin yes\n");
    CHECK(the(found, "sshd_root_login").risk == Risk::critical);
    CHECK(the(found, "sshd_root_login").subject == "match Address 203.0.113.0/24: permitrootlogin");
}

TEST_CASE("an include of something outside the system cannot be judged") {
    const auto found = with_sshd("Include /var/lib/x/*.conf\nPort 22\n");
    CHECK(the(found, "sshd_unreadable").risk == Risk::critical);
    CHECK_FALSE(has(found, "unclassified_changed"));
}

TEST_CASE("an included file of the system counts where it is included") {
    Pair pair;
    auto before = plain_machine();
    before.etc["ssh/sshd_config"] = "Include sshd_config.d/*.conf\nPermitRootLogin no\n";
    before.etc["ssh/sshd_config.d/a.conf"] = "Port 22\n";
    auto after = before;
    after.etc["ssh/sshd_config.d/a.conf"] = "Port 22\nPermitRootLogin yes\n";
    CHECK(the(pair.compare(before, after), "sshd_root_login").risk == Risk::critical);
}

TEST_CASE("keys taken from a place others may write are critical") {
    CHECK(the(with_sshd("Port 22\nPermitRootLogin prohibit-password\nPasswordAuthentication no\n"
                        "AuthorizedKeysFile /tmp/keys/%u\n"),
              "sshd_setting")
              .risk == Risk::critical);
    CHECK(the(with_sshd("Port 22\nPermitRootLogin prohibit-password\nPasswordAuthentication no\n"
                        "AuthorizedKeysCommand /tmp/x\n"),
              "sshd_setting")
              .risk == Risk::critical);
}

TEST_CASE("a key for root is told with its fingerprint") {
    const auto found = with_etc("ssh/authorized_keys.d/root", key);
    REQUIRE(names(found).size() == 1);
    CHECK(found.effects[0].kind == "ssh_key_added");
    CHECK(found.effects[0].risk == Risk::critical);
    CHECK(found.effects[0].subject.starts_with("root: ssh-ed25519 SHA256:"));
    CHECK(found.effects[0].subject.ends_with("mallory@x"));
}

TEST_CASE("tmpfiles that write keys or files of agentd are critical") {
    CHECK(the(with_etc("tmpfiles.d/x.conf",
                       "f+ /root/.ssh/authorized_keys 0600 root root - ssh-ed25519 AAAA\n"),
              "ssh_key_added")
              .risk == Risk::critical);
    CHECK(the(with_etc("tmpfiles.d/x.conf", "L+ /etc/agentd/policy.toml - - - - /tmp/p\n"),
              "agentd_changed")
              .risk == Risk::critical);
    CHECK(the(with_etc("tmpfiles.d/x.conf", "C /etc/shadow - - - - /tmp/p\n"), "tmpfiles_rule")
              .risk == Risk::critical);
    CHECK(has(with_etc("tmpfiles.d/x.conf", "? /var/lib/x\n"), "unclassified_added"));
    CHECK(names(with_etc("tmpfiles.d/x.conf", "d /var/lib/redis 0700 redis redis -\n")) ==
          std::vector<std::string>{
              "storage/tmpfiles_directory /var/lib/redis (etc/tmpfiles.d/x.conf)"});
    for (const char* mode : {":0700", "~0750", ":~0700", ":-"})
        CHECK(has(with_etc("tmpfiles.d/x.conf",
                           "d /var/lib/redis " + std::string(mode) + " :redis :redis -\n"),
                  "tmpfiles_directory"));
    for (const char* mode : {"0777", ":0777", "~1777"})
        CHECK(has(with_etc("tmpfiles.d/x.conf",
                           "d /var/lib/redis " + std::string(mode) + " redis redis -\n"),
                  "tmpfiles_rule"));
}

TEST_CASE("only a new folder of a service's own is harmless among the rules of tmpfiles") {
    for (const auto* line : {"d /run/systemd/system 0755 alice users -",
                             "d /run//systemd/system 0755 root root -",
                             "d /run/./systemd 0755 root root -",
                             "D /var/lib/postgresql 0700 postgres postgres -",
                             "d /var/lib/x 0755 root root 1d",
                             "e /var/lib/jo[b] 0755 mallory",
                             "d /var/lib/jo[b] 0755 root",
                             "d /run/x 0773",
                             "d /run/x 0770 x x",
                             "d /run/x 4755 root root",
                             "d /run/x u+w root root",
                             "d! /run/x 0755 root root -",
                             "d \"/run/x y\" 0755 root root -",
                             "d /run/x\\x2fy 0755 root root -",
                             "d /run/%b 0755 root root -",
                             "q /var/lib/x/* 0755",
                             "d /var/lib/postgresql 0750 alice -",
                             "d /var/lib/x 0750 root users -",
                             "d /var/spool/cron 0755 root root -",
                             "x /var/lib/x",
                             "Q /var/lib/x 0755 root root - - more"}) {
        CAPTURE(line);
        const auto found = with_etc("tmpfiles.d/x.conf", std::string(line) + "\n");
        CHECK(the(found, "tmpfiles_rule").risk >= Risk::high);
        CHECK_FALSE(has(found, "tmpfiles_directory"));
    }
    CHECK(the(with_etc("tmpfiles.d/x.conf", "d /run/systemd/system 0755 alice users -\n"),
              "tmpfiles_rule")
              .risk == Risk::critical);
    for (const auto* line :
         {"d /var/lib/app 0750 root root -", "'d' '/var/lib/x' '0750' 'x' 'x' '-' -",
          "d /var/lib/postgresql 0700 postgres postgres - -", "v /var/cache/x", "q /run/x 755 x"})
        CHECK(has(with_etc("tmpfiles.d/x.conf", std::string(line) + "\n"), "tmpfiles_directory"));
}

TEST_CASE("sudo without a password is critical") {
    const auto found = with_etc(
        "sudoers", "root ALL=(ALL:ALL) SETENV: ALL\n%wheel ALL=(ALL:ALL) NOPASSWD: SETENV: ALL\n");
    CHECK(names(found) == std::vector<std::string>{"accounts/sudo_changed etc/sudoers"});
    CHECK(found.effects[0].risk == Risk::critical);
    CHECK(found.effects[0].sentence.find("no password") != std::string::npos);
}

TEST_CASE("a login that accepts everybody is critical") {
    CHECK(the(with_etc("pam.d/sshd", "auth sufficient pam_permit.so\n"), "pam_changed").risk ==
          Risk::critical);
    CHECK(the(with_etc("polkit-1/rules.d/10-x.rules",
                       "polkit.addRule(function(a,s){return polkit.Result.YES;});\n"),
              "sudo_changed")
              .risk == Risk::critical);
}

TEST_CASE("a sudoers file that others may write is not explained") {
    Pair pair;
    auto before = plain_machine();
    before.etc["sudoers.mode"] = "0440\n";
    auto after = before;
    after.etc["sudoers"] += "# new\n";
    after.etc["sudoers.mode"] = "0666\n";
    CHECK(the(pair.compare(before, after), "unclassified_changed").subject == "etc/sudoers.mode");
}

TEST_CASE("a new user, its groups and its power are told") {
    const auto found = with_users(R"(["alice"])", R"(["alice","bob"])");
    CHECK(names(found) == std::vector<std::string>{"accounts/admin_granted bob in wheel"});
    const auto primary = with_users(R"("users":[)", R"("users":[{"name":"eve","group":"wheel"},)");
    CHECK(has(primary, "admin_granted"));
    CHECK(the(primary, "user_added").risk == Risk::high);
    CHECK(has(with_users(R"(["alice"])", "[]"), "admin_revoked"));
}

TEST_CASE("a second root is critical") {
    const auto found =
        with_users(R"("users":[)", R"("users":[{"name":"toor","group":"users","uid":0},)");
    CHECK(the(found, "user_is_root").risk == Risk::critical);
}

TEST_CASE("a changed password is told without the password") {
    const auto found = with_users("$6$secret", "$6$other");
    const auto effect = the(found, "user_changed");
    CHECK(effect.sentence == "the user alice changes: hashedPassword");
    CHECK(effect.before->find("secret") == std::string::npos);
    CHECK(effect.after->find("other") == std::string::npos);
}

TEST_CASE("accounts that cannot be read are unclassified") {
    for (const auto* text : {"{", "[]", R"({"users":[1],"groups":[]})", R"({"users":[]})"}) {
        Pair pair;
        const auto before = plain_machine();
        auto after = before;
        after.users = text;
        CHECK(the(pair.compare(before, after), "unclassified_changed").subject ==
              "users-groups.json");
    }
}

TEST_CASE("the loss of the last known way in is critical, that of one of two is not said so") {
    Pair pair;
    auto before = plain_machine();
    before.etc["ssh/sshd_config"] = "Port 22\nPermitRootLogin no\nPasswordAuthentication no\n"
                                    "KbdInteractiveAuthentication no\n"
                                    "AuthorizedKeysFile /etc/ssh/authorized_keys.d/%u\n";
    before.etc["ssh/authorized_keys.d/alice"] = key;
    before.units["sshd.service"] = "[Service]\nExecStart=" + pair.busybox + "/bin/sh\n";
    before.units["firewall.service"] =
        pair.firewall_unit("ip46tables -A nixos-fw -p tcp --dport 22 -j nixos-fw-accept\n");
    before.wants["multi-user.target"] = {"sshd.service", "firewall.service"};
    const auto lost = [&](const Machine& after) {
        return has(pair.compare(before, after), "ssh_locked_out");
    };
    CHECK_FALSE(lost(before));
    auto after = before;
    after.etc.erase("ssh/authorized_keys.d/alice");
    CHECK(lost(after));
    after.etc["ssh/authorized_keys.d/root"] = key; // root may not log in here
    CHECK(lost(after));
    after.etc["ssh/sshd_config"] += "Match all\n";
    after.etc["ssh/sshd_config"].replace(8, 18, "PermitRootLogin yes");
    CHECK_FALSE(lost(after));
    after = before;
    after.units["firewall.service"] = pair.firewall_unit("");
    CHECK(lost(after));
    after = before;
    after.etc["ssh/sshd_config"].replace(5, 2, "2222");
    CHECK(lost(after));
    after = before;
    after.wants["multi-user.target"] = {"firewall.service"};
    CHECK(lost(after));
    after = before;
    after.users.replace(after.users.find("[\"alice\"]"), 9, "[]");
    CHECK(lost(after));
}

TEST_CASE("accounts that userborn makes are read from its list") {
    const auto with = [](Pair& pair, const std::string& members, const std::string& more) {
        auto machine = plain_machine();
        const auto list = pair.store.file(
            "userborn.json", R"({"groups":[{"name":"wheel","gid":1,"members":[)" + members +
                                 R"(]}],"users":[{"name":"alice","uid":1000,"group":"users",)"
                                 R"("isNormal":true})" +
                                 more + "]}");
        machine.units["userborn.service"] =
            "[Service]\nExecStart=" + pair.busybox + "/bin/sh " + list + " /etc\n";
        machine.users = "";
        return machine;
    };
    Pair pair;
    const auto found = pair.compare(
        with(pair, "", ""),
        with(pair, R"("alice")", R"(,{"name":"svc","uid":990,"group":"svc","isNormal":false})"));
    CHECK(has(found, "admin_granted"));
    CHECK(the(found, "user_added").risk == Risk::low);
    CHECK_FALSE(has(found, "unit_root_exec"));
}

TEST_CASE("of two lists of accounts none is believed") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.activation += "\n" + pair.store.file("users-groups.json", R"({"users":[],"groups":[]})");
    CHECK(the(pair.compare(before, after), "unclassified_changed").subject == "users-groups.json");
}
