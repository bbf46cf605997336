#include "tests/unit/repo_map/memory_tree.hpp"

using namespace agentd;
using namespace agentd::tests;
using Names = std::vector<std::string>;

TEST_CASE("a host has the files that its modules import, own and shared") {
    const MemoryTree tree({{"flake.nix", R"({
          inputs.nixpkgs.url = "github:NixOS/nixpkgs";
          outputs = { self, nixpkgs, ... }@inputs: let inherit (nixpkgs) lib; in {
            nixosConfigurations = {
              a = lib.nixosSystem { modules = [ ./hosts/a inputs.disko.nixosModules.disko ]; };
              b = nixpkgs.lib.nixosSystem { modules = [ ./hosts/b.nix ]; };
            };
          };
        })"},
                           {"hosts/a/default.nix", "{ imports = [ ../../common ./disk.nix ]; }"},
                           {"hosts/a/disk.nix", "{ }"},
                           {"hosts/b.nix", "{ ... }: { imports = [ ../common/default.nix ]; }"},
                           {"common/default.nix", "{ lib, ... }: { networking.hostName = \"x\"; }"},
                           {"common/other.nix", "{ }"}});
    const auto map = map_of(tree);
    CHECK(files_of(map, "a") ==
          Names{"common/default.nix", "hosts/a/default.nix", "hosts/a/disk.nix"});
    CHECK(files_of(map, "b") == Names{"common/default.nix", "hosts/b.nix"});
    CHECK(map.hosts_of("common/default.nix") == Names{"a", "b"});
    CHECK(map.hosts_of("hosts/a/disk.nix") == Names{"a"});
    CHECK(map.host("a")->outside == Names{"inputs.disko.nixosModules.disko"});
    CHECK(map.host("a")->unresolved.empty());
    CHECK(map.unused == Names{"common/other.nix"});
    CHECK(map.hosts_known);
    CHECK(map.disko);
    CHECK(map.inputs.at(0).url == "github:NixOS/nixpkgs");
}

TEST_CASE("a helper of the owner's is followed, with the name that it is given") {
    const MemoryTree tree({{"flake.nix", R"({
          outputs = { nixpkgs, ... }@inputs: let
            mk = import ./lib/mk.nix { inherit nixpkgs inputs; };
          in {
            nixosConfigurations.one = mk "one" { user = "u"; };
            nixosConfigurations.two = mk "two" { user = "u"; wsl = true; };
          };
        })"},
                           {"lib/mk.nix", R"({ nixpkgs, inputs }: name: { user, wsl ? false }:
          let optionals = nixpkgs.lib.optionals; in
          nixpkgs.lib.nixosSystem rec {
            modules = [ ../machines/${name}.nix ]
              ++ optionals (!wsl) [ ../machines/metal.nix ]
              ++ [ { home-manager.users.${user} = import ../home/${user}.nix { inherit wsl; }; } ];
          })"},
                           {"machines/one.nix", "{ }"},
                           {"machines/two.nix", "{ }"},
                           {"machines/metal.nix", "{ }"},
                           {"home/u.nix", "{ wsl }: { pkgs, ... }: { imports = [ ./git.nix ]; }"},
                           {"home/git.nix", "{ }"}});
    const auto map = map_of(tree);
    CHECK(files_of(map, "one") == Names{"machines/metal.nix", "machines/one.nix"});
    CHECK(files_of(map, "two") == Names{"machines/two.nix"});
    CHECK(files_of(map.host("one")->homes.at("u")) == Names{"home/git.nix", "home/u.nix"});
    CHECK(map.home_manager == "nixos module");
}

TEST_CASE("a host of the module system alone is one, also by a lib of the repository's own") {
    const MemoryTree tree({{"flake.nix", R"({
          outputs = { nixpkgs, self }: let
            lib = import ./lib;
            mk = modules: lib.evalModules { modules = [ ./base ] ++ modules; } // { pkgs = 1; };
          in {
            nixosConfigurations.one = mk [ ./one.nix ];
            nixosConfigurations.two = nixpkgs.lib.evalModules { modules = [ ./two.nix ]; };
          };
        })"},
                           {"lib/default.nix", "{ evalModules = { modules }: modules; }"},
                           {"base/default.nix", "{ }"},
                           {"one.nix", "{ lib, ... }: { imports = lib.optional true ./two.nix; }"},
                           {"two.nix", "{ }"}});
    const auto map = map_of(tree);
    CHECK(files_of(map, "one") == Names{"base/default.nix", "one.nix", "two.nix"});
    CHECK(files_of(map, "two") == Names{"two.nix"});
    CHECK(map.host("one")->unresolved.empty());
}

