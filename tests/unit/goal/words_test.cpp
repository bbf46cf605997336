/// Ways of saying where, how weakly, and why.
#include "tests/unit/goal/place.hpp"

using namespace agentd;
using namespace agentd::tests;

TEST_CASE("all hosts but some are the others, by name") {
    const Place place;
    const std::string says =
        R"(on host "vm-one" and "vm-two", add the package "htop" to environment.systemPackages)";
    for (const std::string goal :
         {"install htop on all hosts but web", "install htop on every host except web",
          "on all hosts except web, install htop", "All hosts but web should install htop",
          "install htop everywhere but on web", "install htop on all machines other than web"}) {
        CHECK(place.said(goal) == says);
    }
    CHECK(place.said("install htop on all hosts but web and vm-one") ==
          R"(on host "vm-two", add the package "htop" to environment.systemPackages)");
    CHECK(place.said("install htop on all hosts but mars").front() == '!');
    CHECK(place.said("install htop on all hosts but not on web").front() == '!');
}

TEST_CASE("hosts are named one beside the other without the word for them") {
    Place place;
    place.map.hosts.push_back({.name = "t14", .kind = "nixos"});
    place.map.hosts.push_back({.name = "t15", .kind = "nixos"});
    const std::string says =
        R"(on host "t14" and "t15", add the package "htop" to environment.systemPackages)";
    for (const std::string goal :
         {"install htop on t14 and t15", "on t14 and t15 install htop",
          "t14 and t15 should have htop installed", "install htop on hosts t14 and t15",
          "t14 and t15: install htop", "install htop on both t14 and t15",
          "install htop on t14 and on t15"}) {
        CHECK(place.said(goal) == says);
    }
}

TEST_CASE("a value that hosts may say otherwise is said as a default") {
    const Place place;
    const std::string says = R"(on all hosts, set time.timeZone to "Europe/Berlin" as default)";
    for (const std::string goal :
         {"Set the default time zone of all hosts to Europe/Berlin (hosts must stay able to "
          "override it)",
          "set the time zone to Europe/Berlin on all hosts, hosts may override it",
          "set the time zone to Europe/Berlin on all hosts as a default"}) {
        CHECK(place.said(goal) == says);
    }
    CHECK(place.said(says) == says);
    CHECK(place.said("install htop, hosts may override it") == "!not_understood");
}

TEST_CASE("ranges of ports are ranges of the firewall") {
    const Place place;
    const std::string says = "add 8000-8010 to networking.firewall.allowedTCPPortRanges";
    for (const std::string goal : {"open ports 8000-8010", "open tcp ports 8000 to 8010"}) {
        CHECK(place.said(goal) == says);
    }
    CHECK(place.said(says) == says);
    CHECK(place.said("open udp ports 60000-61000 and port 22") ==
          "add 60000-61000 to networking.firewall.allowedUDPPortRanges, and add 22 to "
          "networking.firewall.allowedUDPPorts");
    CHECK(place.said("close ports 8000-8010") ==
          "remove 8000-8010 from networking.firewall.allowedTCPPortRanges");
}

TEST_CASE("a package goes beside others of its kind where a module is called so") {
    Place place;
    place.files.push_back("home/bob/comms/default.nix");
    CHECK(
        place.said("Install element-desktop for user bob next to the other chat programs") ==
        R"(add the package "element-desktop" to home.packages for the user "bob" in the module "comms")");
    CHECK(place.said("install steam next to the other space programs").front() == '!');
}

TEST_CASE("a first clause may tell why, of whom the second is") {
    const Place place;
    const std::string says = R"(add "dialout" to users.users.bob.extraGroups)";
    for (const std::string goal :
         {"bob needs access to the serial port: add him to the dialout group",
          "bob needs the serial port, so add him to dialout"}) {
        CHECK(place.said(goal) == says);
    }
    CHECK(place.said("bob needs no serial port: add him to dialout").front() == '!');
    CHECK(place.said("bob needs docker: enable docker") == "!not_understood");
    CHECK(place.said("add him to the dialout group") == "!not_understood");
}

