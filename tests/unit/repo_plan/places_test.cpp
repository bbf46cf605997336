#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

TEST_CASE(
    "what is new stands in the host's own folder, not in a module that it alone imports today") {
    auto files = two_hosts("{ }", "{ }");
    files["flake.nix"] = R"({ outputs = { nixpkgs, ... }: {
        nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ./hosts/web ]; };
        nixosConfigurations.b = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ]; };
      }; })";
    files["hosts/web/default.nix"] = "{ imports = [ ./disks.nix ../../parts/media.nix ]; }";
    files["hosts/web/disks.nix"] = "{ services.fstrim.enable = true; fileSystems = { }; }";
    files["parts/media.nix"] =
        "{ services.a.enable = true; services.b.x = 1; networking.firewall.ports = [ 1 ]; }";
    const auto on_web = [&](const Json& wish) { return request({wish}, Json::array({"web"})); };
    CHECK(edited(files, on_web(set("services.x.enable", yes)), "hosts/web/default.nix") != "");
    CHECK(edited(files, on_web(set("time.zone", yes)), "hosts/web/default.nix") != "");
    CHECK(edited(files, on_web(set("services.b.y", yes)), "hosts/web/default.nix") != "");
    CHECK(edited(files, on_web(add("networking.firewall.ports", {{"integer", 2}})),
                 "hosts/web/default.nix") != "");
}

TEST_CASE("nothing new is said for all in a file that few of them have") {
    auto files = two_hosts("{ }", "{ services.y = 1; }");
    auto& flake = files["flake.nix"];
    for (std::size_t at = flake.find(" ./common.nix"); at != std::string::npos;
         at = flake.find(" ./common.nix")) {
        flake.erase(at, 13);
    }
    files["c.nix"] = "{ }";
    flake.insert(flake.find("b = "), "c = nixpkgs.lib.nixosSystem { modules = [ ./c.nix ]; }; ");
    CHECK(refusal(files, request({set("services.x.enable", yes)})) == "no_host_named");
    CHECK(refusal(files, request({add("services.x", {{"integer", 1}})})) == "no_host_named");
}

TEST_CASE("where the best place cannot take it the next one does, and nothing is left behind") {
    auto files = two_hosts("{ }", "{ pkgs }: { services.x.y = 1; imports = [ ./a/two.nix ]; }");
    files["a/two.nix"] = "{ ... }: { services.x.z = 1; }";
    const Json wish = set("services.x.package", {{"package", "hello"}});
    CHECK(edited(files, request({wish}, Json::array({"a"})), "a.nix").find("pkgs.hello") !=
          std::string::npos);
    files["a.nix"] = "{ lib }: { services.x.y = 1; imports = [ ./a/two.nix ]; }";
    CHECK(edited(files, request({wish}, Json::array({"a"})), "a/two.nix") ==
          "{ pkgs, ... }: { services.x.z = 1; services.x.package = pkgs.hello; }");
}

TEST_CASE("a file that may be of the host, and says it, is not passed over") {
    auto files = two_hosts("{ }", "{ imports = [ (f ./x) ]; }");
    files["other.nix"] = "{ time.timeZone = \"UTC\"; }";
    const Json wish = set("time.timeZone", {{"string", "Europe/Rome"}});
    CHECK(refusal(files, request({wish}, Json::array({"a"}))) == "unread");
    CHECK(edited(files, request({wish}, Json::array({"b"})), "b.nix") != "");
}

TEST_CASE("hosts that cannot be told may share what is not in the host's own folder") {
    const Files files{{"flake.nix", "{ outputs = inputs: inputs.x.lib.make ./.; }"},
                      {"hosts/web/default.nix",
                       "{ imports = [ ../../base.nix ]; networking.hostName = \"web\"; }"},
                      {"base.nix", "{ services.y.enable = true; }"}};
    const auto on_web = [&](const Json& wish) { return request({wish}, Json::array({"web"})); };
    CHECK(edited(files, on_web(set("services.y.port", {{"integer", 1}})),
                 "hosts/web/default.nix") != "");
    CHECK(edited(files, on_web(set("services.y.enable", {{"boolean", false}})),
                 "hosts/web/default.nix")
              .find("lib.mkForce false") != std::string::npos);
}