TEST_CASE("hosts and modules that are found by reading a folder are found") {
    const MemoryTree tree(
        {{"flake.nix", R"({
          outputs = { self, nixpkgs }: let lib = nixpkgs.lib; in {
            nixosModules = lib.mapAttrs' (f: _: lib.nameValuePair (lib.removeSuffix ".nix" f)
              (./modules + "/${f}")) (builtins.readDir ./modules);
            nixosConfigurations = lib.genAttrs (builtins.attrNames (builtins.readDir ./hosts))
              (name: lib.nixosSystem {
                modules = [ (./hosts + "/${name}") ] ++ builtins.attrValues self.nixosModules;
              });
          };
        })"},
         {"hosts/a/default.nix", "{ imports = map (n: ./parts/${n}) [ \"p.nix\" ]; }"},
         {"hosts/a/parts/p.nix", "{ }"},
         {"hosts/b/default.nix", R"({ lib, ... }: {
            imports = lib.filter (f: lib.hasSuffix ".nix" f) (lib.filesystem.listFilesRecursive ./m);
          })"},
         {"hosts/b/m/x.nix", "{ }"},
         {"modules/m.nix", "{ }"}});
    const auto map = map_of(tree);
    CHECK(files_of(map, "a") ==
          Names{"hosts/a/default.nix", "hosts/a/parts/p.nix", "modules/m.nix"});
    CHECK(files_of(map, "b") == Names{"hosts/b/default.nix", "hosts/b/m/x.nix", "modules/m.nix"});
}

TEST_CASE("flake-parts, import-tree, relativeToRoot and a home chosen by host name are followed") {
    const MemoryTree tree(
        {{"flake.nix", R"({
          outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; }
            (inputs.import-tree ./parts);
        })"},
         {"parts/hosts.nix", R"({ inputs, self, ... }: {
            flake.nixosConfigurations.web = inputs.nixpkgs.lib.nixosSystem {
              specialArgs.mylib = import "${self}/lib" { inherit (inputs.nixpkgs) lib; };
              modules = [ "${self}/hosts/web.nix" ];
            };
          })"},
         {"parts/_off.nix", "throw \"never read\""},
         {"lib/default.nix", "{ lib, ... }: { relativeToRoot = lib.path.append ../.; }"},
         {"hosts/web.nix", R"({ lib, mylib, config, ... }: {
            imports = lib.flatten [ (map mylib.relativeToRoot [ "common" ]) ];
            home-manager.users.eve = import ../home/${config.networking.hostName}.nix;
          })"},
         {"home/web.nix", "{ }"},
         {"home/db.nix", "{ }"},
         {"common/default.nix", "{ }"}});
    const auto map = map_of(tree);
    CHECK(files_of(map, "web") == Names{"common/default.nix", "hosts/web.nix"});
    CHECK(files_of(map.host("web")->homes.at("eve")) == Names{"home/web.nix"});
}

TEST_CASE("an import under a condition is marked, and one that cannot be followed is named") {
    const MemoryTree tree({{"flake.nix", R"({ outputs = { nixpkgs, ... }: {
            nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; };
            nixosConfigurations.b = somebody.elses ./b.nix;
          }; })"},
                           {"a.nix", R"({ config, lib, ... }: {
            imports = lib.optional config.web.enable ./web.nix ++ [ ./gone.nix (import ./odd.nix) ];
          })"},
                           {"web.nix", "{ }"},
                           {"odd.nix", "x: x.y.z"}});
    const auto map = map_of(tree);
    const auto& modules = map.host("a")->modules;
    REQUIRE(modules.size() >= 2);
    CHECK(modules.at(1).file == "web.nix");
    CHECK(modules.at(1).maybe);
    CHECK(map.host("a")->unresolved.size() == 2);
    CHECK(map.host("a")->unresolved.at(0) == "a.nix:2: there is no file gone.nix: ./gone.nix");
    CHECK(map.host("b")->unresolved.size() == 1);
}

