#include "evaluator/effects/unit_reach.hpp"

#include "evaluator/effects/account_list.hpp"
#include "evaluator/effects/places.hpp"
#include "evaluator/effects/tmpfiles_line.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

using proposals::Risk;

/// Whoever may ask them for a container is root.
constexpr std::array engines{"docker.socket", "podman.socket",     "containerd.socket",
                             "incus.socket",  "incus-user.socket", "lxd.socket",
                             "crio.socket",   "docker-tcp.socket", "buildkit.socket"};

std::vector<std::string> words_of(const Unit& unit, const std::string& key) {
    std::vector<std::string> out;
    if (const auto found = unit.settings.find(key); found != unit.settings.end())
        for (const auto& value : found->second)
            for (const auto word : core::split(value, ' '))
                if (const auto clean = core::trim(word); !clean.empty()) {
                    out.emplace_back(clean);
                    std::erase_if(out.back(), [](char c) { return c == '"' || c == '\''; });
                }
    return out;
}

void sockets(const std::string& name, const Unit& unit, std::vector<Reach>& out) {
    if (std::find(engines.begin(), engines.end(), name) == engines.end())
        return;
    const auto open = [&](std::string what) {
        out.push_back({.area = "units",
                       .kind = "unit_root_exec",
                       .risk = Risk::critical,
                       .what = "lets " + std::move(what) + ", and whoever asks there is root"});
    };
    bool file = false;
    for (const auto* key : {"Socket.ListenStream", "Socket.ListenSequentialPacket"})
        for (const auto& each : words_of(unit, key)) {
            const bool path = each.front() == '/' || each.starts_with("%t/");
            file = file || path;
            if (!path && !each.starts_with("vsock"))
                open("everybody in who reaches " + each);
        }
    const auto mode = unit.last("Socket.SocketMode");
    const bool shut = !mode.empty() && (mode.back() == '0' || mode.back() == '1') &&
                      mode.find_first_not_of("01234567") == mode.npos;
    if (file && !shut)
        open("every account of the machine in (SocketMode=" + (mode.empty() ? "0666" : mode) + ")");
    for (const auto* key : {"SocketGroup", "SocketUser"})
        if (const auto who = unit.last("Socket." + std::string(key));
            !who.empty() && who != "0" && !is_root_group(who))
            open("in who is " + who + " (" + key + ")");
}

/// The system's own, and those of systemd for what is not its own.
bool is_of_system(const std::string& name, const std::string& path, bool settings) {
    static constexpr std::array told{
        "/etc/ssh",        "/etc/pam.d",     "/etc/sudoers.d", "/etc/systemd",    "/etc/nix",
        "/etc/nixos",      "/etc/polkit-1",  "/etc/udev",      "/etc/tmpfiles.d", "/etc/sysctl.d",
        "/etc/modprobe.d", "/etc/profile.d", "/etc/static",    "/etc/security",   "/etc/cron.d"};
    if (settings)
        return std::any_of(told.begin(), told.end(),
                           [&](const char* each) { return may_mean(path, each); });
    const bool own = name.starts_with("systemd-") &&
                     (path.starts_with("/var/lib/systemd/") || path.starts_with("/run/systemd/"));
    return !own && (is_grave_place(path) || path == "/var/lib/private");
}

void folders(const std::string& name, const Unit& unit, std::vector<Reach>& out) {
    static constexpr std::array kinds{
        std::pair{"StateDirectory", "/var/lib/"}, std::pair{"CacheDirectory", "/var/cache/"},
        std::pair{"LogsDirectory", "/var/log/"}, std::pair{"RuntimeDirectory", "/run/"},
        std::pair{"ConfigurationDirectory", "/etc/"}};
    for (const auto& [key, base] : kinds)
        for (const auto& word : words_of(unit, "Service." + std::string(key)))
            for (const auto part : core::split(word, ':')) { // behind it, links to it
                const auto path = plain_path(base + decoded_path(part));
                if (path.find("agentd") != path.npos ||
                    may_mean(path, base + std::string("agentd"))) {
                    if (!name.starts_with("agentd"))
                        out.push_back(
                            {.area = "system",
                             .kind = "agentd_changed",
                             .risk = Risk::critical,
                             .what = "owns " + path + ", a folder of agentd (" + key + ")"});
                } else if (is_of_system(name, path, base == std::string_view("/etc/"))) {
                    out.push_back(
                        {.area = "units",
                         .kind = "unit_root_exec",
                         .risk = Risk::high,
                         .what = "owns " + path + ", a folder of the system (" + key + ")"});
                }
            }
}

} // namespace

std::vector<Reach> reach_of(const std::string& name, const Unit& unit) {
    std::vector<Reach> out;
    sockets(name, unit, out);
    folders(name, unit, out);
    return out;
}

} // namespace agentd::evaluator::effects