TEST_CASE("a new module begins as its neighbours do") {
    const auto made = [](const std::string& neighbour, const Json& value) {
        auto files = two_hosts(neighbour, neighbour, neighbour);
        const Json wish{
            {"op", "create_module"},
            {"module", "x"},
            {"settings", Json::array({{{"option", "services.x.enable"}, {"value", yes}},
                                      {{"option", "services.x.package"}, {"value", value}}})}};
        const auto plan = planned(files, request({wish}, Json::array({"a"})));
        REQUIRE(plan.has_value());
        REQUIRE(plan->edits.size() == 2);
        return plan->edits.at(1).bytes.value_or("");
    };
    const Json text{{"string", "y"}};
    const Json package{{"package", "y"}};
    const std::string set = "{\n  services.x = {\n    enable = true;\n    package = ";
    const std::string end = ";\n  };\n}\n";
    CHECK(made("{ ... }:\n{ }", text) == "{ ... }:\n" + set + "\"y\"" + end);
    CHECK(made("{pkgs, ...}: { }", package) == "{pkgs, ...}: " + set + "pkgs.y" + end);
    CHECK(made("_: { }", text) == "_: " + set + "\"y\"" + end);
    CHECK(made("{ }", text) == set + "\"y\"" + end);
    CHECK(made("{ }", package) == "{ pkgs, ... }:\n\n" + set + "pkgs.y" + end);
}

TEST_CASE("a new module that is read by being there is not imported, and is no other host's") {
    auto files = two_hosts("{ }", "{ }");
    files["a.nix"] = "{ lib, ... }: { imports = map (name: ./parts + \"/${name}\") "
                     "(builtins.attrNames (builtins.readDir ./parts)); }";
    files["parts/w.nix"] = "{ }";
    const Json made{{"op", "create_module"},
                    {"module", "parts/x"},
                    {"settings", {{{"option", "services.x.enable"}, {"value", yes}}}}};
    CHECK(edited(files, request({made}, Json::array({"a"})), "parts/x.nix") ==
          "{\n  services.x.enable = true;\n}\n");
    CHECK(refusal(files, request({made}, Json::array({"b"}))) == "shared");
}

TEST_CASE("an import changes no host that was not asked for") {
    auto files = two_hosts("{ }", "{ imports = [ ./m.nix ]; }", "{ imports = [ ./a.nix ]; }");
    files["m.nix"] = files["n.nix"] = "{ }";
    const Json import{{"op", "add_import"}, {"module", "n"}};
    CHECK(refusal(files, request({import}, Json::array({"a"}))) == "no_place");
    CHECK(edited(files, request({import}, Json::array({"b"})), "b.nix") ==
          "{ imports = [ ./a.nix ./n.nix ]; }");
}

TEST_CASE("what most hosts share is said in a file that is about it, or about nothing else") {
    const auto shared = [](const std::string& name, const std::string& text) {
        auto files = two_hosts("{ }", "{ }");
        auto& flake = files["flake.nix"];
        for (auto at = flake.find("common.nix"); at != flake.npos;
             at = flake.find("common.nix", at + name.size())) {
            flake.replace(at, 10, name);
        }
        files[name] = text;
        return files;
    };
    const std::string audio = "{ services.pipewire.enable = true; environment.x = 1; }";
    const Json ssh = set("services.openssh.enable", yes);
    CHECK(refusal(shared("audio.nix", audio), request({ssh})) == "no_place");
    CHECK(edited(shared("ssh.nix", audio), request({ssh}), "ssh.nix") != "");
    CHECK(edited(shared("common.nix", audio), request({ssh}), "common.nix") != "");
    CHECK(refusal(
              shared("nginx.nix", "{ services.nginx = { }; networking.firewall.ports = [ 80 ]; }"),
              request({add("networking.firewall.ports", {{"integer", 81}})})) == "no_place");
}

TEST_CASE("what hosts share that are known in part is not told for all of them") {
    const Files files{{"flake.nix", "{ outputs = inputs: inputs.x.lib.make ./.; }"},
                      {"hosts/a/default.nix", "{ networking.hostName = \"a\"; }"},
                      {"hosts/b/default.nix", "{ networking.hostName = \"b\"; }"}};
    const Json wish = add("environment.systemPackages", {{"package", "jq"}});
    CHECK(refusal(files, request({wish}, "all")) == "hosts_unknown");
    CHECK(refusal(files, request({wish})) == "hosts_unknown");
    CHECK(edited(files, request({wish}, Json::array({"a"})), "hosts/a/default.nix") != "");
}

