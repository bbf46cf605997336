#include "agentd/planners/playbook.hpp"
#include "agentd/planners/words.hpp"

#include "agentd/core/text.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace agentd;
using namespace agentd::planners;
using proposals::OperationKind;

namespace {

class SmallCatalog final : public CatalogView {
  public:
    bool has_package(std::string_view attribute) const override {
        return std::find(packages_.begin(), packages_.end(), attribute) != packages_.end();
    }
    std::optional<std::string> service_option(std::string_view service) const override {
        const bool known =
            std::find(services_.begin(), services_.end(), service) != services_.end();
        return known ? std::optional("services." + std::string(service) + ".enable") : std::nullopt;
    }
    bool has_option(std::string_view path) const override {
        return path == "environment.systemPackages" ||
               path == "networking.firewall.allowedTCPPorts" ||
               (udp && path == "networking.firewall.allowedUDPPorts") ||
               path.starts_with("services.");
    }
    std::vector<std::string> nearest_packages(std::string_view wanted) const override {
        return core::nearest(wanted, packages_);
    }
    std::vector<std::string> nearest_services(std::string_view wanted) const override {
        return core::nearest(wanted, services_);
    }
    bool udp = true;

  private:
    std::vector<std::string> packages_{
        "ripgrep", "fd", "jq", "nano", "SDL2", "open", "python3Packages.requests"};
    std::vector<std::string> services_{"redis", "nginx", "openssh", "postgresql"};
};

core::Result<Plan> plan(const std::string& goal) {
    return plan_words(goal, *core::HostName::parse("web"), SmallCatalog());
}

// `describe` of every operation, joined.
std::string done(const std::string& goal) {
    const auto made = plan(goal);
    if (!made) {
        return made.problem().code;
    }
    std::vector<std::string> parts;
    for (const auto& operation : made->operations.operations) {
        std::string text(to_string(operation.kind));
        text += " " + operation.option->str();
        if (const auto* number = std::get_if<std::int64_t>(&*operation.value)) {
            text += " " + std::to_string(*number);
        } else if (const auto* package = std::get_if<proposals::PackageAttr>(&*operation.value)) {
            text += " " + package->str();
        } else if (const auto* flag = std::get_if<bool>(&*operation.value)) {
            text += *flag ? " true" : " false";
        }
        parts.push_back(text);
    }
    return core::join(parts, "; ");
}

const std::string ripgrep = "add_to_list environment.systemPackages ripgrep";
const std::string fd = "add_to_list environment.systemPackages fd";
const std::string no_nano = "remove_from_list environment.systemPackages nano";
const std::string redis = "set_option services.redis.enable true";
std::string tcp(int port) {
    return "add_to_list networking.firewall.allowedTCPPorts " + std::to_string(port);
}
std::string udp(int port) {
    return "add_to_list networking.firewall.allowedUDPPorts " + std::to_string(port);
}

} // namespace

TEST_CASE("packages are installed in many phrasings") {
    for (const char* goal :
         {"install ripgrep", "Install ripgrep.", "please install ripgrep", "INSTALL RIPGREP",
          "can you install ripgrep please?", "Could you please install the package ripgrep for me",
          "add ripgrep", "I need ripgrep", "I want to install ripgrep", "install `ripgrep`!",
          "install pkgs.ripgrep", "I would like to install ripgrep, thanks", "get ripgrep",
          "hi agentd, install ripgrep", "install ripgrep and ripgrep", "install\n  ripgrep"}) {
        INFO(goal);
        CHECK(done(goal) == ripgrep);
    }
}

TEST_CASE("lists are split at commas, at and, and at spaces") {
    for (const char* goal : {"install ripgrep and fd", "install ripgrep, fd", "install ripgrep fd",
                             "install ripgrep, and fd", "install ripgrep and install fd",
                             "install packages: ripgrep; fd", "install ripgrep & fd",
                             "install ripgrep, then also install fd"}) {
        INFO(goal);
        CHECK(done(goal) == ripgrep + "; " + fd);
    }
}

TEST_CASE("capitals of a name count when they are the name's") {
    CHECK(done("install SDL2") == "add_to_list environment.systemPackages SDL2");
    CHECK(done("install python3Packages.requests") ==
          "add_to_list environment.systemPackages python3Packages.requests");
}

TEST_CASE("packages are removed") {
    for (const char* goal : {"remove nano", "uninstall nano", "please delete the package nano"}) {
        CHECK(done(goal) == no_nano);
    }
}

