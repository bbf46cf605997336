#include "agentd/config.hpp"

#include "agentd/config_settings.hpp"
#include "agentd/config_values.hpp"
#include "agentd/core/failure.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;

namespace {

const std::string least = "host = \"web\"\nflake.upstream = \"/srv/flake.git\"\n";

Config good(const std::string& text) {
    const auto loaded = parse_config(text, "agentd.toml");
    UNSCOPED_INFO(describe(loaded.problems));
    REQUIRE(loaded.problems.empty());
    REQUIRE(loaded.config);
    return *loaded.config;
}

std::string trouble(const std::string& text) {
    const auto loaded = parse_config(text, "agentd.toml");
    CHECK(loaded.config.has_value() == loaded.problems.empty());
    if (loaded.problems.empty()) {
        return "none";
    }
    UNSCOPED_INFO(describe(loaded.problems));
    return loaded.problems[0].code + " " + loaded.problems[0].where;
}

std::string check(const std::string& fields) {
    return trouble(least + "[[health.check]]\n" + fields);
}

} // namespace

TEST_CASE("a file with a host and a repository is enough") {
    const Config config = good(least);
    const Config plain{.host = *core::HostName::parse("web")};
    CHECK(config.host.str() == "web");
    CHECK(config.flake.upstream == "/srv/flake.git");
    CHECK(config.state.directory == plain.state.directory);
    CHECK(config.audit.directory == plain.audit.directory);
    CHECK(config.audit.socket == plain.audit.socket);
    CHECK(config.sockets.admin == plain.sockets.admin);
    CHECK(config.sockets.apply == plain.sockets.apply);
    CHECK(config.flake.branch == plain.flake.branch);
    CHECK(config.flake.landing == plain.flake.landing);
    CHECK(config.nix.evaluation == plain.nix.evaluation);
    CHECK(config.nix.build == plain.nix.build);
    CHECK(config.nix.memory_mb == plain.nix.memory_mb);
    CHECK(config.nix.log_kb == plain.nix.log_kb);
    CHECK(config.web.enable == plain.web.enable);
    CHECK(config.web.address == plain.web.address);
    CHECK(config.web.port == plain.web.port);
    CHECK(config.web.origins == plain.web.origins);
    CHECK(config.policy.file == plain.policy.file);
    CHECK(config.apply.approvers == plain.apply.approvers);
    CHECK(config.apply.directory == plain.apply.directory);
    CHECK(config.apply.way_back == plain.apply.way_back);
    CHECK(config.apply.settle == plain.apply.settle);
    CHECK(config.apply.watch == plain.apply.watch);
    CHECK(config.apply.profile == plain.apply.profile);
    CHECK(config.apply.statement == plain.apply.statement);
    CHECK(config.machine.kind == plain.machine.kind);
    CHECK(config.machine.root == plain.machine.root);
    CHECK(config.observe_interval == plain.observe_interval);
    CHECK(config.programs.separation == plain.programs.separation);
}

TEST_CASE("the printed file of defaults is a good one and means the same") {
    std::string text = settings_as_toml();
    text = "host = \"web\"\n" + text;
    const auto at = text.find("# upstream = ");
    REQUIRE(at != std::string::npos);
    text.replace(at, text.find('\n', at) - at, "upstream = \"/srv/flake.git\"");
    CHECK(good(text).web.port == 8484);
    CHECK(good(text).web.origins == std::vector<std::string>{"http://localhost:8484"});
}

TEST_CASE("every setting stands in the printed table") {
    const std::string table = settings_as_markdown();
    for (const Setting& row : settings()) {
        CHECK(table.find("`" + std::string(row.key) + "`") != std::string::npos);
        CHECK_FALSE(row.meaning.empty());
    }
    CHECK(table.find("`health.check.timeout_seconds` | 1 to 600 | `10`") != std::string::npos);
}

TEST_CASE("settings are read") {
    const Config config = good(least + R"(
flake.landing = "pull"
[web]
port = 9000
[apply]
way_back_seconds = 60
[machine]
kind = "demo"
root = "/tmp/demo"
[programs]
separation = false
[observe]
services = ["nginx.service"]
[[health.check]]
name = "page"
http = "http://127.0.0.1/"
timeout_seconds = 3
[[health.check]]
name = "web"
unit = "nginx.service"
required = false
)");
    CHECK(config.flake.landing == Landing::pull);
    CHECK(config.web.origins == std::vector<std::string>{"http://localhost:9000"});
    CHECK(config.apply.way_back == std::chrono::seconds(60));
    CHECK(config.machine.kind == MachineKind::demo);
    CHECK(config.machine.root == "/tmp/demo");
    CHECK_FALSE(config.programs.separation);
    CHECK(config.observe_services == std::vector<std::string>{"nginx.service"});
    REQUIRE(config.health.size() == 2);
    CHECK(config.health[0] == HealthCheck{.name = "page",
                                          .kind = HealthKind::http,
                                          .target = "http://127.0.0.1/",
                                          .timeout = std::chrono::seconds(3)});
    CHECK_FALSE(config.health[1].required);
}

