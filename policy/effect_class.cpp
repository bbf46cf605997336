#include "policy/effect_class.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace agentd::policy {

namespace {

using enum EffectClass;
using proposals::Risk;

struct Row {
    std::string_view kind{};
    EffectClass usual = system;
    std::string_view warning{}; ///< "" for none
    bool version = false;       ///< what a new version alone brings
};

// Every kind of effect there is (a test compares with the table of kinds).
constexpr std::array rows{
    Row{"etc_added", nothing, "", true},
    Row{"etc_removed", nothing, "", true},
    Row{"etc_changed", nothing, "", true},
    Row{"package_added", package, "", true},
    Row{"package_removed", package, "", true},
    Row{"package_updated", package, "", true},
    Row{"user_packages", package, "", true},
    Row{"unit_changed", setting, "", true},
    Row{"program_settings", setting, "", true},
    Row{"variable_changed", setting, "", true},
    Row{"tmpfiles_directory", setting, "", true},
    Row{"unit_removed", setting, ""},
    Row{"swap_changed", setting, ""},
    Row{"hosts_changed", setting, ""},
    Row{"reset_failed", setting, ""},
    Row{"restart_unit", setting, ""},
    Row{"vacuum_journal", setting, ""},
    Row{"gc_older_than", setting, "NOT_ROLLBACKABLE"},
    Row{"unit_added", reach, "SERVICE_ADDED"},
    Row{"unit_root_exec", reach, "ROOT_CODE"},
    Row{"unit_hardening", reach, "HARDENING_LOST"},
    Row{"root_program", reach, "ROOT_CODE"},
    Row{"tmpfiles_rule", reach, "ROOT_CODE"},
    Row{"clock_changed", reach, "ROOT_CODE"},
    Row{"port_opened", reach, "PORT_OPENED"},
    Row{"port_closed", reach, "PORT_CLOSED"},
    Row{"user_added", reach, "USER_ADDED"},
    Row{"user_removed", reach, "USER_REMOVED"},
    Row{"user_changed", reach, "USER_CHANGED"},
    Row{"group_added", reach, ""},
    Row{"group_removed", reach, ""},
    Row{"group_changed", reach, "USER_CHANGED"},
    Row{"wrapper_removed", reach, ""},
    Row{"manager_setting", reach, ""},
    Row{"logging_changed", reach, "LOGGING_CHANGED"},
    Row{"device_rules", reach, "ROOT_CODE"},
    Row{"message_bus", reach, "ROOT_CODE"},
    Row{"shell_startup", reach, "ROOT_CODE"},
    Row{"variable_trusted", reach, "ROOT_CODE"},
    Row{"activation_changed", system, "ROOT_SCRIPT"},
    Row{"unit_unreadable", system, "UNCLASSIFIED"},
    Row{"firewall_removed", system, "FIREWALL_REMOVED"},
    Row{"firewall_added", system, "FIREWALL_CHANGED"},
    Row{"firewall_changed", system, "FIREWALL_CHANGED"},
    Row{"dns_changed", system, "NETWORK_PATH"},
    Row{"network_path", system, "NETWORK_PATH"},
    Row{"share_changed", system, "DATA_EXPOSED"},
    Row{"user_is_root", system, "ACCESS_GRANTED"},
    Row{"admin_granted", system, "ACCESS_GRANTED"},
    Row{"admin_revoked", system, "LOCKOUT"},
    Row{"sudo_changed", system, "AUTH_BYPASS"},
    Row{"pam_changed", system, "AUTH_BYPASS"},
    Row{"wrapper_added", system, "AUTH_BYPASS"},
    Row{"wrapper_changed", system, "AUTH_BYPASS"},
    Row{"login_settings", system, "AUTH_BYPASS"},
    Row{"directory_changed", system, "AUTH_BYPASS"},
    Row{"confinement_changed", system, "HARDENING_LOST"},
    Row{"secret_added", system, "SECRET_ACCESS"},
    Row{"secret_removed", system, "SECRET_ACCESS"},
    Row{"secret_access", system, "SECRET_ACCESS"},
    Row{"secret_changed", system, "SECRET_ACCESS"},
    Row{"sshd_root_login", system, "ACCESS_GRANTED"},
    Row{"sshd_password_login", system, "ACCESS_GRANTED"},
    Row{"sshd_setting", system, "ACCESS_GRANTED"},
    Row{"sshd_unreadable", system, "UNCLASSIFIED"},
    Row{"ssh_key_added", system, "ACCESS_GRANTED"},
    Row{"ssh_key_removed", system, "LOCKOUT"},
    Row{"ssh_client", system, "TRUST_ROOT"},
    Row{"ssh_locked_out", system, "LOCKOUT"},
    Row{"ca_added", system, "TRUST_ROOT"},
    Row{"ca_removed", system, "TRUST_ROOT"},
    Row{"ca_store", system, "TRUST_ROOT"},
    Row{"tls_settings", system, "TRUST_ROOT"},
    Row{"time_source", system, "TRUST_ROOT"},
    Row{"mount_added", system, "DATA_LOSS"},
    Row{"mount_removed", system, "DATA_LOSS"},
    Row{"mount_changed", system, "DATA_LOSS"},
    Row{"format_at_boot", system, "DATA_LOSS"},
    Row{"disk_encryption", system, "DATA_LOSS"},
    Row{"disk_settings", system, "DATA_LOSS"},
    Row{"data_migration", system, "NOT_ROLLBACKABLE"},
    Row{"nix_setting", system, "NIX_TRUST"},
    Row{"nix_trust", system, "NIX_TRUST"},
    Row{"kernel_changed", system, "KERNEL", true},
    Row{"initrd_changed", system, "BOOT", true},
    Row{"systemd_changed", system, "BOOT", true},
    Row{"release_changed", system, "RELEASE"},
    Row{"kernel_params", system, "KERNEL"},
    Row{"sysctl_changed", system, "KERNEL"},
    Row{"kernel_modules", system, "KERNEL"},
    Row{"boot_loader", system, "BOOT"},
    Row{"specialisation_changed", system, "BOOT"},
    Row{"etc_image", system, "BOOT"},
    Row{"act_forbidden", system, "UNCLASSIFIED"},
    Row{"unclassified_added", system, "UNCLASSIFIED"},
    Row{"unclassified_removed", system, "UNCLASSIFIED"},
    Row{"unclassified_changed", system, "UNCLASSIFIED"},
    Row{"agentd_changed", self, "SELF"},
};

const Row* row_of(std::string_view kind) noexcept {
    const auto* const row =
        std::find_if(rows.begin(), rows.end(), [&](const Row& one) { return one.kind == kind; });
    return row == rows.end() ? nullptr : row;
}

/// A usual kind may have a grave case, which the classifiers say by its risk.
EffectClass least_of(Risk risk) {
    switch (risk) {
    case Risk::none:
        return nothing;
    case Risk::low:
        return package;
    case Risk::notice:
        return setting;
    case Risk::high:
        return reach;
    case Risk::critical:
        return system;
    }
    return system;
}

constexpr std::array names{"nothing", "package", "upstream_bump", "setting",
                           "reach",   "system",  "self"};

} // namespace

