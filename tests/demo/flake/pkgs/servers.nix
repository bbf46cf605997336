# Servers that really run and listen: scripts around busybox' httpd and nc.
{ lib, pkgs }:
let inherit (pkgs) mkScriptPackage; in
{
  nginx = mkScriptPackage {
    pname = "nginx";
    version = "1.28.0";
    description = "Reverse proxy and lightweight webserver";
    scripts.nginx = ./servers/nginx.sh;
    vars = { inherit (pkgs) openssl; };
    files."html/index.html" = pkgs.writeText "index.html" "<!doctype html><title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>\n";
  };
  openssh = mkScriptPackage {
    pname = "openssh";
    version = "10.0p2";
    description = "Implementation of the SSH protocol";
    mainProgram = "ssh";
    scripts = { sshd = ./servers/sshd.sh; sshd-session = ./servers/sshd-session.sh; ssh-keygen = ./servers/ssh-keygen.sh; };
    vars = { inherit (pkgs) openssl; };
  };
  postgresql = mkScriptPackage {
    pname = "postgresql";
    version = "17.5";
    description = "Powerful, open source object-relational database system";
    mainProgram = "postgres";
    scripts = { postgres = ./servers/postgres.sh; psql = ./servers/psql.sh; postgres-session = ./servers/line-session.sh; };
    vars = { inherit (pkgs) openssl; server = "PostgreSQL"; };
  };
  redis = mkScriptPackage {
    pname = "redis";
    version = "8.0.2";
    description = "Open source, advanced key-value store";
    mainProgram = "redis-server";
    scripts = { redis-server = ./servers/redis-server.sh; redis-cli = ./servers/redis-cli.sh; redis-session = ./servers/line-session.sh; };
    vars.server = "Redis";
  };
  prometheus-node-exporter = mkScriptPackage {
    pname = "node_exporter";
    version = "1.9.1";
    description = "Prometheus exporter for machine metrics";
    scripts.node_exporter = ./servers/node_exporter.sh;
  };
  iptables = mkScriptPackage {
    pname = "iptables";
    version = "1.8.11";
    description = "Program to configure the Linux IP packet filtering ruleset";
    scripts = { iptables = ./servers/iptables.sh; ip6tables = ./servers/iptables.sh; };
  };
  flock = import ./flock.nix { inherit pkgs; };
  perl = mkScriptPackage {
    pname = "perl";
    version = "5.40.0-env";
    description = "Stand-in that runs the script it is given with the shell";
    scripts.perl = ./servers/perl.sh;
  };
  systemd = mkScriptPackage {
    pname = "systemd";
    version = "257.6";
    description = "System and service manager for Linux";
    mainProgram = "systemctl";
    scripts = { systemctl = ./systemd/systemctl.sh; systemd-tmpfiles = ./systemd/systemd-tmpfiles.sh; };
  };
}