TEST_CASE("a missing host or repository is told") {
    const auto loaded = parse_config("", "agentd.toml");
    REQUIRE(loaded.problems.size() == 2);
    CHECK(loaded.problems[0].message == "`host` is missing");
    CHECK(loaded.problems[1].message == "`flake.upstream` is missing");
    CHECK(trouble("host = \"\"\nflake.upstream = \"/a\"\n") == "bad_value agentd.toml:1:8");
    CHECK(trouble("host = \"a/b\"\nflake.upstream = \"/a\"\n") == "bad_value agentd.toml:1:8");
}

TEST_CASE("unknown settings are told with the nearest") {
    const auto loaded = parse_config(least + "[web]\nprot = 1\n[polcy]\n", "agentd.toml");
    REQUIRE(loaded.problems.size() == 2);
    CHECK(loaded.problems[0].where == "agentd.toml:4:1");
    CHECK(loaded.problems[0].hint == "did you mean `port`?");
    CHECK(loaded.problems[1].code == "unknown_key");
    CHECK(loaded.problems[1].hint.find("`policy`") != std::string::npos);
}

TEST_CASE("values of the wrong type or beyond their bounds are told once each") {
    CHECK(trouble(least + "[web]\nport = \"80\"\n") == "wrong_type agentd.toml:4:8");
    CHECK(trouble(least + "[web]\nport = 0\n") == "bad_value agentd.toml:4:8");
    CHECK(trouble(least + "[web]\nport = 65536\n") == "bad_value agentd.toml:4:8");
    CHECK(trouble(least + "[web]\nenable = 1\n") == "wrong_type agentd.toml:4:10");
    CHECK(trouble(least + "flake.landing = \"push\"\n") == "bad_value agentd.toml:3:17");
    CHECK(parse_config(least + "web = 3\n", "a").problems.size() == 1);
}

TEST_CASE("the page listens on an address, not on a name") {
    CHECK(good(least + "[web]\naddress = \"::1\"\n").web.address == "::1");
    for (const char* address : {"localhost", "127.0.0.1:80", "nonsense", "[::1]", "1.2.3"}) {
        INFO(address);
        CHECK(trouble(least + "[web]\naddress = \"" + address + "\"\n") ==
              "bad_value agentd.toml:4:11");
    }
}

TEST_CASE("over a network the page is served with TLS or not at all") {
    CHECK(trouble(least + "[web]\naddress = \"192.168.1.2\"\n") == "bad_value agentd.toml:4:11");
    CHECK(trouble(least + "[web]\naddress = \"::\"\n") == "bad_value agentd.toml:4:11");
    const std::string tls = "tls_certificate = \"/c.pem\"\ntls_key = \"/k.pem\"\n";
    CHECK(good(least + "[web]\naddress = \"0.0.0.0\"\n" + tls).web.tls_key == "/k.pem");
    CHECK(trouble(least + "[web]\ntls_certificate = \"/c.pem\"\n").starts_with("bad_value"));
    CHECK(trouble(least + "[web]\ntls_key = \"/k.pem\"\n").starts_with("bad_value"));
    CHECK(good(least + "[web]\nproxy_socket = \"/run/x.sock\"\n").web.proxy_user == "root");
    for (const char* header : {"Tailscale-User-Login", "host", "cookie", "a b", "a:"}) {
        CHECK(trouble(least + "[web]\nproxy_header = \"" + header + "\"\n") ==
              "bad_value agentd.toml:4:16");
    }
}

TEST_CASE("paths are absolute and plain") {
    for (const char* path : {"", "var/lib", "/var/../etc", "/var/./a", "//var", "/var/", "/a//b"}) {
        INFO(path);
        CHECK_FALSE(is_plain_path(path));
        CHECK(trouble(least + "[state]\ndirectory = \"" + path + "\"\n") ==
              "bad_value agentd.toml:4:13");
    }
    CHECK(is_plain_path("/"));
    CHECK(good(least + "[nix]\nnix = \"\"\n").nix.nix.empty());
    CHECK(trouble(least + "[nix]\nnix = \"nix\"\n").starts_with("bad_value"));
    CHECK(trouble("host = \"web\"\nflake.upstream = \"\"\n").starts_with("bad_value"));
}