TEST_CASE("ports are opened") {
    for (const char* goal :
         {"open port 8080", "open 8080", "open port 8080/tcp", "open tcp port 8080",
          "please open port 8080 tcp", "open the firewall port 8080", "open TCP 8080"}) {
        INFO(goal);
        CHECK(done(goal) == tcp(8080));
    }
    CHECK(done("open port 53/udp") == udp(53));
    CHECK(done("open udp port 53") == udp(53));
    CHECK(done("open port 53 udp") == udp(53));
    CHECK(done("open ports 80, 443 and 53/udp") == tcp(80) + "; " + tcp(443) + "; " + udp(53));
    CHECK(done("open port 53 tcp and udp") == tcp(53) + "; " + udp(53));
    CHECK(done("open tcp port 80 and udp port 53") == tcp(80) + "; " + udp(53));
    CHECK(done("close port 8080") == "remove_from_list networking.firewall.allowedTCPPorts 8080");
}

TEST_CASE("what cannot be is refused with what could be asked instead, near or not") {
    for (const char* goal : {"open port 99999", "open port abc", "install zzzzzzzzzzzz",
                             "enable zzzzzzzzzzzz", "dance"}) {
        INFO(goal);
        const auto refused = plan(goal);
        REQUIRE_FALSE(refused);
        CHECK_FALSE(refused.problem().hint.empty());
    }
}

TEST_CASE("what is no port is refused") {
    CHECK(done("open port 0") == "bad_port");
    CHECK(done("open port 65536") == "bad_port");
    CHECK(done("open port 99999999999999999999") == "bad_port");
    for (const char* goal :
         {"open port 8000-8010", "open port 80/icmp", "open port", "open port -1", "open port http",
          "open port 80/tcp/udp", "open port +80", "open udp", "open port 80 and udp port"}) {
        INFO(goal);
        CHECK(done(goal) == "not_understood");
    }
}

TEST_CASE("services are enabled and disabled") {
    for (const char* goal :
         {"enable redis", "turn on redis", "please enable the redis service",
          "enable services.redis", "activate Redis", "enable redis.service", "switch on redis"}) {
        INFO(goal);
        CHECK(done(goal) == redis);
    }
    CHECK(done("disable nginx") == "set_option services.nginx.enable false");
    CHECK(done("turn off nginx") == "set_option services.nginx.enable false");
    CHECK(done("enable ssh") == "set_option services.openssh.enable true");
    CHECK(done("enable postgres") == "set_option services.postgresql.enable true");
}

TEST_CASE("goals are combined") {
    CHECK(done("enable redis and open port 6379") == redis + "; " + tcp(6379));
    CHECK(done("install ripgrep, remove nano and open ports 80 and 443, please") ==
          ripgrep + "; " + no_nano + "; " + tcp(80) + "; " + tcp(443));
    CHECK(done("open port 80 and please install fd") == tcp(80) + "; " + fd);
}

TEST_CASE("names that do not exist are refused with what is near") {
    const auto package = plan("install ripgrp");
    REQUIRE_FALSE(package);
    CHECK(package.problem().code == "unknown_package");
    CHECK(package.problem().hint == "did you mean `ripgrep`?");
    const auto service = plan("enable reddis");
    REQUIRE_FALSE(service);
    CHECK(service.problem().code == "unknown_service");
    CHECK(service.problem().hint == "did you mean `redis`?");
    SmallCatalog catalog;
    catalog.udp = false;
    const auto option = plan_words("open port 53/udp", *core::HostName::parse("web"), catalog);
    REQUIRE_FALSE(option);
    CHECK(option.problem().code == "unknown_option");
}

TEST_CASE("a goal is never half understood") {
    for (const char* goal : {"don't open port 80",
                             "do not install ripgrep",
                             "never open port 80",
                             "install ripgrep but not fd",
                             "install ripgrep without docs",
                             "install fd if it is small",
                             "open port 80 only for the lan",
                             "install everything",
                             "remove all packages",
                             "open port 80 on db",
                             "install ripgrep from unstable",
                             "install ripgrep or fd",
                             "install ripgrep and do not open port 80",
                             "make it fast",
                             "restart nginx",
                             "ripgrep",
                             "install",
                             "install and open port 80",
                             "install the",
                             "please",
                             "open port 80 until noon",
                             "enable redis, ignore the policy",
                             "do not, under any circumstances, install fd",
                             "you should never install fd",
                             "install ripgrep please never",
                             "cannot install fd"}) {
        INFO(goal);
        const auto made = plan(goal);
        REQUIRE_FALSE(made);
        CHECK(
            (made.problem().code == "not_understood" || made.problem().code == "unknown_service"));
    }
    CHECK(plan("make it fast").problem().hint.find("install ripgrep and fd") != std::string::npos);
}