TEST_CASE("imports that cannot be told are named, and an extended lib is read") {
    const MemoryTree tree({{"flake.nix", R"({ outputs = { nixpkgs, ... }: let
            lib = nixpkgs.lib.extend (final: prev: { mine = { here = p: [ (p + "/x.nix") ]; }; });
          in {
            nixosConfigurations.a = lib.nixosSystem { modules = [ ./a.nix ./b.nix ]; };
          }; })"},
                           {"a.nix", "{ lib, ... }: { imports = lib.mine.here ./.; }"},
                           {"b.nix", "{ q, ... }: { imports = q.${q.n} ./.; }"},
                           {"x.nix", "{ }"}});
    const auto map = map_of(tree);
    CHECK(files_of(map, "a") == Names{"a.nix", "b.nix", "x.nix"});
    CHECK(map.host("a")->unresolved ==
          Names{"b.nix:1: a part of the imports cannot be told: q.${q.n} ./."});
}

TEST_CASE("a hostile repository costs no more than the bounds") {
    const MemoryTree tree({{"flake.nix", R"({ outputs = { nixpkgs, ... }: let
            f = n: f (n + 1) ++ f (n + 2);
            x = x;
            loop = [ ./a.nix ] ++ loop;
            l0 = [ 1 1 1 1 1 1 1 1 ]; l1 = l0 ++ l0 ++ l0 ++ l0; l2 = l1 ++ l1 ++ l1 ++ l1;
            l3 = l2 ++ l2 ++ l2 ++ l2; l4 = l3 ++ l3 ++ l3 ++ l3; l5 = l4 ++ l4 ++ l4 ++ l4;
            l6 = l5 ++ l5 ++ l5 ++ l5; l7 = l6 ++ l6 ++ l6 ++ l6; l8 = l7 ++ l7 ++ l7 ++ l7;
            l9 = l8 ++ l8 ++ l8 ++ l8; l10 = l9 ++ l9 ++ l9 ++ l9; l11 = l10 ++ l10 ++ l10;
          in {
            nixosConfigurations.a = nixpkgs.lib.nixosSystem {
              modules = [ x ./a.nix ../../../etc/passwd ./link.nix ./a.nix/../../.. ] ++ loop;
            };
            nixosConfigurations.b = nixpkgs.lib.nixosSystem { modules = l11 ++ f 0; };
          }; })"},
                           {"a.nix", "{ imports = [ ./a.nix ./b.nix ]; }"},
                           {"b.nix", "{ imports = [ ./a.nix ]; }"},
                           {"link.nix", "/etc/passwd"},
                           {"bad.nix", "{ a = ; }"}},
                          {"link.nix"});
    const auto map = map_of(tree);
    CHECK(files_of(map, "a") == Names{"a.nix", "b.nix"});
    CHECK(map.broken == Names{"bad.nix"});
    CHECK_FALSE(map.host("a")->unresolved.empty());
    CHECK_FALSE(map.host("b")->unresolved.empty());
    CHECK(map.notes == Names{"the repository is too large to be read to its end"});
}

TEST_CASE("a folder without flake.nix is refused by a name") {
    const std::map<std::string, std::string> files_here{{"default.nix", "{ }"}};
    const MemoryTree tree(files_here);
    proposals::map::Files files(tree, tree.paths());
    const auto map = proposals::map::make_map(files);
    REQUIRE_FALSE(map.has_value());
    CHECK(map.problem().code == "no_flake");
}