TEST_CASE("a computed name hides only what it can be") {
    const auto files = [](const std::string& text) {
        auto out = two_hosts("{ }", "{ users.users.x = { }; users.users.${username}.uid = 1; }");
        out["vars.nix"] = text;
        return out;
    };
    const Json wish = set("users.users.guest.uid", {{"integer", 7}});
    const auto on_a = request({wish}, Json::array({"a"}));
    CHECK(edited(files("{ username = \"hadi\"; }"), on_a, "a.nix").find("guest.uid = 7") !=
          std::string::npos);
    CHECK(edited(files("{ username = \"guest\"; }"), on_a, "a.nix").find("${username}.uid = 7") !=
          std::string::npos);
    CHECK(refusal(files("{ username = \"guest\"; a.username = \"b\"; }"), on_a) == "opaque");
    CHECK(edited(files("{ }"), on_a, "a.nix").find("guest.uid = 7") != std::string::npos);
    CHECK(refusal(files("{ names = [ \"guest\" ]; }"), on_a) == "opaque");
    auto pieces = files("{ all = [ \"1\" ]; }");
    pieces["a.nix"] = "{ n, ... }: { services.\"web-${n}\".port = 1; }";
    CHECK(edited(pieces, request({set("services.x.port", {{"integer", 1}})}, Json::array({"a"})),
                 "a.nix") != "");
    CHECK(refusal(pieces, request({set("services.web-1.port", {{"integer", 1}})},
                                  Json::array({"a"}))) == "opaque");
}

TEST_CASE("a default under a condition is said over by a plain value") {
    const auto files = two_hosts("{ lib, config, ... }: { config = lib.mkIf config.my.x.enable { "
                                 "services.x.y = lib.mkDefault 1; }; }",
                                 "{ services.z = 1; }");
    CHECK(edited(files, request({set("services.x.y", {{"integer", 2}})}, Json::array({"a"})),
                 "a.nix") == "{ services.z = 1; services.x.y = 2; }");
}

TEST_CASE("a new module of one host lies beside its own files, one of all where the others lie") {
    auto files = two_hosts("{ imports = [ ./mods/u.nix ./mods/v.nix ]; }", "{ }");
    files["flake.nix"].replace(files["flake.nix"].find("./a.nix"), 7, "./hosts/a");
    files["hosts/a/default.nix"] = "{ services.y = 1; }";
    files["mods/u.nix"] = files["mods/v.nix"] = "{ }";
    const Json made{{"op", "create_module"},
                    {"module", "grocy"},
                    {"settings", {{{"option", "services.x.enable"}, {"value", yes}}}}};
    const auto paths = [&](const Json& hosts) {
        const auto plan = planned(files, request({made}, hosts));
        REQUIRE(plan.has_value());
        std::string out;
        for (const auto& edit : plan->edits) {
            out += edit.path + " ";
        }
        return out;
    };
    CHECK(paths(Json::array({"a"})) == "hosts/a/default.nix hosts/a/grocy.nix ");
    CHECK(paths("all") == "common.nix mods/grocy.nix ");
}

TEST_CASE("what another binding reads is not taken away from it") {
    const Json unset{{"op", "unset_option"}, {"option", "networking.hostName"}};
    const auto on_a = request({unset}, Json::array({"a"}));
    CHECK(refusal(two_hosts("{ }", "rec { networking.hostName = \"a\"; x = networking.hostName; }"),
                  on_a) == "used");
    CHECK(edited(two_hosts("{ }", "rec { networking.hostName = \"a\"; x = 1; }"), on_a, "a.nix") ==
          "rec { x = 1; }");
}

TEST_CASE("a value that a host takes from another option is changed there") {
    auto files = two_hosts("{ config, ... }: let zone = config.var.zone; in { time.zone = zone; }",
                           "{ var.zone = \"A\"; }", "{ var.zone = \"B\"; }");
    const Json wish = set("time.zone", {{"string", "C"}});
    CHECK(edited(files, request({wish}, Json::array({"b"})), "b.nix") == "{ var.zone = \"C\"; }");
}

