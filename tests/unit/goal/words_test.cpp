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

TEST_CASE("there, that host and him are those of the clause before") {
    Place place;
    CHECK(
        place.said("install htop on web and open tcp port 8080 there") ==
        R"(on host "web", add the package "htop" to environment.systemPackages, and add 8080 to networking.firewall.allowedTCPPorts)");
    CHECK(
        place.said("uninstall fd for bob, and install htop for him") ==
        R"(remove the package "fd" from home.packages for the user "bob", and add the package "htop" to home.packages for the user "bob")");
    CHECK(place.said("install htop there").front() == '!');
    CHECK(place.said("install htop and open port 80 there").front() == '!');
    CHECK(place.said("install htop for him").front() == '!');
    CHECK(place.said("install htop for bob and fd on web there").front() == '!');
    CHECK(
        place.said("enable docker on web and add bob to it") ==
        R"(on host "web", set virtualisation.docker.enable to true, and add "docker" to users.users.bob.extraGroups)");
    CHECK(place.said("enable fail2ban and add bob to it") == "!not_understood");
    CHECK(place.said("enable tailscale on web and open its port") ==
          place.said("on web, enable tailscale and open its port"));
    CHECK(
        place.said("add a user tom and make him an admin") ==
        R"(set users.users.tom.isNormalUser to true, and add "wheel" to users.users.tom.extraGroups)");
    CHECK(place.said("make him an admin") == "!not_understood");
}

TEST_CASE("what people say in other words") {
    const Place place;
    const std::vector<Sentence> all{
        {"change the ssh port on web to 2222",
         R"(on host "web", add 2222 to services.openssh.ports)"},
        {"switch nixpkgs to nixos-25.11 and home-manager to master",
         "switch the flake input \"nixpkgs\" to github:NixOS/nixpkgs/nixos-25.11, and switch the "
         "flake input \"home-manager\" to github:nix-community/home-manager/master"},
        {"keep generations for two weeks",
         "set nix.gc.automatic to true, and set nix.gc.options to \"--delete-older-than 14d\""},
        {"use half of the memory for zram", "set zramSwap.memoryPercent to 50"},
        {"use zram on all hosts but web",
         R"(on host "vm-one" and "vm-two", set zramSwap.enable to true)"},
        {"make zsh the default shell for all users",
         "set users.defaultUserShell to the package \"zsh\", and set programs.zsh.enable to true"},
        {"set the console keymap to no", "set console.keyMap to \"no\""},
        {"turn off ping replies", "set networking.firewall.allowPing to false"},
        {"stop opening port 5050 on web",
         R"(on host "web", remove 5050 from networking.firewall.allowedTCPPorts)"},
        {"remove port 445 from the firewall of web",
         R"(on host "web", remove 445 from networking.firewall.allowedTCPPorts)"},
        {"disable the docker auto prune", "set virtualisation.docker.autoPrune.enable to false"},
        {"allow at most 10 boot generations on web",
         R"(on host "web", set boot.loader.systemd-boot.configurationLimit to 10)"},
        {"set the journal limit to 300M",
         "set services.journald.extraConfig to \"SystemMaxUse=300M\" where nothing else is set"},
        {"allow root to log in with a key",
         "set services.openssh.settings.PermitRootLogin to \"prohibit-password\""},
        {"set the swap of web to 8 GB",
         R"(on host "web", create a swap file of 8192M at /var/lib/swapfile)"}};
    for (const Sentence& one : all) {
        CAPTURE(one.goal);
        CHECK(place.said(one.goal) == one.says);
    }
    CHECK(place.said("forbid root logins and password logins over ssh") ==
          place.said("forbid root logins over ssh and forbid password logins over ssh"));
    CHECK(place.said("serve files.example.org from /srv/files with nginx") ==
          place.said("serve /srv/files on files.example.org with nginx"));
}

TEST_CASE("an input of the registry is moved to another branch, and one that follows has none") {
    Place place;
    place.map.inputs[0].url = "nixpkgs/nixos-25.11";
    CHECK(place.said("switch the input nixpkgs to nixos-26.05") ==
          R"(switch the flake input "nixpkgs" to nixpkgs/nixos-26.05)");
    place.map.inputs[0].url = "";
    const auto read = place.read("switch nixpkgs to nixos-26.05");
    REQUIRE_FALSE(read);
    CHECK(read.problem().message == "`nixpkgs` has no address of its own: it follows another");
}

TEST_CASE("a host that only Nix may know is said to be unknown, by its name") {
    Place place;
    place.map.hosts_known = false;
    place.files.push_back("nix/configurations/mars/default.nix"); // whatever that is
    for (const std::string goal :
         {"install htop on mars", "remove fd from mars", "disable ssh on mars"}) {
        const auto read = place.read(goal);
        REQUIRE_FALSE(read);
        CAPTURE(goal, read.problem().message);
        CHECK(read.problem().message.starts_with("no host `mars` is known; there may be others"));
    }
}

TEST_CASE("a home that is called as its user is the user") {
    Place place;
    place.map.hosts.push_back({.name = "bob", .kind = "home"});
    CHECK(place.said("uninstall vlc for bob") ==
          R"(remove the package "vlc" from home.packages for the user "bob")");
}

TEST_CASE("all hosts are all, whatever some are called") {
    Place place;
    place.map.hosts.push_back({.name = "gaming-host-1", .kind = "nixos"});
    CHECK(place.said("disable bluetooth on all hosts") ==
          "on all hosts, set hardware.bluetooth.enable to false");
}
