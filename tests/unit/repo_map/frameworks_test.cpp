// Hosts that frameworks make, and hosts that are kept in tables.
#include "tests/unit/repo_map/memory_tree.hpp"

using namespace agentd;
using namespace agentd::tests;
using Names = std::vector<std::string>;
using Texts = std::map<std::string, std::string>;

namespace {

Names hosts_of(const proposals::map::RepoMap& map) {
    Names out;
    for (const auto& host : map.hosts) {
        out.push_back(host.name);
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::string flake_parts(const std::string& module) {
    return "{ outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } " + module +
           "; }";
}

} // namespace

TEST_CASE("machines of clan are folders, names of the inventory and what services add by tag") {
    const MemoryTree tree(
        Texts{{"flake.nix", R"({ outputs = { self, clan-core, ... }: let
            clan = clan-core.lib.clan {
              inherit self;
              inventory.machines.web.tags = [ "server" ];
              inventory.machines.mac = { machineClass = "darwin"; };
              inventory.instances.all = {
                roles.default.tags.server = { };
                roles.default.settings.extraModules = [ ./server.nix ];
              };
              machines.web.imports = [ ./extra.nix ];
            };
          in { inherit (clan.config) nixosConfigurations darwinConfigurations; }; })"},
              {"machines/web/configuration.nix", "{ }"},
              {"machines/web/disko.nix", "{ }"},
              {"machines/mac/configuration.nix", "{ }"},
              {"machines/db/configuration.nix", "{ imports = [ ../../extra.nix ]; }"},
              {"server.nix", "{ }"},
              {"extra.nix", "{ }"}});
    const auto map = map_of(tree);
    CHECK(hosts_of(map) == Names{"db", "mac", "web"});
    CHECK(map.host("mac")->kind == "darwin");
    CHECK(files_of(map, "web") == Names{"extra.nix", "machines/web/configuration.nix",
                                        "machines/web/disko.nix", "server.nix"});
    CHECK(files_of(map, "db") == Names{"extra.nix", "machines/db/configuration.nix"});
}

TEST_CASE(
    "options of flake-parts modules of the repository's own are put together by their types") {
    const MemoryTree tree(
        Texts{{"flake.nix", flake_parts("(inputs.import-tree ./parts)")},
              {"parts/option.nix", R"({ lib, config, inputs, ... }: {
            options.machines = lib.mkOption { type = lib.types.lazyAttrsOf (lib.types.submodule {
              options.module = lib.mkOption { type = lib.types.deferredModule; };
            }); };
            config.flake.nixosConfigurations = lib.mapAttrs (name: { module }:
              inputs.nixpkgs.lib.nixosSystem { modules = [ module ]; }) config.machines;
          })"},
              {"parts/base.nix", "{ flake.modules.nixos.base = { imports = [ ../base ]; }; }"},
              {"parts/more.nix", "{ flake.modules.nixos.base = { imports = [ ../more.nix ]; }; }"},
              {"parts/one.nix", R"({ config, ... }: {
            machines.one.module = { imports = [ config.flake.modules.nixos.base ../one.nix ]; };
          })"},
              {"parts/two.nix", "{ machines.one.module = ../two.nix; }"},
              {"base/default.nix", "{ }"},
              {"more.nix", "{ }"},
              {"one.nix", "{ }"},
              {"two.nix", "{ }"}});
    const auto map = map_of(tree);
    CHECK(hosts_of(map) == Names{"one"});
    CHECK(files_of(map, "one") == Names{"base/default.nix", "more.nix", "one.nix", "two.nix"});
    CHECK(map.host("one")->unresolved.empty());
    CHECK(holds(map, "one", "parts/more.nix"));
}

