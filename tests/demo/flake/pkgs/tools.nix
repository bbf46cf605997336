# Packages a person installs. They stand in for the real ones: name, version and
# programs are right, the programs only say who they are.
{ lib, pkgs }:
let
  inherit (pkgs) mkPackage;
  tool = pname: version: description: mkPackage { inherit pname version description; };
  tools = pname: version: bins: description: mkPackage { inherit pname version bins description; };
in
{
  bat = tool "bat" "0.25.0" "A cat(1) clone with syntax highlighting and Git integration";
  bottom = tools "bottom" "0.10.2" [ "btm" ] "Cross-platform graphical process/system monitor";
  curl = mkPackage { pname = "curl"; version = "8.14.1"; size = 40; deps = [ pkgs.openssl pkgs.zlib ]; description = "Command line tool for transferring files with URL syntax"; };
  dig = tools "dig" "9.20.9" [ "dig" "host" "nslookup" ] "Domain name server tools";
  fd = tool "fd" "10.2.0" "Simple, fast and user-friendly alternative to find";
  file = tool "file" "5.45" "Program that shows the type of files";
  git = mkPackage { pname = "git"; version = "2.50.1"; size = 300; deps = [ pkgs.curl pkgs.zlib ]; description = "Distributed version control system"; };
  gnupg = tools "gnupg" "2.4.8" [ "gpg" "gpg-agent" ] "Modern release of the GNU Privacy Guard";
  htop = tool "htop" "3.4.1" "Interactive process viewer";
  iperf3 = tool "iperf3" "3.19" "Tool to measure IP bandwidth using UDP or TCP";
  jq = tool "jq" "1.8.0" "Lightweight and flexible command-line JSON processor";
  lsof = tool "lsof" "4.99.4" "Tool to list open files";
  mtr = tool "mtr" "0.95" "Network diagnostics tool";
  nano = tool "nano" "8.5" "Small, user-friendly console text editor";
  ncdu = tool "ncdu" "2.8.2" "Disk usage analyzer with an ncurses interface";
  netcat = tools "netcat" "0.7.1" [ "nc" ] "Utility which reads and writes data across network connections";
  nmap = tool "nmap" "7.97" "Free and open source utility for network discovery and security auditing";
  openssl = mkPackage { pname = "openssl"; version = "3.4.1"; size = 200; deps = [ pkgs.zlib ]; description = "Cryptographic library that implements the SSL and TLS protocols"; };
  pciutils = tools "pciutils" "3.14.0" [ "lspci" "setpci" ] "Programs for inspecting and manipulating PCI devices";
  restic = tool "restic" "0.18.0" "Backup program that is fast, efficient and secure";
  ripgrep = tools "ripgrep" "14.1.1" [ "rg" ] "Utility that combines the usability of The Silver Searcher with the raw speed of grep";
  rsync = tool "rsync" "3.4.1" "Fast incremental file transfer utility";
  smartmontools = tools "smartmontools" "7.5" [ "smartctl" "smartd" ] "Tools for monitoring the health of hard drives";
  strace = tool "strace" "6.15" "System call tracer for Linux";
  tcpdump = tool "tcpdump" "4.99.5" "Network sniffer";
  tmux = tool "tmux" "3.5a" "Terminal multiplexer";
  tree = tool "tree" "2.2.1" "Command to produce a depth indented directory listing";
  unzip = tool "unzip" "6.0" "Extraction utility for archives compressed in .zip format";
  vim = tools "vim" "9.1.1475" [ "vim" "xxd" ] "Most popular clone of the VI editor";
  wget = tool "wget" "1.25.0" "Tool for retrieving files using HTTP, HTTPS, and FTP";
  zlib = mkPackage { pname = "zlib"; version = "1.3.1"; bins = [ ]; size = 60; description = "Lossless data-compression library"; };

  # the system itself
  linux = mkPackage { pname = "linux"; version = "6.12.35"; bins = [ ]; size = 900; description = "Linux kernel"; };
  linux-pam = mkPackage { pname = "linux-pam"; version = "1.6.1"; bins = [ ]; size = 20; description = "Pluggable Authentication Modules"; };
  nix = mkPackage { pname = "nix"; version = "2.28.4"; bins = [ "nix" "nix-collect-garbage" "nix-daemon" "nix-env" "nix-store" ]; size = 80; description = "Powerful package manager"; };
  shadow = mkPackage { pname = "shadow"; version = "4.17.4"; bins = [ "nologin" "newgrp" "useradd" ]; description = "Suite containing authentication-related tools"; };
  sudo = mkPackage { pname = "sudo"; version = "1.9.17p1"; bins = [ "sudo" "visudo" ]; description = "Command to run commands as root"; };

  # fails to build, for the tests that need a failure
  broken = pkgs.runCommand "broken-1.0" { } ''
    echo "broken> checking for libquux... no" >&2
    echo "broken> error: libquux is required and was not found" >&2
    exit 3
  '' // { pname = "broken"; version = "1.0"; meta = { description = "Package that never builds"; mainProgram = "broken"; }; };
}