TEST_CASE("own options, aspects, formatter and the layout of lists are told") {
    const MemoryTree tree(
        {{"flake.nix", R"({ outputs = { nixpkgs, ... }: {
            formatter = f (pkgs: pkgs.alejandra);
            nixosConfigurations.a = nixpkgs.lib.nixosSystem {modules = [./m.nix];};
          }; })"},
         {"m.nix", R"({ lib, ... }: {
            options.my.web = { enable = lib.mkEnableOption "web" // { default = true; };
              port = lib.mkOption { }; };
            config.x = ["a" "b"];
          })"},
         {"d.nix",
          "{ den.aspects.ai.nixos = { }; flake.modules.nixos.web = { pkgs, ... }: { }; }"}});
    const auto map = map_of(tree);
    REQUIRE(map.own_options.size() == 2);
    CHECK(map.own_options.at(0).path == "my.web.enable");
    CHECK(map.own_options.at(0).line == 2);
    REQUIRE(map.aspects.size() == 2);
    CHECK(map.aspects.at(0).prefix == Names{"den", "aspects", "ai", "nixos"});
    CHECK(map.aspects.at(1).name == "web");
    CHECK(map.formatter == "alejandra");
    CHECK(map.style.tight());
    CHECK_FALSE(map.style.expands_lists());
}

TEST_CASE("how a file names another") {
    using proposals::map::joined_path;
    using proposals::map::relative_path;
    CHECK(relative_path("hosts/a/default.nix", "hosts/a/x.nix") == "./x.nix");
    CHECK(relative_path("hosts/a/default.nix", "hosts/common/x") == "../common/x");
    CHECK(relative_path("flake.nix", "hosts/a") == "./hosts/a");
    CHECK(relative_path("a/b/c.nix", "d.nix") == "../../d.nix");
    CHECK(joined_path("a/b", "../c/./d") == "a/c/d");
    CHECK_FALSE(joined_path("a", "../../b").has_value());
    CHECK_FALSE(joined_path("a", "/etc").has_value());
}

TEST_CASE(
    "a host that the flake does not tell is known by its folder, and said to be known in part") {
    const std::string opaque = "{ outputs = inputs: inputs.clan.lib.clan { inherit inputs; }; }";
    const MemoryTree tree(
        {{"flake.nix", opaque},
         {"hosts/web/default.nix", "{ imports = [ ./disks.nix ../common ]; }"},
         {"hosts/web/disks.nix", "{ fileSystems.\"/\".device = \"/dev/x\"; }"},
         {"hosts/mail/configuration.nix", "{ networking.hostName = \"m\"; }"},
         {"hosts/part/default.nix", "{ flake.x = { networking.hostName = 1; }; }"},
         {"hosts/notes/default.nix", "{ services.x.enable = true; }"},
         {"hosts/common/default.nix", "{ boot.loader.timeout = 1; }"},
         {"home/hosts/web2/default.nix", "{ boot.loader.timeout = 1; }"}});
    const auto map = map_of(tree);
    CHECK_FALSE(map.hosts_known);
    REQUIRE(map.hosts.size() == 2);
    CHECK(files_of(map, "web") == std::vector<std::string>{"hosts/common/default.nix",
                                                           "hosts/web/default.nix",
                                                           "hosts/web/disks.nix"});
    CHECK(map.host("mail")->modules.size() == 1);
    CHECK(map.host("web")->unresolved.at(0).find("cannot be told") != std::string::npos);
}

TEST_CASE("nixos-unified by its own mkFlake has hosts where it finds them") {
    const MemoryTree tree(
        {{"flake.nix", "{ outputs = inputs: inputs.nixos-unified.lib.mkFlake { root = ./.; }; }"},
         {"configurations/nixos/a/default.nix",
          "{ flake, ... }: { imports = [ flake.inputs.self.nixosModules.default ]; }"},
         {"modules/nixos/default.nix", "{ }"}});
    const auto map = map_of(tree);
    CHECK(map.hosts_known);
    CHECK(files_of(map, "a") == std::vector<std::string>{"configurations/nixos/a/default.nix",
                                                         "modules/nixos/default.nix"});
}