TEST_CASE("files that are chosen by a filter over a folder are flake-parts modules, self is them") {
    const MemoryTree tree(Texts{
        {"flake.nix", R"({ outputs = inputs: let
            inherit (inputs.nixpkgs.lib.fileset) toList fileFilter;
            tree = path: toList (fileFilter (f: f.hasExt "nix" && f.name != "flake.nix") path);
          in inputs.flake-parts.lib.mkFlake { inherit inputs; } { imports = tree ./.; }; })"},
        {"hosts/a.nix", R"({ self, inputs, ... }: {
            flake.nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem {
              modules = [ self.nixosModules.web ];
            };
          })"},
        {"web.nix", "{ flake.nixosModules.web = { pkgs, ... }: { imports = [ ./data/x.cfg ]; }; }"},
        {"data/x.cfg", "{ }"}});
    const auto map = map_of(tree);
    CHECK(hosts_of(map) == Names{"a"});
    CHECK(files_of(map, "a") == Names{"data/x.cfg"});
}

TEST_CASE("hosts of lite-config, easy-hosts and ez-configs") {
    const auto lite =
        map_of(MemoryTree(Texts{{"flake.nix", flake_parts(R"({ lite-config = { lib, ... }: {
            hostModuleDir = ./hosts;
            hosts = { a.system = "x86_64-linux"; m.system = "aarch64-darwin"; };
            systemModules = [ ({ hostPlatform, ... }: {
              imports = lib.optionals hostPlatform.isLinux [ ./linux.nix ]; }) ];
          }; })")},
                                {"hosts/a/default.nix", "{ }"},
                                {"hosts/m.nix", "{ }"},
                                {"hosts/m/default.nix", "{ }"},
                                {"linux.nix", "{ }"}}));
    CHECK(files_of(lite, "a") == Names{"hosts/a/default.nix", "linux.nix"});
    CHECK(lite.host("m")->kind == "darwin");

    const auto easy = map_of(MemoryTree(Texts{{"flake.nix", flake_parts(R"({ easy-hosts = {
            path = ./systems;
            shared.modules = [ ./shared.nix ];
            perClass = class: { modules = [ ./modules/${class} ]; };
            hosts.a = { };
            hosts.m.class = "darwin";
          }; })")},
                                              {"systems/a/default.nix", "{ }"},
                                              {"systems/m/default.nix", "{ }"},
                                              {"shared.nix", "{ }"},
                                              {"modules/nixos/default.nix", "{ }"},
                                              {"modules/darwin/default.nix", "{ }"}}));
    CHECK(files_of(easy, "a") ==
          Names{"modules/nixos/default.nix", "shared.nix", "systems/a/default.nix"});
    CHECK(files_of(easy, "m") ==
          Names{"modules/darwin/default.nix", "shared.nix", "systems/m/default.nix"});

    const auto ez = map_of(MemoryTree(Texts{
        {"flake.nix", flake_parts(R"({ ezConfigs = {
            root = ./.; nixos.hosts.a.userHomeModules = [ "eve" ]; }; })")},
        {"nixos-configurations/a.nix", "{ ezModules, ... }: { imports = [ ezModules.web ]; }"},
        {"nixos-modules/web.nix", "{ }"},
        {"nixos-modules/default.nix", "{ }"},
        {"home-configurations/eve/default.nix", "{ }"}}));
    CHECK(files_of(ez, "a") == Names{"nixos-configurations/a.nix", "nixos-modules/default.nix",
                                     "nixos-modules/web.nix"});
    CHECK(files_of(ez.host("a")->homes.at("eve")) == Names{"home-configurations/eve/default.nix"});
}