TEST_CASE("a module that the flake names is imported by that name where its neighbours are") {
    auto files = two_hosts("{ }", "{ inputs, ... }: { imports = [ inputs.self.nixosModules.u ]; }");
    files["mods/default.nix"] = "{ flake.nixosModules = { u = ./u.nix; v = ./v.nix; }; }";
    files["mods/u.nix"] = files["mods/v.nix"] = "{ }";
    const Json import{{"op", "add_import"}, {"module", "mods/v.nix"}};
    CHECK(edited(files, request({import}, Json::array({"a"})), "a.nix") ==
          "{ inputs, ... }: { imports = [ inputs.self.nixosModules.u inputs.self.nixosModules.v ]; "
          "}");
}

TEST_CASE("a file that only imports, or is small and of a folder about one thing, is not of all") {
    const auto with = [](const std::string& name, const std::string& text) {
        auto files = two_hosts("{ imports = [ ./" + name + " ]; }", "{ }");
        files["n.nix"] = "{ }";
        files[name] = text;
        return files;
    };
    const Json tailscale = request({set("services.tailscale.enable", yes)});
    const std::string index = "{ imports = [ ../n.nix ]; }";
    // `common.nix` is for all by its name; an index of modules is not.
    CHECK(edited(with("services/default.nix", index), tailscale, "common.nix") != "");
    auto only = with("services/default.nix", index);
    auto& flake = only["flake.nix"];
    for (auto at = flake.find("./common.nix"); at != flake.npos; at = flake.find("./common.nix")) {
        flake.replace(at, 12, "./services");
    }
    CHECK(refusal(only, tailscale) == "no_place");
    const std::string browser = "{ programs.chromium.enable = true; }";
    only["services/default.nix"] = browser;
    only["services/system.nix"] = browser;
    flake.replace(flake.find("./services"), 10, "./services/system.nix");
    flake.replace(flake.find("./services ]"), 10, "./services/system.nix");
    CHECK(refusal(only, request({add("networking.firewall.allowedTCPPorts", {{"integer", 1}})})) ==
          "no_place");
}

TEST_CASE("what is said twice for the same hosts is changed in both places, or refused") {
    const Json wish = request({set("time.timeZone", {{"string", "C"}})});
    const auto plan =
        planned(two_hosts("{ time.timeZone = \"A\"; }", "{ time.timeZone = \"A\"; }"), wish);
    REQUIRE(plan);
    REQUIRE(plan->edits.size() == 2);
    CHECK(*plan->edits.at(0).bytes == "{ time.timeZone = \"C\"; }");
    CHECK(*plan->edits.at(1).bytes == "{ time.timeZone = \"C\"; }");
    CHECK(refusal(two_hosts("{ time.timeZone = \"A\"; }", "{ time.timeZone = \"B\"; }"), wish) ==
          "several_places");
    CHECK(edited(two_hosts("{ time.timeZone = \"A\"; }",
                           "{ lib, ... }: { time.timeZone = lib.mkForce \"B\"; }"),
                 wish, "common.nix") == "{ time.timeZone = \"C\"; }");
}

TEST_CASE("what each of some hosts says for itself is not said to be so for all") {
    auto files = two_hosts("{ }", "{ services.x.enable = true; y = [ 1 ]; }",
                           "{ services.x.enable = true; y = [ 1 ]; }");
    files["c.nix"] = "{ services.z = 1; }";
    files["flake.nix"].insert(files["flake.nix"].find("b = "),
                              "c = nixpkgs.lib.nixosSystem { modules = [ ./c.nix ]; }; ");
    for (const Json& wish : {set("services.x.enable", yes), add("y", {{"integer", 1}})}) {
        const auto plan = planned(files, request({wish}));
        REQUIRE_FALSE(plan);
        CHECK(plan.problem().code == "no_host_named");
        CHECK(plan.problem().message.find("not at c") != std::string::npos);
    }
    auto shared = two_hosts("{ services.x.enable = true; y = [ 1 ]; }", "{ }");
    shared["c.nix"] = files["c.nix"];
    shared["flake.nix"].insert(shared["flake.nix"].find("b = "),
                               "c = nixpkgs.lib.nixosSystem { modules = [ ./c.nix ]; }; ");
    CHECK(planned(shared, request({set("services.x.enable", yes)}))->edits.empty());
}