std::string_view to_string(EffectClass effect_class) noexcept {
    return names[static_cast<std::size_t>(effect_class)];
}

std::optional<EffectClass> parse_effect_class(std::string_view text) noexcept {
    const auto* const it = std::find(names.begin(), names.end(), text);
    return it == names.end() ? std::nullopt
                             : std::optional(static_cast<EffectClass>(it - names.begin()));
}

std::string_view meaning_of(EffectClass effect_class) noexcept {
    switch (effect_class) {
    case nothing:
        return "nothing that runs changes";
    case package:
        return "programs for people come, go or move, and no service is touched";
    case upstream_bump:
        return "versions move with an input of the same branch, and nothing else was edited";
    case setting:
        return "something that runs already runs otherwise";
    case reach:
        return "something new runs, listens, logs in or acts as root";
    case system:
        return "it is about what boots, who gets in, what is trusted, or what nobody could "
               "classify";
    case self:
        return "it is about agentd itself, which judges all others";
    }
    return "unknown";
}

EffectClass class_of(const proposals::Effect& effect, Origin origin) {
    const Row* row = row_of(effect.kind);
    if (row == nullptr) {
        return system;
    }
    // Of the same kind are the name of a commit, which acts on nothing, and a service's own file.
    const bool acts = row->usual != nothing || effect.risk != Risk::none;
    if (origin.upstream_bump && row->version && effect.risk < Risk::critical) {
        return acts ? upstream_bump : nothing;
    }
    // A package that the classifiers call delicate is code that root runs.
    if (row->usual == package && effect.risk >= Risk::notice) {
        return std::max(reach, least_of(effect.risk));
    }
    return std::max(row->usual == nothing && acts ? setting : row->usual, least_of(effect.risk));
}