TEST_CASE("hosts that are folders of snowfall-lib, blueprint and nixos-unified") {
    const auto snowfall = map_of(MemoryTree(Texts{{"flake.nix", R"({ outputs = inputs: let
            lib = inputs.snowfall-lib.mkLib { inherit inputs; src = ./.; };
          in lib.mkFlake { systems.modules.nixos = [ ./shared.nix ]; }; })"},
                                                  {"systems/x86_64-linux/a/default.nix", "{ }"},
                                                  {"systems/aarch64-darwin/m/default.nix", "{ }"},
                                                  {"modules/nixos/x/y/default.nix", "{ }"},
                                                  {"modules/home/z/default.nix", "{ }"},
                                                  {"homes/x86_64-linux/eve@a/default.nix", "{ }"},
                                                  {"shared.nix", "{ }"}}));
    CHECK(files_of(snowfall, "a") == Names{"modules/nixos/x/y/default.nix", "shared.nix",
                                           "systems/x86_64-linux/a/default.nix"});
    CHECK(files_of(snowfall.host("a")->homes.at("eve")) ==
          Names{"homes/x86_64-linux/eve@a/default.nix", "modules/home/z/default.nix"});
    CHECK(snowfall.host("m")->kind == "darwin");

    const auto blueprint = map_of(MemoryTree(Texts{
        {"flake.nix", "{ outputs = inputs: inputs.blueprint { inherit inputs; }; }"},
        {"hosts/a/configuration.nix", "{ flake, ... }: { imports = [ flake.nixosModules.web ]; }"},
        {"hosts/a/users/eve/home-configuration.nix", "{ }"},
        {"modules/nixos/web.nix", "{ }"}}));
    CHECK(files_of(blueprint, "a") == Names{"hosts/a/configuration.nix", "modules/nixos/web.nix"});
    CHECK(blueprint.host("a")->homes.count("eve") == 1);

    const auto unified = map_of(MemoryTree(
        Texts{{"flake.nix", R"({ outputs = inputs: inputs.nixos-unified.lib.mkFlake {
            inherit inputs; root = ./.; }; })"},
              {"configurations/nixos/a/default.nix",
               "{ flake, ... }: { imports = with flake.self.nixosModules; [ web all ]; }"},
              {"modules/flake-parts/more.nix", "{ flake.nixosModules.all = ../shared/all.nix; }"},
              {"modules/shared/all.nix", "{ }"},
              {"modules/nixos/web.nix", "{ }"}}));
    CHECK(files_of(unified, "a") == Names{"configurations/nixos/a/default.nix",
                                          "modules/nixos/web.nix", "modules/shared/all.nix"});
}

TEST_CASE("hosts of colmena, of flake-utils-plus, and below the packages of a system") {
    const auto hive =
        map_of(MemoryTree(Texts{{"flake.nix", R"({ outputs = { nixpkgs, ... }: { colmena = {
            meta.nixpkgs = import nixpkgs { };
            defaults.imports = [ ./all.nix ];
            a = { name, ... }: { imports = [ ./hosts/${name}.nix ]; };
          }; }; })"},
                                {"hosts/a.nix", "{ }"},
                                {"all.nix", "{ }"}}));
    CHECK(hosts_of(hive) == Names{"a"});
    CHECK(files_of(hive, "a") == Names{"all.nix", "hosts/a.nix"});

    const auto plus = map_of(MemoryTree(
        Texts{{"flake.nix", R"({ outputs = inputs@{ self, utils, ... }: utils.lib.mkFlake {
            inherit self inputs;
            hostDefaults.modules = [ ./all.nix ];
            hosts.a.modules = [ ./a.nix ];
          }; })"},
              {"a.nix", "{ }"},
              {"all.nix", "{ }"}}));
    CHECK(files_of(plus, "a") == Names{"a.nix", "all.nix"});

    const auto below =
        map_of(MemoryTree(Texts{{"flake.nix", R"({ outputs = { nixpkgs, flake-utils, ... }:
          flake-utils.lib.eachDefaultSystem (system: {
            packages.nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; };
          }); })"},
                                {"a.nix", "{ }"}}));
    CHECK(hosts_of(below) == Names{"a"});
}