TEST_CASE("what is related does not make a file that is about something else the place") {
    Files files = two_hosts("{ }", R"({
      imports = [ ./a/gpu.nix ./a/options.nix ./a/shoko.nix ./a/status.nix ./a/nginx.nix ];
      networking.hostName = "a"; services.fstrim.enable = true; time.timeZone = "UTC";
      users.users.x.isNormalUser = true;
    })");
    files["a/gpu.nix"] = "{ services.xserver.videoDrivers = [ ]; hardware.nvidia.open = true; "
                         "hardware.nvidia.modesetting.enable = true; }";
    files["a/options.nix"] = "{ nix.settings.max-jobs = 1; }";
    files["a/shoko.nix"] = "{ services.shoko.enable = true; "
                           "services.nginx.virtualHosts.\"s\".root = \"/s\"; }";
    files["a/status.nix"] = "{ services.nginx.virtualHosts.\"status\".root = \"/t\"; }";
    files["a/nginx.nix"] = "{ services.nginx.enable = true; }";
    const auto place = [&](const Json& wish) {
        const auto plan = planned(files, request({wish}, Json::array({"a"})));
        REQUIRE(plan);
        return plan->edits.empty() ? "" : plan->edits.front().path;
    };
    CHECK(place(set("services.xserver.xkb.layout", {{"string", "de"}})) == "a.nix");
    CHECK(place(set("nix.gc.options", {{"string", "-d"}})) == "a.nix");
    CHECK(place(set("services.nginx.virtualHosts.\"new\".root", {{"string", "/n"}})) ==
          "a/nginx.nix");
}

TEST_CASE("a list of one long script is no list of programs") {
    Files files = two_hosts("{ }", "{ imports = [ ./fix.nix ]; services.fstrim.enable = true; }");
    files["fix.nix"] = R"({ pkgs, ... }: { environment.systemPackages = [
      (pkgs.writeShellScriptBin "fix" ''a b c d e f g h i j k'')
    ]; })";
    CHECK(edited(
              files,
              request({add("environment.systemPackages", {{"package", "jq"}})}, Json::array({"a"})),
              "a.nix") != "");
}

TEST_CASE("a host's name that is said out of sight is not said twice") {
    auto files = two_hosts("{ }", "{ imports = [ (f 1) ]; }");
    CHECK(refusal(files, request({set("networking.hostName", {{"string", "x"}})},
                                 Json::array({"a"}))) == "unread");
}

TEST_CASE("what most hosts share takes it for them, and the others say it themselves") {
    Files files{{"flake.nix", R"({ outputs = { nixpkgs, ... }: { nixosConfigurations = {
        a = nixpkgs.lib.nixosSystem { modules = [ ./hosts/a ./base.nix ]; };
        b = nixpkgs.lib.nixosSystem { modules = [ ./hosts/b ./base.nix ]; };
        iso = nixpkgs.lib.nixosSystem { modules = [ ./hosts/iso ]; };
      }; }; })"},
                {"base.nix", "{ nix.gc.automatic = true; time.timeZone = \"UTC\"; }"},
                {"hosts/a/default.nix", "{ imports = [ ]; }"},
                {"hosts/b/default.nix", "{ imports = [ ]; }"},
                {"hosts/iso/default.nix", "{ imports = [ ]; }"}};
    const auto plan =
        planned(files, request({set("nix.settings.max-jobs", {{"integer", 2}})}, "all"));
    INFO((plan ? "" : plan.problem().message));
    REQUIRE(plan);
    REQUIRE(plan->edits.size() == 2);
    CHECK(plan->edits[0].path == "base.nix");
    CHECK(plan->edits[1].path == "hosts/iso/default.nix");
}

TEST_CASE("where no shared file is a place for it, each host's own takes it") {
    auto files =
        two_hosts("{ services.nginx.enable = true; }", "{ imports = [ ]; }", "{ imports = [ ]; }");
    files["nginx.nix"] = files["common.nix"];
    files.erase("common.nix");
    for (auto& [path, text] : files) {
        for (auto at = text.find("common"); at != text.npos; at = text.find("common")) {
            text.replace(at, 6, "nginx");
        }
    }
    const auto plan = planned(files, request({set("services.fstrim.enable", yes)}, "all"));
    INFO((plan ? "" : plan.problem().message));
    REQUIRE(plan);
    REQUIRE(plan->edits.size() == 2);
    CHECK(plan->edits[0].path == "a.nix");
    CHECK(plan->edits[1].path == "b.nix");
}
