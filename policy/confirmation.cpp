#include "policy/confirmation.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::policy {

namespace {

using proposals::Effect;

/// Units without which a machine cannot be reached, by how their names begin; template instances
/// and drop-ins begin alike.
constexpr std::array network_units{
    "NetworkManager", "bird", "dhcpcd",     "dnsmasq",        "dropbear",
    "firewall",       "frr",  "ifstate",    "ip6tables",      "ipsec",
    "iptables",       "iwd",  "netbird",    "network",        "nftables",
    "openvpn",        "ssh",  "strongswan", "systemd-netw",   "systemd-resolved",
    "tailscale",      "wg-",  "wireguard",  "wpa_supplicant", "zerotier",
};

constexpr std::array fewer_ways_in{"user_removed", "user_changed", "admin_revoked", "pam_changed"};

template <std::size_t N>
bool is_one_of(const std::array<const char*, N>& list, std::string_view text) {
    return std::any_of(list.begin(), list.end(), [&](const char* one) { return text == one; });
}

bool makes_the_network(std::string_view unit) {
    return std::any_of(network_units.begin(), network_units.end(),
                       [&](const char* name) { return unit.starts_with(name); });
}

bool can_lock_out(const Effect& effect) {
    if (effect.area == "network" || effect.area == "ssh") {
        return true;
    }
    if (effect.area == "units") {
        return makes_the_network(effect.subject);
    }
    return effect.area == "accounts" && is_one_of(fewer_ways_in, effect.kind);
}

std::string words_of(const Effect& effect) {
    return effect.sentence.empty() ? effect.kind + " " + effect.subject : effect.sentence;
}

} // namespace

std::optional<std::string> wants_confirmation(const proposals::Effects& effects) {
    constexpr std::size_t longest = 160;
    const Effect* worst = nullptr;
    std::size_t more = 0;
    for (const Effect& effect : effects.effects) {
        if (can_lock_out(effect)) {
            worst = worst == nullptr || effect.risk > worst->risk ? &effect : worst;
            ++more;
        }
    }
    if (worst != nullptr) {
        const std::string first = core::shorten(words_of(*worst), longest);
        return more == 1 ? first : first + ", and " + std::to_string(more - 1) + " more like it";
    }
    if (effects.truncated) {
        return "more changes than could be listed, and among them may be the way in";
    }
    return std::nullopt;
}

} // namespace agentd::policy
