{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.nginx;

  listenLine = l: "listen ${l.addr}:${toString l.port}${lib.optionalString l.ssl " ssl"} ;";
  listens = v:
    if v.listen != [ ] then v.listen
    else [ { addr = "0.0.0.0"; port = cfg.defaultHTTPListenPort; ssl = false; } ]
      ++ lib.optional (v.forceSSL || v.addSSL) { addr = "0.0.0.0"; port = cfg.defaultSSLListenPort; ssl = true; };

  location = path: l: ''
    location ${path} {
      ${lib.optionalString (l.proxyPass != null) "proxy_pass ${l.proxyPass};"}
      ${lib.optionalString (l.root != null) "root ${l.root};"}
      ${lib.optionalString (l.return != null) "return ${toString l.return};"}
      ${l.extraConfig}
    }
  '';
  vhost = _: v: ''
    server {
      ${lib.concatMapStringsSep "\n  " listenLine (listens v)}
      server_name ${toString ([ v.serverName ] ++ v.serverAliases)};
      ${lib.optionalString (v.root != null) "root ${v.root};"}
      ${lib.concatStringsSep "\n" (lib.mapAttrsToList location v.locations)}
      ${v.extraConfig}
    }
  '';
  configFile = pkgs.writeText "nginx.conf" ''
    pid /run/nginx/nginx.pid;
    error_log stderr;
    daemon off;
    ${cfg.config}
    events {
    }
    http {
      client_max_body_size ${cfg.clientMaxBodySize};
      server_tokens ${if cfg.serverTokens then "on" else "off"};
      ${lib.concatStringsSep "\n" (lib.mapAttrsToList vhost cfg.virtualHosts)}
      ${cfg.appendHttpConfig}
    }
    ${cfg.appendConfig}
  '';
in
{
  options.services.nginx = {
    enable = lib.mkEnableOption "Nginx Web Server";
    package = lib.mkPackageOption pkgs "nginx" { };
    user = mkOption { type = types.str; default = "nginx"; description = "User account under which nginx runs."; };
    group = mkOption { type = types.str; default = "nginx"; description = "Group account under which nginx runs."; };
    enableReload = mkOption { type = types.bool; default = false; description = "Reload nginx when configuration file changes (instead of restart)."; };
    defaultHTTPListenPort = mkOption { type = types.port; default = 80; example = 8080; description = "If vhosts do not specify listen.port, use these ports for HTTP by default."; };
    defaultSSLListenPort = mkOption { type = types.port; default = 443; example = 8443; description = "If vhosts do not specify listen.port, use these ports for SSL by default."; };
    clientMaxBodySize = mkOption { type = types.str; default = "10m"; description = "Set nginx global client_max_body_size."; };
    serverTokens = mkOption { type = types.bool; default = false; description = "Show nginx version in headers and error pages."; };
    config = mkOption { type = types.lines; default = ""; description = "Verbatim {file}`nginx.conf` configuration, before the http block."; };
    appendConfig = mkOption { type = types.lines; default = ""; description = "Configuration lines appended to the generated Nginx configuration file."; };
    appendHttpConfig = mkOption { type = types.lines; default = ""; description = "Configuration lines to be appended to the generated http block."; };
    validateConfigFile = mkOption { type = types.bool; default = false; description = "Whether to check the configuration while the system is built. (Here off by default: a wrong line builds and fails when nginx starts.)"; };
    virtualHosts = mkOption {
      default = { };
      description = "Declarative vhost config.";
      type = types.attrsOf (types.submodule ({ name, ... }: {
        options = {
          serverName = mkOption { type = types.str; default = name; description = "Name of this virtual host."; };
          serverAliases = mkOption { type = types.listOf types.str; default = [ ]; description = "Additional names of virtual hosts served by this virtual host configuration."; };
          default = mkOption { type = types.bool; default = false; description = "Makes this vhost the default."; };
          root = mkOption { type = types.nullOr types.path; default = null; description = "The path of the web root directory."; };
          addSSL = mkOption { type = types.bool; default = false; description = "Whether to enable HTTPS in addition to plain HTTP."; };
          forceSSL = mkOption { type = types.bool; default = false; description = "Whether to add a separate nginx server block that redirects all plain HTTP traffic to HTTPS."; };
          listen = mkOption {
            default = [ ];
            description = "Listen addresses and ports for this virtual host.";
            type = types.listOf (types.submodule {
              options = {
                addr = mkOption { type = types.str; default = "0.0.0.0"; description = "Listen address."; };
                port = mkOption { type = types.port; description = "Port number to listen on."; };
                ssl = mkOption { type = types.bool; default = false; description = "Enable SSL."; };
              };
            });
          };
          locations = mkOption {
            default = { };
            description = "Declarative location config.";
            type = types.attrsOf (types.submodule {
              options = {
                proxyPass = mkOption { type = types.nullOr types.str; default = null; example = "http://127.0.0.1:3000"; description = "Adds proxy_pass directive."; };
                root = mkOption { type = types.nullOr types.path; default = null; description = "Root directory for requests."; };
                return = mkOption { type = types.nullOr (types.either types.str types.int); default = null; example = "301 https://example.com"; description = "Adds a return directive."; };
                extraConfig = mkOption { type = types.lines; default = ""; description = "These lines go to the end of the location verbatim."; };
              };
            });
          };
          extraConfig = mkOption { type = types.lines; default = ""; description = "These lines go to the end of the vhost verbatim."; };
        };
      }));
    };
  };
  config = lib.mkIf cfg.enable {
    environment.etc."nginx/nginx.conf".source =
      if cfg.validateConfigFile then pkgs.runCommand "nginx.conf-validated" { } "${cfg.package}/bin/nginx -t -c ${configFile}; cp ${configFile} $out"
      else configFile;
    users.users = lib.mkIf (cfg.user == "nginx") { nginx = { isSystemUser = true; inherit (cfg) group; uid = 60; description = "Nginx web server"; }; };
    users.groups = lib.mkIf (cfg.group == "nginx") { nginx.gid = 60; };
    systemd.services.nginx = {
      description = "Nginx Web Server";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      stopIfChanged = false;
      reloadIfChanged = cfg.enableReload;
      restartTriggers = [ config.environment.etc."nginx/nginx.conf".source ];
      preStart = "${cfg.package}/bin/nginx -t -c /etc/nginx/nginx.conf";
      startLimitIntervalSec = 60;
      serviceConfig = {
        ExecStart = "${cfg.package}/bin/nginx -c /etc/nginx/nginx.conf";
        ExecReload = [
          "${cfg.package}/bin/nginx -t -c /etc/nginx/nginx.conf"
          "${pkgs.coreutils}/bin/kill -HUP $MAINPID"
        ];
        Restart = "always";
        RestartSec = "1s";
        User = cfg.user;
        Group = cfg.group;
        RuntimeDirectory = "nginx";
        AmbientCapabilities = [ "CAP_NET_BIND_SERVICE" ];
        NoNewPrivileges = true;
        ProtectSystem = "strict";
      };
    };
  };
}
