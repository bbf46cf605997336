#include "proposals/effects.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals {

namespace {

// The one table of what a classifier may say. What stands in no row is refused by the codec.
constexpr std::array table{
    KnownKind{"units", "unit_added", Risk::notice},
    KnownKind{"units", "unit_removed", Risk::notice},
    KnownKind{"units", "unit_changed", Risk::low},
    KnownKind{"units", "unit_root_exec", Risk::high},
    KnownKind{"units", "unit_unreadable", Risk::high},
    KnownKind{"network", "port_opened", Risk::high},
    KnownKind{"network", "port_closed", Risk::notice},
    KnownKind{"network", "firewall_removed", Risk::critical},
    KnownKind{"network", "firewall_added", Risk::notice},
    KnownKind{"network", "firewall_changed", Risk::high},
    KnownKind{"network", "dns_changed", Risk::high},
    KnownKind{"network", "hosts_changed", Risk::notice},
    KnownKind{"accounts", "user_added", Risk::high},
    KnownKind{"accounts", "user_removed", Risk::notice},
    KnownKind{"accounts", "user_changed", Risk::high},
    KnownKind{"accounts", "user_is_root", Risk::critical},
    KnownKind{"accounts", "group_added", Risk::low},
    KnownKind{"accounts", "group_removed", Risk::notice},
    KnownKind{"accounts", "group_changed", Risk::notice},
    KnownKind{"accounts", "admin_granted", Risk::critical},
    KnownKind{"accounts", "admin_revoked", Risk::high},
    KnownKind{"accounts", "sudo_changed", Risk::critical},
    KnownKind{"accounts", "pam_changed", Risk::critical},
    KnownKind{"ssh", "sshd_root_login", Risk::critical},
    KnownKind{"ssh", "sshd_password_login", Risk::high},
    KnownKind{"ssh", "sshd_setting", Risk::high},
    KnownKind{"ssh", "sshd_unreadable", Risk::critical},
    KnownKind{"ssh", "ssh_key_added", Risk::critical},
    KnownKind{"ssh", "ssh_key_removed", Risk::high},
    KnownKind{"packages", "package_added", Risk::low},
    KnownKind{"packages", "package_removed", Risk::low},
    KnownKind{"packages", "package_updated", Risk::low},
    KnownKind{"nix", "nix_setting", Risk::high},
    KnownKind{"nix", "nix_trust", Risk::critical},
    KnownKind{"boot", "kernel_changed", Risk::high},
    KnownKind{"boot", "initrd_changed", Risk::high},
    KnownKind{"boot", "kernel_params", Risk::high},
    KnownKind{"boot", "systemd_changed", Risk::high},
    KnownKind{"scripts", "activation_changed", Risk::high},
    KnownKind{"system", "release_changed", Risk::high},
    KnownKind{"system", "agentd_changed", Risk::critical},
    KnownKind{"etc", "etc_added", Risk::none},
    KnownKind{"etc", "etc_removed", Risk::none},
    KnownKind{"etc", "etc_changed", Risk::none},
    KnownKind{"act", "gc_older_than", Risk::notice},
    KnownKind{"act", "vacuum_journal", Risk::notice},
    KnownKind{"act", "restart_unit", Risk::notice},
    KnownKind{"act", "reset_failed", Risk::low},
    KnownKind{"act", "act_forbidden", Risk::critical},
    KnownKind{"unclassified", "unclassified_added", Risk::high},
    KnownKind{"unclassified", "unclassified_removed", Risk::high},
    KnownKind{"unclassified", "unclassified_changed", Risk::high},
};

} // namespace

std::span<const KnownKind> known_kinds() noexcept {
    return table;
}

const KnownKind* find_kind(std::string_view area, std::string_view kind) noexcept {
    const auto* const it = std::find_if(table.begin(), table.end(), [&](const KnownKind& known) {
        return known.area == area && known.kind == kind;
    });
    return it == table.end() ? nullptr : it;
}

} // namespace agentd::proposals
