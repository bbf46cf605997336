# The functions that make derivations; nixpkgs' names for nixpkgs' things.
{ lib, system }:
let
  # The folder, not the file: busybox finds its applet by its own name, which must begin with "busybox".
  seed = builtins.path { path = ../bb; name = "busybox-seed"; };

  busybox = derivation
    {
      name = "busybox-1.35.0";
      inherit system seed;
      builder = "${seed}/busybox";
      args = [ "sh" "-e" "-c" ''
        bb=$seed/busybox
        $bb mkdir -p $out/bin
        $bb cp $bb $out/bin/busybox
        $bb chmod 755 $out/bin/busybox
        for applet in $($bb --list); do
          [ $applet = busybox ] || $bb ln -s busybox $out/bin/$applet
        done
        # the name scripts expect on any NixOS
        $bb ln -sf busybox $out/bin/bash
      '' ];
    } // {
    pname = "busybox";
    version = "1.35.0";
    shellPath = "/bin/sh";
    meta = { description = "Tiny versions of common UNIX utilities in a single small executable"; mainProgram = "busybox"; };
  };

  runtimeShell = "${busybox}/bin/sh";

  runCommand = name: env: script:
    derivation ({
      inherit name system script;
      builder = "${busybox}/bin/busybox";
      args = [ "sh" "-e" "-c" ''PATH=${busybox}/bin; eval "$script"'' ];
      preferLocalBuild = true;
      allowSubstitutes = false;
    } // env) // { inherit name; meta = { }; };

  writeTextFile = { name, text, executable ? false, destination ? "", checkPhase ? "", meta ? { } }:
    runCommand name { inherit text; passAsFile = [ "text" ]; } ''
      target=$out${destination}
      mkdir -p "''${target%/*}"
      cp "$textPath" "$target"
      ${lib.optionalString executable "chmod +x \"$target\""}
      ${checkPhase}
    '' // { inherit meta; };
  writeText = name: text: writeTextFile { inherit name text; };
  writeScript = name: text: writeTextFile { inherit name text; executable = true; };
  writeScriptBin = name: text: writeTextFile {
    inherit name text;
    executable = true;
    destination = "/bin/${name}";
    meta.mainProgram = name;
  };
  shell = text: "#!${runtimeShell}\n${text}\n";

  buildEnv = { name, paths, pathsToLink ? [ "/bin" "/share" ], meta ? { }, ... }:
    runCommand name { paths = map toString paths; inherit pathsToLink; } ''
      for dir in $pathsToLink; do
        for p in $paths; do
          [ -d "$p$dir" ] || continue
          mkdir -p "$out$dir"
          for f in "$p$dir"/*; do
            [ -e "$out$dir/''${f##*/}" ] || ln -s "$f" "$out$dir/"
          done
        done
      done
      mkdir -p $out/bin
    '' // { inherit meta; };

  replaceVarsWith = { src, replacements, name ? baseNameOf src, isExecutable ? false }: writeTextFile {
    inherit name;
    executable = isExecutable;
    text = builtins.replaceStrings
      (map (n: "@${n}@") (lib.attrNames replacements))
      (map toString (lib.attrValues replacements))
      (builtins.readFile src);
  };
in
{
  inherit busybox runtimeShell runCommand writeTextFile writeText writeScript writeScriptBin buildEnv;
  bash = busybox;
  bashInteractive = busybox;
  coreutils = busybox;
  gnugrep = busybox;
  gnused = busybox;
  gawk = busybox;
  findutils = busybox;
  util-linux = busybox;

  runCommandLocal = runCommand;
  writeTextDir = path: text: writeTextFile { name = baseNameOf path; inherit text; destination = "/${path}"; };
  writeShellScript = name: text: writeScript name (shell text);
  writeShellScriptBin = name: text: writeScriptBin name (shell text);
  writeShellApplication = { name, text, runtimeInputs ? [ ], ... }: writeScriptBin name (shell ''
    set -eu
    export PATH="${lib.makeBinPath runtimeInputs}:$PATH"
    ${text}
  '');
  symlinkJoin = { name, paths, ... }: buildEnv { inherit name paths; };
  linkFarm = name: entries:
    let
      list = if builtins.isList entries then entries else lib.mapAttrsToList (name: path: { inherit name path; }) entries;
    in
    runCommand name { } (lib.concatLines ([ "mkdir -p $out" ] ++ map (e: "mkdir -p $(dirname $out/${e.name}); ln -s ${e.path} $out/${e.name}") list));
  concatText = name: files: runCommand name { files = map toString files; } "cat $files > $out";
  replaceVars = src: replacements: replaceVarsWith { inherit src replacements; };
  inherit replaceVarsWith;

  # A package that stands in for the real one: its programs say who they are.
  mkPackage = { pname, version, bins ? [ pname ], description ? pname, size ? 1, deps ? [ ] }:
    runCommand "${pname}-${version}" { inherit bins version; deps = map toString deps; } ''
      mkdir -p $out/bin $out/share/${pname}
      for b in $bins; do
        printf '#!%s\necho "%s %s" "$@"\n' ${runtimeShell} "$b" "$version" > $out/bin/$b
        chmod +x $out/bin/$b
      done
      echo "$deps" > $out/share/${pname}/deps
      head -c ${toString (size * 1024)} /dev/zero > $out/share/${pname}/data
    '' // { inherit pname version; meta = { inherit description; mainProgram = lib.head (bins ++ [ pname ]); }; };

  # A package whose programs are scripts of this repository.
  mkScriptPackage = { pname, version, scripts, description ? pname, vars ? { }, files ? { }, mainProgram ? pname }:
    runCommand "${pname}-${version}" { } (lib.concatStringsSep "\n" (
      [ "mkdir -p $out/bin" ]
      ++ lib.mapAttrsToList
        (name: file:
          let
            text = builtins.replaceStrings
              ([ "@shell@" "@busybox@" "@version@" ] ++ map (n: "@${n}@") (lib.attrNames vars))
              ([ runtimeShell "${busybox}" version ] ++ map toString (lib.attrValues vars))
              (builtins.readFile file);
          in
          "sed \"s|@out@|$out|g\" ${writeText name text} > $out/bin/${name}; chmod +x $out/bin/${name}")
        scripts
      ++ lib.mapAttrsToList (path: file: "mkdir -p $(dirname $out/${path}); cp ${file} $out/${path}") files
    )) // { inherit pname version; meta = { inherit description mainProgram; }; };
}
