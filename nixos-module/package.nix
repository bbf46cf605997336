# agentd from this source tree. The page is part of the tree (web/ui/dist), so that no Node is needed.
{ lib
, stdenv
, cmake
, ninja
, pkg-config
, brotli
, boost
, cli11
, fmt
, libgit2
, libsodium
, libssh2
, nlohmann_json
, openssl
, sqlite
, systemd
, tomlplusplus
, catch2
, installShellFiles
, withTests ? false
}:
let
  root = ./..;
  # What a build writes, and what is no part of the program: a change there builds nothing anew.
  left-out = [ ".git" "build" "node_modules" "result" ];
  inherit (builtins.fromJSON (builtins.readFile ../CMakePresets.json)) configurePresets;
  release = lib.findFirst (p: p.name == "release") (throw "CMakePresets.json has no preset `release`") configurePresets;
in
stdenv.mkDerivation {
  pname = "agentd";
  version = builtins.head (builtins.match ".*project\\(agentd VERSION ([0-9.]+).*" (builtins.readFile ../CMakeLists.txt));
  src = builtins.path {
    path = root;
    name = "agentd-source";
    filter = file: _type: !(lib.elem (baseNameOf file) left-out);
  };

  nativeBuildInputs = [ cmake ninja pkg-config brotli installShellFiles ];
  buildInputs = [ boost cli11 fmt libgit2 libsodium libssh2 nlohmann_json openssl sqlite systemd tomlplusplus catch2 ];

  # The preset, value by value: nixpkgs' cmake hook chooses folder and generator itself.
  cmakeBuildType = release.cacheVariables.CMAKE_BUILD_TYPE;
  cmakeFlags = lib.mapAttrsToList (name: value: "-D${name}:STRING=${value}") release.cacheVariables;
  # The preset hardens by itself; _FORTIFY_SOURCE must not be defined twice with two values.
  hardeningDisable = [ "fortify" "fortify3" ];

  # The unit tests need neither root nor a network; what needs them is for scripts/test.
  doCheck = withTests;
  checkPhase = "ctest --output-on-failure -L unit";

  postInstall = ''
    if "$out/bin/agentctl" completion bash > agentctl.bash 2> /dev/null; then
      installShellCompletion --cmd agentctl --bash agentctl.bash
    fi
    install -Dm644 ../LICENSE -t "$out/share/doc/agentd"
    install -Dm644 ../docs/*.md -t "$out/share/doc/agentd"
    install -Dm644 ../policy/*.toml -t "$out/share/agentd"
  '';

  meta = {
    description = "Lets a NixOS machine look after itself inside rules its owner wrote";
    license = lib.licenses.asl20;
    platforms = lib.platforms.linux;
    mainProgram = "agentctl";
  };
}