TEST_CASE("a swap file has a size") {
    const Place place;
    const std::string says = "create a swap file of 8192M at /var/lib/swapfile";
    for (const std::string goal :
         {"create a swap file of 8 GB", "add an 8G swap file", "add 8 GiB of swap"}) {
        CHECK(place.said(goal) == says);
    }
    CHECK(place.said(says) == says);
    CHECK(place.said("on host web, add a swap file of 512M at /swapfile") ==
          R"(on host "web", create a swap file of 512M at /swapfile)");
}

TEST_CASE("a host that is called by a part of its name is asked for by the whole") {
    const Place place;
    const auto read = place.read("install htop on one");
    REQUIRE(!read);
    CHECK(read.problem().message.find("`vm-one`") != std::string::npos);
}

TEST_CASE("a layout that is called as a word for people is a layout") {
    const Place place;
    CHECK(place.said("set the keyboard layout to us on web") ==
          R"(on host "web", set services.xserver.xkb.layout to "us")");
    CHECK(place.said("set console.keyMap to us on web") ==
          R"(on host "web", set console.keyMap to "us")");
    CHECK(place.said("install htop for us on web") ==
          R"(on host "web", add the package "htop" to environment.systemPackages)");
}

TEST_CASE("what owners say of shells, generations, the kernel and sites is understood") {
    const Place place;
    for (
        const auto& [goal, says] : std::vector<Sentence>{
            {"use zsh as the login shell of bob on web",
             R"(on host "web", set users.users.bob.shell to the package "zsh", and set programs.zsh.enable to true)"},
            {"set the shell of bob to bash", R"(set users.users.bob.shell to the package "bash")"},
            {"keep generations for 30 days",
             R"(set nix.gc.automatic to true, and set nix.gc.options to "--delete-older-than 30d")"},
            {"keep 30 days of generations on all hosts",
             R"(on all hosts, set nix.gc.automatic to true, and set nix.gc.options to "--delete-older-than 30d")"},
            {"turn on the garbage collector", "set nix.gc.automatic to true"},
            {"add the kernel parameter quiet", R"(add "quiet" to boot.kernelParams)"},
            {"remove the kernel parameter quiet", R"(remove "quiet" from boot.kernelParams)"},
            {"set the kernel to the latest",
             R"(set boot.kernelPackages to the package "linuxPackages_latest")"},
            {"set the dns servers to 1.1.1.1 and 9.9.9.9",
             R"(set networking.nameservers to [ "1.1.1.1" "9.9.9.9" ])"},
            {"add a nginx virtual host example.org on web that proxies to port 3000",
             R"(on host "web", set services.nginx.enable to true, and set services.nginx.virtualHosts."example.org".locations."/".proxyPass to "http://127.0.0.1:3000")"},
            {"no password logins over ssh",
             "set services.openssh.settings.PasswordAuthentication to false"},
            {"allow ssh password logins",
             "set services.openssh.settings.PasswordAuthentication to true"},
            {"set networking.hostId to 00000000", R"(set networking.hostId to "00000000")"},
            {"set networking.hostId to 12345678", R"(set networking.hostId to "12345678")"},
            {"disable ipv6 on web", R"(on host "web", set networking.enableIPv6 to false)"},
            {"blacklist the kernel module nouveau",
             R"(add "nouveau" to boot.blacklistedKernelModules)"},
            {"trust the user bob in nix", R"(add "bob" to nix.settings.trusted-users)"},
            {"pin home-manager to release-26.05",
             R"(switch the flake input "home-manager" to github:nix-community/home-manager/release-26.05)"},
            {"allow root logins with a key",
             R"(set services.openssh.settings.PermitRootLogin to "prohibit-password")"},
            {"drop the import of docker.nix from web",
             R"(on host "web", stop importing the module "docker.nix")"}}) {
        CAPTURE(goal);
        CHECK(place.said(goal) == says);
    }
}

TEST_CASE("a module of the repository is named where no service is called so") {
    const Place place;
    const auto read = place.read("enable core");
    REQUIRE_FALSE(read);
    CHECK(read.problem().hint.find("import the module core") != std::string::npos);
    const auto other = place.read("disable suspend");
    REQUIRE_FALSE(other);
    CHECK(other.problem().hint.find("= true") == std::string::npos);
}
