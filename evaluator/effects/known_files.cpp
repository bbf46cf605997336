/// Files below `etc` whose meaning is their place: what runs by itself, devices, the bus, the log,
/// systemd's own settings.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/file_rows.hpp"

#include <array>

namespace agentd::evaluator::effects {
namespace {

constexpr std::string_view path_to_net = "how the machine reaches the network changes";
constexpr std::string_view names = "names are looked up in another way";
constexpr std::string_view firewall = "what the firewall lets in and out changes";
constexpr std::string_view shares = "what this machine shares with others changes";
constexpr std::string_view manager = "a setting of systemd changes";
constexpr std::string_view logging = "what is written to the machine's logs changes";
constexpr std::string_view confined = "what programs are kept from changes";
constexpr std::string_view directory = "accounts of another server are taken in another way";
constexpr std::string_view cron = "what is run by the clock changes";
constexpr std::string_view generator = "a program that systemd runs as root changes";

constexpr std::array rows{
    FileRow{"switch-inhibitors", "system", "manager_setting", Risk::notice,
            "what keeps a switch from being made at once changes"},
    FileRow{"etc/NetworkManager/dispatcher.d/", "scripts", "root_program", Risk::high, generator},
    FileRow{"etc/systemd/network/", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/systemd/networkd.conf", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/systemd/networkd.conf.d/", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/systemd/resolved.conf.d/", "network", "dns_changed", Risk::high, names},
    FileRow{"etc/NetworkManager/", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/dhcpcd.conf", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/dhcpcd.exit-hook", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/dhcpcd.enter-hook", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/fwupd/remotes.d/", "scripts", "root_program", Risk::high,
            "whose firmware is taken changes"},
    FileRow{"etc/wpa_supplicant.conf", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/wpa_supplicant/", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/iwd/", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/wireguard/", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/iproute2/", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/ppp/", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/openvpn/", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/gai.conf", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/hosts.allow", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/hosts.deny", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/bird/", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/frr/", "network", "network_path", Risk::high, path_to_net},
    FileRow{"etc/firewalld/", "network", "firewall_changed", Risk::high, firewall},
    FileRow{"etc/ufw/", "network", "firewall_changed", Risk::high, firewall},
    FileRow{"etc/unbound/", "network", "dns_changed", Risk::high, names},
    FileRow{"etc/bind/", "network", "dns_changed", Risk::high, names},
    FileRow{"etc/named.conf", "network", "dns_changed", Risk::high, names},
    FileRow{"etc/dnsmasq.conf", "network", "dns_changed", Risk::high, names},
    FileRow{"etc/dnsmasq.d/", "network", "dns_changed", Risk::high, names},
    FileRow{"etc/pdns-recursor/", "network", "dns_changed", Risk::high, names},
    FileRow{"etc/knot-resolver/", "network", "dns_changed", Risk::high, names},
    FileRow{"etc/dnsdist/", "network", "dns_changed", Risk::high, names},
    FileRow{"etc/exports", "network", "share_changed", Risk::high, shares},
    FileRow{"etc/exports.d/", "network", "share_changed", Risk::high, shares},
    FileRow{"etc/samba/", "network", "share_changed", Risk::high, shares},
    FileRow{"etc/ssh/ssh_known_hosts", "ssh", "ssh_client", Risk::high,
            "which machines are believed to be whom over SSH changes"},
    FileRow{"etc/ssh/ssh_config", "ssh", "ssh_client", Risk::high,
            "how this machine logs in to others over SSH changes"},
    FileRow{"etc/ssh/ssh_config.d/", "ssh", "ssh_client", Risk::high,
            "how this machine logs in to others over SSH changes"},
    FileRow{"etc/login.defs", "accounts", "login_settings", Risk::high,
            "how accounts and passwords are made changes"},
    FileRow{"etc/default/useradd", "accounts", "login_settings", Risk::notice,
            "how accounts are made changes"},
    FileRow{"etc/shells", "accounts", "login_settings", Risk::low,
            "which programs count as login shells changes"},
    FileRow{"etc/securetty", "accounts", "login_settings", Risk::high,
            "where root may log in changes"},
    FileRow{"etc/krb5.conf", "accounts", "directory_changed", Risk::critical, directory},
    FileRow{"etc/sssd/", "accounts", "directory_changed", Risk::critical, directory},
    FileRow{"etc/ldap.conf", "accounts", "directory_changed", Risk::critical, directory},
    FileRow{"etc/nslcd.conf", "accounts", "directory_changed", Risk::critical, directory},
    FileRow{"etc/nscd.conf", "accounts", "directory_changed", Risk::high, directory},
    FileRow{"etc/apparmor.d/", "accounts", "confinement_changed", Risk::high, confined},
    FileRow{"etc/apparmor/", "accounts", "confinement_changed", Risk::high, confined},
    FileRow{"etc/firejail/", "accounts", "confinement_changed", Risk::high, confined},
    FileRow{"etc/containers/", "accounts", "confinement_changed", Risk::high,
            "which containers may run, and from where, changes"},
    FileRow{"etc/docker/", "accounts", "confinement_changed", Risk::high,
            "how containers are run changes"},
    FileRow{"etc/crontab", "scripts", "clock_changed", Risk::high, cron},
    FileRow{"etc/cron.d/", "scripts", "clock_changed", Risk::high, cron},
    FileRow{"etc/fcron.conf", "scripts", "clock_changed", Risk::high, cron},
    FileRow{"etc/binfmt.d/", "scripts", "root_program", Risk::high,
            "which program runs foreign programs changes"},
    FileRow{"etc/systemd/system-generators/", "scripts", "root_program", Risk::high, generator},
    FileRow{"etc/systemd/system-shutdown/", "scripts", "root_program", Risk::high, generator},
    FileRow{"etc/systemd/system-sleep/", "scripts", "root_program", Risk::high, generator},
    FileRow{"etc/systemd/system-environment-generators/", "scripts", "root_program", Risk::high,
            generator},
    FileRow{"etc/systemd/user-generators/", "scripts", "root_program", Risk::high, generator},
    FileRow{"etc/udev/hwdb.bin", "system", "device_rules", Risk::low,
            "the table of known devices changes", true},
    FileRow{"etc/udev/", "system", "device_rules", Risk::high,
            "what happens when a device appears changes"},
    FileRow{"etc/dbus-1/", "system", "message_bus", Risk::high,
            "who may talk to whom on the message bus changes"},
    FileRow{"etc/systemd/system.conf", "system", "manager_setting", Risk::high, manager},
    FileRow{"etc/systemd/system.conf.d/", "system", "manager_setting", Risk::high, manager},
    FileRow{"etc/systemd/user.conf", "system", "manager_setting", Risk::high, manager},
    FileRow{"etc/systemd/user.conf.d/", "system", "manager_setting", Risk::high, manager},
    FileRow{"etc/systemd/system-preset/", "system", "manager_setting", Risk::notice, manager},
    FileRow{"etc/systemd/user-preset/", "system", "manager_setting", Risk::notice, manager},
    FileRow{"etc/systemd/logind.conf", "system", "manager_setting", Risk::notice, manager},
    FileRow{"etc/systemd/logind.conf.d/", "system", "manager_setting", Risk::notice, manager},
    FileRow{"etc/systemd/sleep.conf", "system", "manager_setting", Risk::notice, manager},
    FileRow{"etc/systemd/sleep.conf.d/", "system", "manager_setting", Risk::notice, manager},
    FileRow{"etc/systemd/oomd.conf", "system", "manager_setting", Risk::notice, manager},
    FileRow{"etc/systemd/coredump.conf", "system", "logging_changed", Risk::notice, logging},
    FileRow{"etc/systemd/coredump.conf.d/", "system", "logging_changed", Risk::notice, logging},
    FileRow{"etc/systemd/journald.conf", "system", "logging_changed", Risk::notice, logging},
    FileRow{"etc/systemd/journald.conf.d/", "system", "logging_changed", Risk::notice, logging},
    FileRow{"etc/systemd/journal-upload.conf", "system", "logging_changed", Risk::high, logging},
    FileRow{"etc/rsyslog.conf", "system", "logging_changed", Risk::high, logging},
    FileRow{"etc/syslog.conf", "system", "logging_changed", Risk::high, logging},
    FileRow{"etc/logrotate.conf", "system", "logging_changed", Risk::notice, logging},
    FileRow{"etc/audit/", "system", "logging_changed", Risk::high, logging},
    FileRow{"etc/fuse.conf", "storage", "disk_settings", Risk::notice,
            "who may mount file systems of programs changes"},
    FileRow{"etc/lvm/", "storage", "disk_settings", Risk::high,
            "how disks are put together changes"},
    FileRow{"etc/mdadm.conf", "storage", "disk_settings", Risk::high,
            "how disks are put together changes"},
    FileRow{"etc/zfs/", "storage", "disk_settings", Risk::high,
            "how disks are put together changes"},
    FileRow{"etc/repart.d/", "storage", "disk_settings", Risk::critical,
            "partitions are made or grown at boot"}};

} // namespace

void classify_known_files(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    tell_rows(rows, before, after, claims, sink);
}

} // namespace agentd::evaluator::effects