TEST_CASE("a health check has one target of the right form") {
    CHECK(check("name = \"a\"\nunit = \"nginx.service\"\n") == "none");
    CHECK(check("name = \"a\"\ntcp = \"[::1]:80\"\n") == "none");
    CHECK(check("name = \"a\"\n") == "bad_value agentd.toml:4:8");
    CHECK(check("unit = \"nginx.service\"\n") == "missing_key agentd.toml:3:1");
    CHECK(check("name = \"a\"\nunit = \"a.service\"\ntcp = \"a:1\"\n").starts_with("bad_value"));
    CHECK(check("name = \"a\"\nunit = \"nginx\"\n").starts_with("bad_value"));
    for (const char* tcp : {"80", ":80", "host:", "host:0", "host:65536", "a b:1", "a:+1"}) {
        INFO(tcp);
        CHECK(check("name = \"a\"\ntcp = \"" + std::string(tcp) + "\"\n").starts_with("bad_value"));
    }
    for (const char* page : {"file:///etc", "https://127.0.0.1/", "http://", "http://a b/"}) {
        CHECK(check("name = \"a\"\nhttp = \"" + std::string(page) + "\"\n") ==
              "bad_value agentd.toml:5:8");
    }
    CHECK(check("name = \"a\"\nunit = \"a.service\"\ntimeout = 3\n").starts_with("unknown_key"));
    CHECK(check("name = \"a\"\nunit = \"a.service\"\n[[health.check]]\nname = \"a\"\n"
                "unit = \"b.service\"\n") == "bad_value agentd.toml:7:8");
}

TEST_CASE("commands, names, disks and logins are checks too") {
    const Config config = good(least + R"(
[[health.check]]
name = "database"
command = ["/run/current-system/sw/bin/pg_isready", "-q"]
start_period_seconds = 60
retries = 0
[[health.check]]
name = "room"
disk = "/var"
free_mb = 1
free_inodes = 2
[[health.check]]
name = "login"
ssh = "127.0.0.1:22"
ssh_user = "health"
ssh_key = "/etc/agentd/health-key"
[[health.check]]
name = "names"
dns = "cache.nixos.org"
)");
    REQUIRE(config.health.size() == 4);
    CHECK(config.health[0] == HealthCheck{.name = "database",
                                          .kind = HealthKind::command,
                                          .target = "/run/current-system/sw/bin/pg_isready",
                                          .arguments = {"-q"},
                                          .start_period = std::chrono::seconds(60),
                                          .retries = 0});
    CHECK(config.health[1] == HealthCheck{.name = "room",
                                          .kind = HealthKind::disk,
                                          .target = "/var",
                                          .free_mb = 1,
                                          .free_inodes = 2});
    CHECK(config.health[2] == HealthCheck{.name = "login",
                                          .kind = HealthKind::ssh,
                                          .target = "127.0.0.1:22",
                                          .ssh_user = "health",
                                          .ssh_key = "/etc/agentd/health-key"});
    CHECK(config.health[3].target == "cache.nixos.org");
}

TEST_CASE("a health check that cannot be carried out is refused where it stands") {
    for (const char* wrong :
         {"command = \"/bin/true\"", "command = [\"true\"]", "command = []", "dns = \"-a\"",
          "dns = \"a b\"", "disk = \"var\"", "disk = \"/a/../b\"", "ssh = \"127.0.0.1\"",
          "dns = \"a\"\ndisk = \"/\"", "ssh = \"a:22\"\nssh_user = \"b\"",
          "ssh = \"a:22\"\nssh_key = \"/b\"", "ssh = \"a:22\"\nssh_user=\"b\"\nssh_key = \"b\"",
          "dns = \"a\"\nssh_user = \"b\"\nssh_key = \"/b\"", "dns = \"a\"\nretries = -1",
          "disk = \"/\"\nfree_mb = -1", "tcp = \"[x]:1\""}) {
        INFO(wrong);
        const std::string said = check("name = \"a\"\n" + std::string(wrong) + "\n");
        CHECK((said.starts_with("bad_value agentd.toml:") ||
               said.starts_with("wrong_type agentd.toml:")));
    }
}

TEST_CASE("origins have no path and no wildcard") {
    for (const char* origin : {"*", "localhost", "http://", "http://a/", "http://a/b", "ftp://a"}) {
        INFO(origin);
        CHECK(trouble(least + "[web]\norigins = [\"" + std::string(origin) + "\"]\n")
                  .starts_with("bad_value"));
    }
    CHECK(good(least + "[web]\norigins = [\"https://a.example\"]\n").web.origins.size() == 1);
}

TEST_CASE("separation and the machine's root are given up only in a demo") {
    CHECK(trouble(least + "[programs]\nseparation = false\n").starts_with("bad_value"));
    CHECK(trouble(least + "[machine]\nroot = \"/tmp/x\"\n").starts_with("bad_value"));
}

TEST_CASE("hidden characters in a setting are refused") {
    CHECK(trouble(least + "[sockets]\nadmin_group = \"a\\u202Eb\"\n").starts_with("bad_value"));
    CHECK(trouble(least + "[sockets]\nadmin_group = \"a\\nb\"\n").starts_with("bad_value"));
    CHECK(trouble(least + "[sockets]\nadmin_group = \"a\\u0000b\"\n").starts_with("bad_value"));
}

TEST_CASE("a configuration that cannot be read is a failure") {
    CHECK_THROWS_AS(load_config("/nonexistent/agentd.toml"), core::Failure);
}
