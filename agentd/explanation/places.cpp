#include "agentd/explanation/places.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix_words.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace agentd::explanation {

namespace {

using proposals::Effect;
using proposals::OptionChange;

/// Which options lead to such facts, and where they are seen in the built system. `*` is the name
/// that the fact is about; a row without it holds for every fact of its kind.
struct Row {
    std::string_view area;
    std::string_view kind; ///< a beginning; "" is every kind
    std::array<std::string_view, 3> options;
    std::string_view built;
};

constexpr std::array rows{
    Row{"network", "port_", {"networking.firewall"}, ""},
    Row{"network", "firewall_", {"networking.firewall", "networking.nftables"}, ""},
    Row{"network", "hosts_", {"networking.hosts", "networking.extraHosts"}, "etc/hosts"},
    Row{"network",
        "dns_",
        {"networking.nameservers", "networking.resolvconf", "services.resolved"},
        ""},
    Row{"ssh", "sshd_", {"services.openssh"}, "etc/ssh/sshd_config"},
    Row{"ssh", "ssh_key_", {"users.users.*.openssh"}, "etc/ssh/authorized_keys.d/*"},
    Row{"ssh", "ssh_client", {"programs.ssh"}, "etc/ssh/ssh_config"},
    Row{"accounts", "sudo_", {"security.sudo", "security.doas", "security.polkit"}, ""},
    Row{"accounts", "pam_", {"security.pam"}, ""},
    Row{"accounts", "wrapper_", {"security.wrappers"}, "activate"},
    Row{"accounts", "", {"users.users.*", "users.groups.*"}, "activate"},
    Row{"nix", "", {"nix"}, "etc/nix/nix.conf"},
    Row{"boot", "sysctl_", {"boot.kernel.sysctl"}, ""},
    Row{"boot", "kernel_params", {"boot.kernelParams"}, "kernel-params"},
    Row{"boot", "boot_loader", {"boot.loader"}, ""},
    Row{"boot", "kernel_changed", {"boot.kernelPackages"}, "kernel"},
    Row{"boot", "initrd_", {"boot.initrd"}, "initrd"},
    Row{"boot", "", {"boot"}, ""},
    Row{"storage", "swap_", {"swapDevices"}, "etc/fstab"},
    Row{"storage", "mount_", {"fileSystems"}, "etc/fstab"},
    Row{"storage", "tmpfiles_", {"systemd.tmpfiles"}, ""},
    Row{"trust", "ca_", {"security.pki"}, "etc/ssl/certs"},
    Row{"trust", "time_", {"services.timesyncd", "services.chrony", "networking.timeServers"}, ""},
    Row{"environment",
        "",
        {"environment.variables", "environment.sessionVariables", "programs"},
        ""},
    Row{"scripts", "activation_", {"system.activationScripts"}, "activate"},
    Row{"packages", "", {}, "sw"},
    Row{"system", "release_", {}, "nixos-version"}};

const Row* row_of(const Effect& effect) {
    const auto* const found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
        return row.area == effect.area && effect.kind.starts_with(row.kind);
    });
    return found == rows.end() ? nullptr : &*found;
}

/// What the fact is about, as a flake would call it: a port, a user, a service, a package.
std::string name_of(const Effect& effect) {
    std::string name = effect.subject;
    if (effect.area == "units") {
        name = name.substr(name.starts_with("user/") ? 5 : 0);
        name = name.substr(0, name.find('@'));
        return name.substr(0, name.rfind('.'));
    }
    return name.substr(0, name.find_first_of(effect.area == "packages" ? " " : " :/"));
}

std::set<std::string> words_of(const OptionChange& change) {
    std::set<std::string> words(change.path.begin(), change.path.end());
    for (const auto* list : {&change.added, &change.removed}) {
        for (const auto& element : *list) {
            proposals::collect_nix_words(element, words);
            words.insert(std::string(core::trim(element)));
        }
    }
    for (const auto* side : {&change.before, &change.after}) {
        if (*side) {
            proposals::collect_nix_words(**side, words);
            words.insert(**side);
        }
    }
    return words;
}

