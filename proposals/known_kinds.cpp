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
    KnownKind{"units", "unit_hardening", Risk::high},
    KnownKind{"units", "unit_unreadable", Risk::high},
    KnownKind{"network", "port_opened", Risk::high},
    KnownKind{"network", "port_closed", Risk::notice},
    KnownKind{"network", "firewall_removed", Risk::critical},
    KnownKind{"network", "firewall_added", Risk::notice},
    KnownKind{"network", "firewall_changed", Risk::high},
    KnownKind{"network", "dns_changed", Risk::high},
    KnownKind{"network", "hosts_changed", Risk::notice},
    KnownKind{"network", "network_path", Risk::high},
    KnownKind{"network", "share_changed", Risk::high},
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
    KnownKind{"accounts", "wrapper_added", Risk::critical},
    KnownKind{"accounts", "wrapper_removed", Risk::notice},
    KnownKind{"accounts", "wrapper_changed", Risk::critical},
    KnownKind{"accounts", "login_settings", Risk::high},
    KnownKind{"accounts", "directory_changed", Risk::critical},
    KnownKind{"accounts", "confinement_changed", Risk::high},
    KnownKind{"secrets", "secret_added", Risk::notice},
    KnownKind{"secrets", "secret_removed", Risk::notice},
    KnownKind{"secrets", "secret_access", Risk::high},
    KnownKind{"secrets", "secret_changed", Risk::high},
    KnownKind{"ssh", "sshd_root_login", Risk::critical},
    KnownKind{"ssh", "sshd_password_login", Risk::high},
    KnownKind{"ssh", "sshd_setting", Risk::high},
    KnownKind{"ssh", "sshd_unreadable", Risk::critical},
    KnownKind{"ssh", "ssh_key_added", Risk::critical},
    KnownKind{"ssh", "ssh_key_removed", Risk::high},
    KnownKind{"ssh", "ssh_client", Risk::high},
    KnownKind{"ssh", "ssh_locked_out", Risk::critical},
    KnownKind{"trust", "ca_added", Risk::critical},
    KnownKind{"trust", "ca_removed", Risk::notice},
    KnownKind{"trust", "ca_store", Risk::critical},
    KnownKind{"trust", "tls_settings", Risk::high},
    KnownKind{"trust", "time_source", Risk::high},
    KnownKind{"storage", "mount_added", Risk::high},
    KnownKind{"storage", "mount_removed", Risk::high},
    KnownKind{"storage", "mount_changed", Risk::high},
    KnownKind{"storage", "swap_changed", Risk::notice},
    KnownKind{"storage", "format_at_boot", Risk::critical},
    KnownKind{"storage", "disk_encryption", Risk::critical},
    KnownKind{"storage", "disk_settings", Risk::high},
    KnownKind{"storage", "data_migration", Risk::high},
    KnownKind{"storage", "tmpfiles_directory", Risk::low},
    KnownKind{"storage", "tmpfiles_rule", Risk::high},
    KnownKind{"environment", "variable_changed", Risk::notice},
    KnownKind{"environment", "variable_trusted", Risk::high},
    KnownKind{"environment", "shell_startup", Risk::high},
    KnownKind{"environment", "program_settings", Risk::notice},
    KnownKind{"packages", "package_added", Risk::low},
    KnownKind{"packages", "package_removed", Risk::low},
    KnownKind{"packages", "package_updated", Risk::low},
    KnownKind{"packages", "user_packages", Risk::low},
    KnownKind{"nix", "nix_setting", Risk::high},
    KnownKind{"nix", "nix_trust", Risk::critical},
    KnownKind{"boot", "kernel_changed", Risk::high},
    KnownKind{"boot", "initrd_changed", Risk::high},
    KnownKind{"boot", "kernel_params", Risk::high},
    KnownKind{"boot", "systemd_changed", Risk::high},
    KnownKind{"boot", "boot_loader", Risk::high},
    KnownKind{"boot", "specialisation_changed", Risk::high},
    KnownKind{"boot", "etc_image", Risk::high},
    KnownKind{"boot", "sysctl_changed", Risk::high},
    KnownKind{"boot", "kernel_modules", Risk::high},
    KnownKind{"scripts", "activation_changed", Risk::high},
    KnownKind{"scripts", "clock_changed", Risk::high},
    KnownKind{"scripts", "root_program", Risk::high},
    KnownKind{"system", "release_changed", Risk::high},
    KnownKind{"system", "device_rules", Risk::high},
    KnownKind{"system", "message_bus", Risk::high},
    KnownKind{"system", "manager_setting", Risk::notice},
    KnownKind{"system", "logging_changed", Risk::notice},
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