EffectClass class_of(const proposals::Effects& effects, Origin origin) {
    EffectClass highest = effects.truncated ? system : nothing;
    for (const auto& effect : effects.effects) {
        highest = std::max(highest, class_of(effect, origin));
    }
    return highest;
}

const std::vector<NamedWarning>& named_warnings() {
    static const std::vector<NamedWarning> all{
        {"SELF", "agentd itself changes, or what keeps it from acting alone"},
        {"FIREWALL_REMOVED",
         "the firewall goes: every program that listens is open to the network"},
        {"ACCESS_GRANTED", "somebody gets in, or gets more rights, than before"},
        {"AUTH_BYPASS", "how the machine makes sure of who somebody is changes"},
        {"LOCKOUT", "a way in goes: make sure that another stays"},
        {"DATA_LOSS", "disks or where data lies change: data may be hidden or lost"},
        {"NIX_TRUST", "whom Nix believes changes, and so what may run here"},
        {"TRUST_ROOT", "whom the machine believes about servers, keys or time changes"},
        {"SECRET_ACCESS", "a secret comes, goes, or can be read by others"},
        {"UNCLASSIFIED", "something changes that agentd has no name for"},
        {"TRUNCATED", "more changes than can be listed"},
        {"ROOT_SCRIPT", "a script changes that runs as root at every switch"},
        {"ROOT_CODE", "new code runs as root, or tells root's programs what to do"},
        {"BOOT", "what boots changes: it shows only at the next boot"},
        {"KERNEL", "the kernel, or how it is told to run, changes"},
        {"RELEASE", "the system is built from another release"},
        {"FIREWALL_CHANGED", "the firewall has other rules"},
        {"NETWORK_PATH", "how the machine is reached changes: it may be cut off"},
        {"HARDENING_LOST", "a service is kept from less than before"},
        {"DATA_EXPOSED", "files are shared over the network otherwise than before"},
        {"NOT_ROLLBACKABLE", "going back does not undo all of it"},
        {"PORT_OPENED", "a port is opened to the network"},
        {"PORT_CLOSED", "a port is closed: what uses it is cut off"},
        {"USER_ADDED", "an account is new"},
        {"USER_REMOVED", "an account goes; its files stay"},
        {"USER_CHANGED", "an account, or what it belongs to, changes"},
        {"LOGGING_CHANGED", "what is logged, or where to, changes"},
        {"SERVICE_ADDED", "a service is new"},
    };
    return all;
}

const NamedWarning* warning_of(std::string_view kind) noexcept {
    const Row* row = row_of(kind);
    const std::string_view name = row == nullptr ? "UNCLASSIFIED" : row->warning;
    const auto& all = named_warnings();
    const auto it = std::find_if(all.begin(), all.end(),
                                 [&](const NamedWarning& one) { return one.name == name; });
    return it == all.end() ? nullptr : &*it;
}

std::vector<NamedWarning> warnings_of(const proposals::Effects& effects) {
    std::set<std::string_view> raised;
    for (const auto& effect : effects.effects) {
        if (const auto* warning = warning_of(effect.kind)) {
            raised.insert(warning->name);
        }
    }
    if (effects.truncated) {
        raised.insert("TRUNCATED");
    }
    std::vector<NamedWarning> out;
    for (const NamedWarning& one : named_warnings()) {
        if (raised.contains(one.name)) {
            out.push_back(one);
        }
    }
    return out;
}

} // namespace agentd::policy
