// Services and programs that NixOS calls as everybody does: `services.NAME.enable`.
#include "agentd/planners/goal/names.hpp"

#include "agentd/core/text.hpp"

#include <array>

namespace agentd::planners::goal {

namespace {

constexpr std::string_view plain_services =
    "acpid actkbd adguardhome aerospike airsonic alertmanager ananicy anki-sync-server apcupsd "
    "archisteamfarm aria2 asusd atd atftpd audiobookshelf authelia automatic-timezoned autorandr "
    "autossh bazarr beesd bind bitlbee blocky borgmatic bookstack btrbk calibre-server calibre-web "
    "ceph cgit changedetection-io chrony clickhouse cloudflared cockpit cockroachdb code-server "
    "collectd colord conduit consul coredns couchdb coturn dante davfs2 ddclient deluge "
    "dex dictd distccd dnscrypt-proxy docuum dovecot2 duplicati "
    "elasticsearch emacs endlessh endlessh-go etcd factorio firefly-iii firezone flannel fluentd "
    "fprintd freshrss frigate fstrim fwupd ganesha gerrit ghostunnel git-sync gitlab gitlab-runner "
    "gitolite gonic gotify-server gpsd gvfs harmonia headscale hedgedoc hockeypuck homebox "
    "homebridge homepage-dashboard hydra i2pd icecast influxdb influxdb2 invidious iodine iperf3 "
    "jackett jellyseerr jenkins jitsi-meet joycond k3s kanata kanidm karakeep kavita kea keycloak "
    "keyd knot komga languagetool lemmy lidarr lighttpd linkding listmonk llama-cpp "
    "logrotate mastodon matomo mattermost maddy mealie mediawiki meilisearch memcached miniflux "
    "minio minecraft-server monero mongodb monit mopidy mpdscribble mullvad-vpn murmur n8n nats "
    "navidrome neo4j netbird netbox nfs-server nifi nitter nix-serve nocodb nomad ntfy-sh ntopng "
    "octoprint ollama ombi open-webui opensearch opensmtpd opensnitch openvpn overseerr owncast "
    "packagekit paisa pantalaimon peertube photoprism picom pixelfed pgadmin pgbouncer "
    "plausible polaris postfix postgrey powerdns privoxy prosody prowlarr pulseaudio qbittorrent "
    "quassel rabbitmq radicale ratbagd readarr redmine resilio restya-board roundcube rpcbind "
    "rspamd rsyncd rustdesk-server sabnzbd saned searx shairport-sync shiori sickbeard "
    "silverbullet slskd snapper snapserver sniproxy sogo soju solr sonic spotifyd sshguard "
    "step-ca stirling-pdf stunnel subsonic supergfxd surrealdb syncoid tandoor-recipes tautulli "
    "telegraf terraria thanos tinyproxy touchegg tt-rss tumbler ttyd tzupdate unifi "
    "upsnap usbguard usbmuxd v2ray vault vaultwarden victoriametrics vikunja vnstat vsftpd "
    "wastebin watchdogd weechat wg-access-server whoogle wyoming xrdp xray yggdrasil zabbixServer "
    "zerotierone zigbee2mqtt zitadel znc zoneminder zookeeper";

constexpr std::string_view plain_programs =
    "adb alvr appgate-sdp atop ausweisapp autojump bandwhich bat bazecor captive-browser "
    "chromium cdemu clash-verge command-not-found corectrl coolercontrol "
    "ecryptfs evince evolution extra-container feedbackd firefox firejail foot fuse "
    "fzf geary git gnome-disks gphoto2 hyprlock i3lock iftop iotop java k40-whisperer kclock labwc "
    "lazygit less light localsend mininet msmtp nano nautilus-open-any-terminal ncmpcpp neovim "
    "nexttrace nh noisetorch npm obs-studio partition-manager pay-respects proxychains "
    "qdmr regreet river rust-motd screen seahorse singularity skim slock "
    "sniffnet soundmodem starship streamdeck-ui sysdig system-config-printer thefuck "
    "thunderbird trippy turbovnc usbtop vim vivid wavemon waybar wayfire wshowkeys xfconf "
    "xfs_quota "
    "xonsh xwayland yabar yazi ydotool zmap zoxide";

bool holds(std::string_view list, std::string_view name) {
    for (const auto one : core::split(list, ' ')) {
        if (one == name) {
            return true;
        }
    }
    return false;
}

} // namespace

std::optional<std::string> plainly_called(std::string_view name) {
    if (holds(plain_services, name)) {
        return "services." + std::string(name) + ".enable";
    }
    if (holds(plain_programs, name)) {
        return "programs." + std::string(name) + ".enable";
    }
    return std::nullopt;
}

} // namespace agentd::planners::goal