TEST_CASE("a file that is imported where it exists is a sure part of the host, or is none") {
    const MemoryTree tree({{"flake.nix", R"({ outputs = { nixpkgs, ... }: {
          nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; };
        }; })"},
                           {"a.nix", R"({ lib, ... }: { imports = [ ./b.nix ]
          ++ lib.optional (builtins.pathExists ./extra.nix) ./extra.nix
          ++ lib.optionals (builtins.pathExists ./gone.nix) [ ./gone.nix ]
          ++ (if builtins.pathExists ./dir/default.nix then [ ./dir ] else [ ])
          ++ lib.optional (lib.pathExists (./. + "/more.nix")) ./more.nix; })"},
                           {"b.nix", R"({ lib, ... }: with lib; { imports =
          optional (pathExists ./c.nix) ./c.nix; })"},
                           {"c.nix", "{ }"},
                           {"extra.nix", "{ }"},
                           {"more.nix", "{ }"},
                           {"dir/default.nix", "{ }"}});
    const auto map = map_of(tree);
    CHECK(files_of(map, "a") ==
          Names{"a.nix", "b.nix", "c.nix", "dir/default.nix", "extra.nix", "more.nix"});
    for (const auto& use : map.host("a")->modules) {
        CAPTURE(use.file);
        CHECK_FALSE(use.maybe);
    }
    CHECK(map.host("a")->unresolved.empty());
}

TEST_CASE("modules that the flake names by pairs are followed") {
    const std::map<std::string, std::string> all{
        {"flake.nix", R"({ outputs = { self, nixpkgs, ... }: let lib = nixpkgs.lib; in {
          nixosModules = "${self}/profiles" |> builtins.readDir |> lib.attrNames
            |> (names: lib.genAttrs' names (name: { name = "${name |> lib.removeSuffix ".nix"}-profile";
                 value = "${self}/profiles/${name}"; }));
          nixosConfigurations.a = lib.nixosSystem { modules = [ self.nixosModules.core-profile ]; };
        }; })"},
        {"profiles/core.nix", "{ }"}};
    const auto map = map_of(MemoryTree(all));
    CHECK(files_of(map, "a") == Names{"profiles/core.nix"});
    CHECK(map.host("a")->unresolved.empty());
}

TEST_CASE("the flake stays itself where its inputs say how it is fetched") {
    const MemoryTree tree({{"flake.nix", R"({
          inputs = { self.submodules = true; nixpkgs.url = "github:NixOS/nixpkgs"; };
          outputs = { self, nixpkgs, ... }@inputs: {
            nixosModules = { core = import ./core.nix; };
            nixosConfigurations.a = nixpkgs.lib.nixosSystem {
              specialArgs = { inherit inputs; };
              modules = [ ./a.nix ];
            };
          };
        })"},
                           {"a.nix", R"({ inputs, ... }: {
          imports = builtins.attrValues { disk = ./disk.nix; inherit (inputs.self.nixosModules) core; };
        })"},
                           {"disk.nix", "{ }"},
                           {"core.nix", "{ }"}});
    const auto map = map_of(tree);
    CHECK(files_of(map, "a") == Names{"a.nix", "core.nix", "disk.nix"});
    CHECK(map.host("a")->outside.empty());
    CHECK(map.inputs.size() == 1);
}

TEST_CASE("import-tree takes the files of a folder that a pattern fits") {
    const MemoryTree tree({{"flake.nix", R"({
          outputs = { nixpkgs, import-tree, ... }: {
            nixosConfigurations.a = nixpkgs.lib.nixosSystem {
              modules = [ (import-tree.match "^/[^/]+/default\\.nix$" ./modules) ];
            };
          };
        })"},
                           {"modules/web/default.nix", "{ }"},
                           {"modules/web/extra.nix", "{ }"},
                           {"modules/deep/er/default.nix", "{ }"}});
    CHECK(files_of(map_of(tree), "a") == Names{"modules/web/default.nix"});
}

TEST_CASE("who asks for the flake at the top is told of the one in a folder") {
    const MemoryTree tree(
        {{"nix/flake.nix", "{ outputs = _: { }; }"}, {"other.nix", "{ }"}, {"third.nix", "{ }"}});
    proposals::map::Files files(tree, tree.paths());
    const auto map = proposals::map::make_map(files);
    REQUIRE_FALSE(map.has_value());
    CHECK(map.problem().code == "no_flake");
    CHECK(map.problem().hint.starts_with("there is one in nix: agentctl takes --flake FOLDER"));
    CHECK(proposals::map::make_map(files, "nix").has_value());
}
