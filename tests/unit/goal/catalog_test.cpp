/// Goals beside the names that a host has: what is there is taken, what is near is offered.
#include "agentd/core/text.hpp"
#include "tests/unit/goal/place.hpp"

#include <algorithm>

using namespace agentd;
using namespace agentd::tests;

namespace {

bool among(const std::vector<std::string>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

class SmallCatalog final : public planners::CatalogView {
  public:
    bool has_package(std::string_view attribute) const override {
        return among(packages_, attribute);
    }
    std::optional<std::string> service_option(std::string_view service) const override {
        return among(services_, service)
                   ? std::optional("services." + std::string(service) + ".enable")
                   : std::nullopt;
    }
    bool has_option(std::string_view path) const override {
        const auto service = path.starts_with("services.") && path.ends_with(".enable")
                                 ? path.substr(9, path.size() - 16)
                                 : "";
        return path == "environment.systemPackages" ||
               path == "networking.firewall.allowedTCPPorts" ||
               path == "networking.firewall.allowedUDPPorts" || among(services_, service);
    }
    std::vector<std::string> nearest_packages(std::string_view wanted) const override {
        return core::nearest(wanted, packages_);
    }
    std::vector<std::string> nearest_services(std::string_view wanted) const override {
        return core::nearest(wanted, services_);
    }

  private:
    std::vector<std::string> packages_{
        "ripgrep", "fd", "jq", "nano", "SDL2", "open", "python3Packages.requests"};
    std::vector<std::string> services_{"redis", "nginx", "openssh", "postgresql"};
};

std::string said(const std::string& goal) {
    const SmallCatalog catalog;
    Place place;
    place.host = "web";
    place.catalog = &catalog;
    return place.said(goal);
}

std::string install(const std::string& name) {
    return "add the package \"" + name + "\" to environment.systemPackages";
}
const std::string ripgrep = install("ripgrep");
const std::string no_nano = "remove the package \"nano\" from environment.systemPackages";
const std::string redis = "set services.redis.enable to true";
std::string tcp(int port) {
    return "add " + std::to_string(port) + " to networking.firewall.allowedTCPPorts";
}
std::string udp(int port) {
    return "add " + std::to_string(port) + " to networking.firewall.allowedUDPPorts";
}
const std::string then = ", and ";

} // namespace

TEST_CASE("packages are installed in many phrasings") {
    for (const char* goal :
         {"install ripgrep", "Install ripgrep.", "please install ripgrep", "INSTALL RIPGREP",
          "can you install ripgrep please?", "Could you please install the package ripgrep for me",
          "add ripgrep", "I need ripgrep", "I want to install ripgrep", "install `ripgrep`!",
          "install pkgs.ripgrep", "I would like to install ripgrep, thanks", "get ripgrep",
          "hi agentd, install ripgrep", "install ripgrep and ripgrep", "install\n  ripgrep"}) {
        INFO(goal);
        CHECK(said(goal) == ripgrep);
    }
}

TEST_CASE("lists are split at commas, at and, and at spaces") {
    for (const char* goal : {"install ripgrep and fd", "install ripgrep, fd", "install ripgrep fd",
                             "install ripgrep, and fd", "install ripgrep and install fd",
                             "install packages: ripgrep; fd", "install ripgrep & fd",
                             "install ripgrep, then also install fd"}) {
        INFO(goal);
        CHECK(said(goal) == ripgrep + then + install("fd"));
    }
}

TEST_CASE("capitals of a name count when they are the name's") {
    CHECK(said("install SDL2") == install("SDL2"));
    CHECK(said("install python3Packages.requests") == install("python3Packages.requests"));
}

TEST_CASE("packages are removed in many phrasings") {
    for (const char* goal : {"remove nano", "uninstall nano", "please delete the package nano"}) {
        INFO(goal);
        CHECK(said(goal) == no_nano);
    }
}

TEST_CASE("ports are opened in many phrasings") {
    for (const char* goal :
         {"open port 8080", "open 8080", "open port 8080/tcp", "open tcp port 8080",
          "please open port 8080 tcp", "open the firewall port 8080", "open TCP 8080"}) {
        INFO(goal);
        CHECK(said(goal) == tcp(8080));
    }
    for (const char* goal : {"open port 53/udp", "open udp port 53", "open port 53 udp"}) {
        INFO(goal);
        CHECK(said(goal) == udp(53));
    }
    CHECK(said("open ports 80, 443 and 53/udp") == tcp(80) + then + tcp(443) + then + udp(53));
    CHECK(said("open port 53 tcp and udp") == tcp(53) + then + udp(53));
    CHECK(said("open tcp port 80 and udp port 53") == tcp(80) + then + udp(53));
    CHECK(said("close port 8080") == "remove 8080 from networking.firewall.allowedTCPPorts");
}

TEST_CASE("what is no port is refused") {
    for (const char* goal :
         {"open port 0", "open port 65536", "open port 99999999999999999999", "open port 80/icmp",
          "open port", "open port -1", "open port 80/tcp/udp", "open port +80", "open udp",
          "open port 80 and udp port"}) {
        INFO(goal);
        CHECK(said(goal).starts_with("!"));
    }
}

TEST_CASE("services are enabled and disabled in many phrasings") {
    for (const char* goal :
         {"enable redis", "turn on redis", "please enable the redis service",
          "enable services.redis", "activate Redis", "enable redis.service", "switch on redis"}) {
        INFO(goal);
        CHECK(said(goal) == redis);
    }
    CHECK(said("disable nginx") == "set services.nginx.enable to false");
    CHECK(said("turn off nginx") == "set services.nginx.enable to false");
    CHECK(said("enable ssh") == "set services.openssh.enable to true");
    CHECK(said("enable postgres") == "set services.postgresql.enable to true");
}

TEST_CASE("clauses of several kinds stand in one sentence") {
    CHECK(said("enable redis and open port 6379") == redis + then + tcp(6379));
    CHECK(said("install ripgrep, remove nano and open ports 80 and 443, please") ==
          ripgrep + then + no_nano + then + tcp(80) + then + tcp(443));
    CHECK(said("open port 80 and please install fd") == tcp(80) + then + install("fd"));
}

TEST_CASE("names that do not exist are refused with what is near") {
    const SmallCatalog catalog;
    Place place;
    place.catalog = &catalog;
    const auto package = place.read("install ripgrp");
    REQUIRE_FALSE(package);
    CHECK(package.problem().code == "unknown_package");
    CHECK(package.problem().hint.find("ripgrep") != std::string::npos);
    const auto service = place.read("enable reddis");
    REQUIRE_FALSE(service);
    CHECK(service.problem().code == "unknown_service");
    CHECK(service.problem().hint.find("redis") != std::string::npos);
    for (const char* goal : {"open port 99999", "open port abc", "install zzzzzzzzzzzz",
                             "enable zzzzzzzzzzzz", "dance"}) {
        INFO(goal);
        const auto refused = place.read(goal);
        REQUIRE_FALSE(refused);
        CHECK_FALSE(refused.problem().hint.empty());
    }
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
                             "open port 80 on nowhere",
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
        CHECK(said(goal).starts_with("!"));
    }
}

TEST_CASE("what contradicts itself is refused") {
    CHECK(said("install ripgrep and remove ripgrep") == "!contradiction");
    CHECK(said("open port 80 and close port 80") == "!contradiction");
    CHECK(said("enable redis and disable redis") == "!contradiction");
}

TEST_CASE("empty, hidden and broken goals are refused") {
    CHECK(said(" . ! ").starts_with("!"));
    for (const char* goal : {"", "install \u202Efd", "install \x1b[31mfd",
                             "install \xff"}) {
        INFO(goal);
        CHECK((said(goal) == "!empty_goal" || said(goal) == "!bad_goal"));
    }
    std::string many = "open ports";
    for (int i = 1; i <= 65; ++i) {
        many += " " + std::to_string(i);
    }
    CHECK(said(many) == "!too_many");
}

TEST_CASE("a name is a value and never becomes Nix") {
    for (const char* goal :
         {"install fd];evil=true;x=[", "enable redis.service.x=y", "install ${evil}"}) {
        INFO(goal);
        CHECK(said(goal).starts_with("!"));
    }
}