TEST_CASE("hosts that are kept in a table of TOML or JSON") {
    const auto map = map_of(
        MemoryTree(Texts{{"flake.nix", R"({ outputs = { nixpkgs, ... }: let
            table = builtins.fromTOML (builtins.readFile ./hosts.toml);
            more = nixpkgs.lib.importJSON ./hosts.json;
          in { nixosConfigurations = nixpkgs.lib.mapAttrs (name: host: nixpkgs.lib.nixosSystem {
            modules = map (role: ./roles + "/${role}.nix") host.roles;
          }) (nixpkgs.lib.filterAttrs (_: host: host.kind == "nixos") (table // more)); }; })"},
                         {"hosts.toml", "[a]\nkind = \"nixos\"\nroles = [\"web\"]\nscale = 1.5\n"
                                        "[m]\nkind = \"darwin\"\nroles = []\n"},
                         {"hosts.json", R"({"b": {"kind": "nixos", "roles": ["web", "db"]}})"},
                         {"roles/web.nix", "{ }"},
                         {"roles/db.nix", "{ }"}}));
    CHECK(hosts_of(map) == Names{"a", "b"});
    CHECK(files_of(map, "b") == Names{"roles/db.nix", "roles/web.nix"});
}

TEST_CASE("a host of den is what the aspects of its name and of its users include") {
    const auto map = map_of(MemoryTree(
        Texts{{"flake.nix", flake_parts("(inputs.import-tree ./modules)")},
              {"modules/hosts.nix", "{ den.hosts.x86_64-linux.a.users.eve = { }; }"},
              {"modules/a.nix", R"({ den, ... }: { den.aspects.a = {
            includes = [ den.aspects.web ]; nixos.imports = [ ../a.nix ]; }; })"},
              {"modules/web.nix",
               "{ den.aspects.web.nixos = { pkgs, ... }: { imports = [ ../web.nix ]; }; }"},
              {"modules/eve.nix", "{ den.aspects.eve.homeManager = ../eve.nix; }"},
              {"a.nix", "{ }"},
              {"web.nix", "{ }"},
              {"eve.nix", "{ }"}}));
    CHECK(files_of(map, "a") == Names{"a.nix", "web.nix"});
    CHECK(holds(map, "a", "modules/web.nix"));
    CHECK(files_of(map.host("a")->homes.at("eve")) == Names{"eve.nix"});
}

TEST_CASE("helpers that overlays add, and functions that are asked what they want, are followed") {
    const auto map = map_of(MemoryTree(
        Texts{{"flake.nix", R"({ outputs = { nixpkgs, ... }@inputs: let
            pkgs = import nixpkgs { overlays = [ (import ./overlay.nix inputs) ]; };
            given = builtins.intersectAttrs (builtins.functionArgs (import ./mk.nix)) {
              inherit nixpkgs; unused = 1; };
          in {
            nixosConfigurations = pkgs.hosts { } // { b = import ./mk.nix given; };
          }; })"},
              {"overlay.nix", R"(inputs: final: prev: { hosts = { }: {
            a = inputs.nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; }; }; })"},
              {"mk.nix", R"({ nixpkgs, extra ? [ ] }: nixpkgs.lib.nixosSystem { modules = map
            (n: ./hosts + "/${n}") (builtins.filter (n: builtins.match ".*\\.nix" n != null)
              (builtins.attrNames (builtins.readDir ./hosts))) ++ extra; })"},
              {"a.nix", "{ }"},
              {"hosts/b.nix", "{ }"},
              {"hosts/b.txt", "{ }"}}));
    CHECK(hosts_of(map) == Names{"a", "b"});
    CHECK(files_of(map, "a") == Names{"a.nix"});
    CHECK(files_of(map, "b") == Names{"hosts/b.nix"});
    CHECK(map.host("b")->unresolved.empty());
}