bool is_below(const std::vector<std::string>& path, std::string_view prefix,
              const std::string& name) {
    std::size_t at = 0;
    for (const auto& own : path) {
        const auto end = std::min(prefix.find('.', at), prefix.size());
        const auto part = prefix.substr(at, end - at);
        if (part == "*" ? own != name : part != own) {
            return false;
        }
        if (end == prefix.size()) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

/// 0: nothing to do with it.
int fit(const Effect& effect, const Row* row, const std::string& name,
        const std::vector<std::string>& path, const std::set<std::string>& words) {
    const bool listed =
        row != nullptr &&
        std::any_of(row->options.begin(), row->options.end(), [&](std::string_view prefix) {
            return !prefix.empty() && is_below(path, prefix, name);
        });
    const bool named = !name.empty() && words.contains(name);
    const bool by_area = effect.area == "units" || effect.area == "packages" ||
                         effect.area == "accounts" || effect.area == "ssh" || effect.area == "etc";
    return listed && named ? 3 : named && by_area ? 2 : listed ? 1 : 0;
}

/// Names and numbers as they stand in a line, beside what Nix would call a name.
std::set<std::string> tokens_of(const std::string& line) {
    std::set<std::string> tokens;
    if (core::trim(line).starts_with('#')) {
        return tokens; // a comment brings nothing about
    }
    proposals::collect_nix_words(line, tokens);
    const auto is_part = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
    };
    for (auto at = line.begin(); at != line.end();) {
        at = std::find_if(at, line.end(), is_part);
        const auto end = std::find_if_not(at, line.end(), is_part);
        // A number between dots is a part of a version or an address.
        const bool dotted =
            (at != line.begin() && *(at - 1) == '.') || (end != line.end() && *end == '.');
        const bool digits = std::all_of(at, end, [](char c) { return c >= '0' && c <= '9'; });
        if (at != end && !(dotted && digits)) {
            tokens.emplace(at, end);
        }
        at = end;
    }
    return tokens;
}

std::optional<Place> in_the_built(const Effect& effect) {
    if (effect.kind.ends_with("_removed")) {
        return std::nullopt;
    }
    const auto place = [](std::string file) {
        return std::optional(Place{.file = drawn(file), .built = true});
    };
    if (effect.subject.starts_with("etc/")) {
        return place(effect.subject);
    }
    if (effect.area == "units") {
        const bool user = effect.subject.starts_with("user/");
        return place((user ? "etc/systemd/user/" : "etc/systemd/system/") +
                     effect.subject.substr(user ? 5 : 0));
    }
    if (const auto at = effect.sentence.find("(etc/"); at != std::string::npos) {
        const auto end = effect.sentence.find_first_of(" )", at);
        return place(effect.sentence.substr(at + 1, end == std::string::npos ? end : end - at - 1));
    }
    const auto* row = row_of(effect);
    if (row == nullptr || row->built.empty()) {
        return std::nullopt;
    }
    std::string file(row->built);
    if (file.ends_with('*')) {
        file.replace(file.size() - 1, 1, name_of(effect));
    }
    return place(file);
}

} // namespace

Places::Places(const Sources& sources) {
    if (sources.options != nullptr) {
        for (const auto& change : sources.options->changes) {
            if (change.file) {
                options_.push_back({.change = &change, .words = words_of(change)});
            }
        }
    }
    if (sources.diff == nullptr) {
        return;
    }
    // A line that came is where it is now; one that went is told only where none came.
    for (const char kind : {'+', '-'}) {
        for (const auto& file : *sources.diff) {
            read_lines(file, kind);
        }
    }
}

void Places::read_lines(const proposals::DiffFile& file, char kind) {
    constexpr std::size_t most_lines = 20'000;
    constexpr std::size_t longest_line = 4'096;
    for (const auto& hunk : file.hunks) {
        for (const auto& line : hunk.lines) {
            if (line.kind != kind || line.text.size() > longest_line || ++read_ > most_lines) {
                continue;
            }
            for (const auto& token : tokens_of(line.text)) {
                lines_.try_emplace(
                    token,
                    Place{.file = file.path, .line = kind == '+' ? line.new_line : std::nullopt});
            }
        }
    }
}

std::optional<Place> Places::from_options(const Effect& effect) const {
    const auto name = name_of(effect);
    const auto* row = row_of(effect);
    const OptionChange* best = nullptr;
    int best_fit = 0;
    for (const auto& option : options_) {
        if (const int own = fit(effect, row, name, option.change->path, option.words);
            own > best_fit) {
            best = option.change;
            best_fit = own;
        }
    }
    return best == nullptr ? std::nullopt
                           : std::optional(Place{.file = *best->file, .line = best->line});
}

std::optional<Place> Places::of(const Effect& effect) const {
    if (effect.area == "act") {
        return std::nullopt;
    }
    auto found = from_options(effect);
    const auto name = name_of(effect);
    if (const auto line = lines_.find(name); !found && name.size() > 1 && line != lines_.end()) {
        found = line->second;
    }
    if (!found) {
        return in_the_built(effect);
    }
    found->file = drawn(core::shorten(found->file, 400));
    return found;
}

} // namespace agentd::explanation
