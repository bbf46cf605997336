/// Sites, databases, backups, the log, names and the kernel, in plain words.
#include "tests/unit/goal/place.hpp"

using namespace agentd;
using namespace agentd::tests;

TEST_CASE("sites are said with their server, and what they lead to") {
    const Place place;
    const std::vector<Sentence> all{
        {"Set up nginx for example.org proxying to port 3000",
         R"(set services.nginx.enable to true, and set services.nginx.virtualHosts."example.org".locations."/".proxyPass to "http://127.0.0.1:3000")"},
        {"proxy git.example.org to localhost:3000 with caddy",
         R"(set services.caddy.enable to true, and set services.caddy.virtualHosts."git.example.org".extraConfig to "reverse_proxy http://localhost:3000" where nothing else is set)"},
        {"serve /srv/www on example.org with nginx over https for admin@example.org",
         R"(set services.nginx.enable to true, and set services.nginx.virtualHosts."example.org".root to "/srv/www", and set services.nginx.virtualHosts."example.org".enableACME to true, and set services.nginx.virtualHosts."example.org".forceSSL to true, and set security.acme.acceptTerms to true, and set security.acme.defaults.email to "admin@example.org")"},
    };
    for (const Sentence& one : all) {
        CHECK(place.said(one.goal) == one.says);
    }
    CHECK(place.said("serve /srv/www on example.org").starts_with("?set services.nginx.enable"));
}

TEST_CASE("databases are made in the server that is named") {
    const Place place;
    const std::vector<Sentence> all{
        {"create a postgres database called app",
         R"(set services.postgresql.enable to true, and add "app" to services.postgresql.ensureDatabases)"},
        {"create databases app and wiki in mariadb",
         R"(set services.mysql.enable to true, and add "app" to services.mysql.ensureDatabases, and add "wiki" to services.mysql.ensureDatabases)"},
        {"run a redis server", "set services.redis.servers.default.enable to true, and set "
                               "services.redis.servers.default.port to 6379"},
        {"run a redis server called cache on port 6380",
         "set services.redis.servers.cache.enable to true, and set "
         "services.redis.servers.cache.port "
         "to 6380"},
        {"set up a postgresql server", "set services.postgresql.enable to true"},
    };
    for (const Sentence& one : all) {
        CHECK(place.said(one.goal) == one.says);
    }
}

TEST_CASE("backups are jobs with what they need to begin") {
    const Place place;
    CHECK(
        place.said("set up a borg backup of /home to ssh://backup@nas/./repo every week") ==
        R"(add "/home" to services.borgbackup.jobs.home.paths, and set services.borgbackup.jobs.home.repo to "ssh://backup@nas/./repo", and set services.borgbackup.jobs.home.encryption.mode to "repokey-blake2", and set services.borgbackup.jobs.home.encryption.passCommand to "cat /root/borgbackup-home-passphrase", and set services.borgbackup.jobs.home.startAt to "weekly")");
    CHECK(
        place.said("back up /var/lib and /etc with restic to s3:https://s3.example.org/bucket") ==
        R"(add "/var/lib" to services.restic.backups.var-lib.paths, and add "/etc" to services.restic.backups.var-lib.paths, and set services.restic.backups.var-lib.repository to "s3:https://s3.example.org/bucket", and set services.restic.backups.var-lib.initialize to true, and set services.restic.backups.var-lib.passwordFile to "/root/restic-var-lib-password", and set services.restic.backups.var-lib.timerConfig.OnCalendar to "daily")");
}

TEST_CASE("the machine's log, names, kernel, sound and upgrades") {
    const Place place;
    const std::vector<Sentence> all{
        {"limit the journal to 500M",
         R"(set services.journald.extraConfig to "SystemMaxUse=500M" where nothing else is set)"},
        {"The journal should use at most 1 GB.",
         R"(set services.journald.extraConfig to "SystemMaxUse=1G" where nothing else is set)"},
        {"add 1.1.1.1 and 2606:4700:4700::1111 as dns servers",
         R"(add "1.1.1.1" to networking.nameservers, and add "2606:4700:4700::1111" to networking.nameservers)"},
        {"use the latest kernel",
         R"(set boot.kernelPackages to the package "linuxPackages_latest")"},
        {"enable IP forwarding", R"(set boot.kernel.sysctl."net.ipv4.ip_forward" to 1)"},
        {"enable sound with pipewire",
         "set security.rtkit.enable to true, and set services.pipewire.enable to true, and set "
         "services.pipewire.alsa.enable to true, and set services.pipewire.pulse.enable to true"},
        {"upgrade automatically every night at 4am and reboot if needed",
         R"(set system.autoUpgrade.enable to true, and set system.autoUpgrade.dates to "04:00", and set system.autoUpgrade.allowReboot to true)"},
        {"turn on automatic updates at 4:30 pm",
         R"(set system.autoUpgrade.enable to true, and set system.autoUpgrade.dates to "16:30")"},
    };
    for (const Sentence& one : all) {
        CHECK(place.said(one.goal) == one.says);
    }
    for (const std::string bad : {"use 1.1.1 as dns server", "upgrade automatically at 25:00",
                                  "upgrade automatically at 13pm", "limit the journal to lots"}) {
        CHECK(place.said(bad) == "!not_understood");
    }
}

TEST_CASE("what a site is said to be is a goal that says the same") {
    const Place place;
    for (const std::string goal :
         {"proxy git.example.org to localhost:3000 with caddy", "limit the journal to 500M",
          "run a redis server called cache"}) {
        const std::string once = place.said(goal);
        CHECK(place.said(once) == once);
    }
}