TEST_CASE("a lib or a nixpkgs that is changed in ways that cannot be told is still what it is") {
    const auto map = map_of(
        MemoryTree(Texts{{"flake.nix", R"({ outputs = inputs: let
            patched = builtins.fromJSON inputs.what;
            folders = path: removeAttrs (builtins.listToAttrs (map (n:
              let hit = builtins.match "(.*)\\.nix" n; in {
                name = if hit == null then "__junk" else builtins.head hit;
                value = path + "/${n}"; }) (builtins.attrNames (builtins.readDir path))))
              [ "__junk" ];
          in {
            nixosModules = folders ./modules;
            nixosConfigurations.a = patched.nixpkgs.lib.nixosSystem {
              specialArgs.lib = patched.lib;
              modules = [ ./a.nix inputs.self.nixosModules.web ];
            };
          }; })"},
                         {"a.nix", "{ lib, ... }: { imports = lib.optionals true [ ./b.nix ]; }"},
                         {"b.nix", "{ }"},
                         {"modules/web.nix", "{ }"},
                         {"modules/notes.txt", "none"}}));
    CHECK(files_of(map, "a") == Names{"a.nix", "b.nix", "modules/web.nix"});
    CHECK(map.host("a")->unresolved.empty());
}

TEST_CASE("outputs of flake-parts may ask for each other, and modules may be left out by name") {
    const auto map = map_of(MemoryTree(Texts{
        {"flake.nix", flake_parts("{ imports = [ ((import inputs.import-tree).filterNot "
                                  "(inputs.nixpkgs.lib.hasSuffix \".pkg.nix\") ./parts) ]; }")},
        {"parts/x.pkg.nix", "throw \"never read\""},
        {"parts/hosts.nix", R"({ inputs, ... }: { flake = { config, lib, ... }: {
            hosts = [ "a" ];
            nixosConfigurations = lib.genAttrs config.hosts (name:
              inputs.nixpkgs.lib.nixosSystem { modules = [ ../${name}.nix ]; }); }; })"},
        {"a.nix", "{ }"}}));
    CHECK(hosts_of(map) == Names{"a"});
    CHECK(files_of(map, "a") == Names{"a.nix"});
}

TEST_CASE("frameworks that are asked for without end, or for nothing, are bounded and named") {
    const std::string deep(20'000, '[');
    const auto map =
        map_of(MemoryTree(Texts{{"flake.nix", flake_parts("{ imports = [ ./a.nix ./b.nix ]; }")},
                                {"a.nix", R"({ config, lib, ... }: {
            imports = [ ./b.nix ];
            options.t = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule ./a.nix); };
            config.t.x.t.y = config.t.x;
            config.flake = config.flake // { nixosConfigurations = config.t; };
          })"},
                                {"b.nix", R"({ config, ... }: {
            imports = [ ./a.nix ];
            easy-hosts.hosts = config.easy-hosts.hosts;
            clan.machines = builtins.fromJSON (builtins.readFile ./deep.json);
            den.aspects.a.includes = [ config.den.aspects.a ];
            den.hosts.x86_64-linux.a.users.u = config.den.hosts;
          })"},
                                {"deep.json", deep}}));
    for (const auto& host : map.hosts) {
        CHECK((!host.unresolved.empty() || !host.modules.empty() || host.name == "a"));
    }
    const auto twice =
        map_of(MemoryTree(Texts{{"flake.nix", flake_parts("{ imports = [ ./a.nix ]; }")},
                                {"a.nix", R"({ lib, inputs, ... }: let
            both = lib.mkMerge [ both both ];
            list = [ list list ];
            set = { a = set; b = set; };
            aspect = { host }: { includes = [ aspect aspect ]; };
          in {
            t = both;
            den.hosts.x86_64-linux.d = { };
            den.aspects.d.includes = [ aspect ];
            flake.nixosConfigurations.h = inputs.nixpkgs.lib.nixosSystem {
              modules = [ both list { imports = lib.collect builtins.isList set; } ]; };
          })"}}));
    CHECK_FALSE(twice.notes.empty());
    const auto nothing = map_of(MemoryTree(
        Texts{{"flake.nix", "{ outputs = inputs: inputs.other.lib.mkSystems { root = ./.; }; }"}}));
    CHECK_FALSE(nothing.hosts_known);
    CHECK(nothing.notes.back().find("inputs.other.lib.mkSystems") != std::string::npos);
}