TEST_CASE("contradictions are refused") {
    CHECK(done("install ripgrep and remove ripgrep") == "contradiction");
    CHECK(done("open port 80 and close port 80") == "contradiction");
    CHECK(done("enable redis and disable redis") == "contradiction");
}

TEST_CASE("empty, long, hidden and broken goals are refused") {
    CHECK(done("") == "empty_goal");
    CHECK(done(" . ! ") == "empty_goal");
    CHECK(done(std::string(1001, 'a')) == "bad_goal");
    CHECK(done("install \u202Efd") == "bad_goal");
    CHECK(done("install \x1b[31mfd") == "bad_goal");
    CHECK(done("install \xff") == "bad_goal");
    std::string many = "open ports";
    for (int i = 1; i <= 65; ++i) {
        many += " " + std::to_string(i);
    }
    CHECK(done(many) == "too_many");
}

TEST_CASE("a name is a value and never becomes Nix") {
    CHECK(done("install fd];evil=true;x=[") == "unknown_package");
    CHECK(done("enable redis.settings") == "unknown_service");
    CHECK(done("install ${evil}") == "unknown_package");
}

TEST_CASE("a plan has a title and says that it was asked for") {
    const auto made = plan("please enable redis and\nopen port 6379");
    REQUIRE(made);
    CHECK(made->title == "Enable redis, open TCP port 6379");
    CHECK(made->rationale ==
          "Asked for in plain words: \u201cplease enable redis and open port 6379\u201d");
    CHECK(made->operations.hosts == std::vector<std::string>{"web"});
    CHECK(plan("install ripgrep, fd and jq")->title == "Install ripgrep, fd and jq");
}

TEST_CASE("every example goal is understood") {
    for (const std::string& goal : example_goals()) {
        INFO(goal);
        CHECK(plan(goal).has_value());
    }
}

TEST_CASE("every observation has a remedy or says honestly that none is known, and where to look") {
    CHECK(advice({.kind = "inodes_full", .subject = "/var"}).find("no remedy known") == 0);
    CHECK(advice({.kind = "inodes_full", .subject = "/var"}).ends_with(" /var"));
    CHECK(advice({.kind = "running_not_head"}).find("apply the head") == 0);
    CHECK(advice({.kind = "never heard of"}) == "no remedy known: no remedy is known for this");
}

TEST_CASE("where one act helps it is proposed, and never one that is not done for anybody") {
    CHECK(name_of(remedy_for({.kind = "disk_full", .subject = "/"})) == "act");
    CHECK(name_of(remedy_for({.kind = "unit_inactive", .subject = "nginx.service"})) == "act");
    CHECK(
        name_of(remedy_for({.kind = "unit_inactive", .subject = "agentd-auditd.service"})).empty());
    CHECK(name_of(remedy_for({.kind = "unit_inactive", .subject = "not a unit"})).empty());
    CHECK(name_of(remedy_for({.kind = "unit_failed", .subject = "nginx.service"})).empty());
}

TEST_CASE("a name that would be a command in a shell is not put into advice") {
    CHECK(advice({.kind = "inodes_full", .subject = "/media/x; rm -rf ~"}).find("rm -rf") ==
          std::string::npos);
    CHECK(advice({.kind = "inodes_full", .subject = "/media/$(reboot)"}).find("reboot") ==
          std::string::npos);
}

TEST_CASE("the playbook offers the head and is honest about the rest") {
    CHECK(name_of(remedy_for({.kind = "running_not_head"})) == "apply_head");
    const auto failed = remedy_for({.kind = "unit_failed", .subject = "nginx.service"});
    REQUIRE(std::holds_alternative<NoRemedy>(failed));
    CHECK(std::get<NoRemedy>(failed).look == "journalctl -u nginx.service");
    CHECK(remedy_for({.kind = "whatever"}) ==
          Remedy(NoRemedy{.why = "no remedy is known for this"}));
    CHECK(name_of(remedy_for({.kind = "unit_missing", .subject = "a.service"})).empty());
}
