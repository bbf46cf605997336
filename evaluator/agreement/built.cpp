#include "evaluator/agreement/built.hpp"

#include "evaluator/agreement/wording.hpp"
#include "evaluator/effects/account_list.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/firewall.hpp"
#include "evaluator/effects/sshd_config.hpp"
#include "evaluator/effects/store_text.hpp"
#include "evaluator/effects/wrapper_names.hpp"

#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace agentd::evaluator::agreement {

namespace {

using effects::Side;

constexpr std::string_view units = "etc/systemd/system/";
constexpr std::string_view user_units = "etc/systemd/user/";

Subjects ports(const effects::Firewall& firewall) {
    Subjects out;
    for (const auto& each : firewall.openings) {
        // NixOS lets the machine itself be a DHCPv6 client: no option says so.
        const bool dhcp = each.first == 546 && each.last == 546 && each.protocol == "udp" &&
                          each.limit.find("fe80::/64") != std::string::npos;
        say(out, each.name(), {}, dhcp);
    }
    return out;
}

/// The store path that holds what is at a name of the tree.
std::string holder(const Side& side, const std::string& path) {
    const auto* node = side.tree.find(path);
    return node == nullptr ? std::string{} : effects::store_top(node->target, side.store.prefix());
}

void say_unit(Subjects& out, const Side& side, const std::string& name, const std::string& path,
              bool optional) {
    say(out, name, {}, optional);
    out.at(spelled(name)).from = spelled(holder(side, path));
}

/// A unit's drop-ins are told one by one, but for the one that NixOS writes for its options.
Subjects units_of(const Side& side) {
    Subjects out;
    for (const auto& [name, unit] : side.units) {
        if (unit.masked || unit.paths.empty()) {
            continue;
        }
        const auto own = std::string(units) + name;
        const bool there = side.tree.find(own) != nullptr;
        say_unit(out, side, name, own, !there || !unit.aliases.empty());
        for (const auto& path : unit.paths) {
            const bool drop_in = path.starts_with(units) && path.find(".d/") != path.npos;
            if (drop_in && !path.ends_with("/overrides.conf")) {
                say_unit(out, side, path.substr(units.size()), path, false);
            }
        }
    }
    return out;
}

Subjects users_of(const effects::Accounts& accounts) {
    Subjects out;
    for (const auto& [name, fields] : accounts.users) {
        say(out, name, effects::text_of(fields, "uid"));
    }
    return out;
}

Subjects members_of(const effects::Accounts& accounts) {
    Subjects out;
    for (const auto& [group, members] : accounts.members) {
        for (const auto& member : members) {
            if (!group.empty()) {
                say(out, member + " in " + group);
            }
        }
    }
    return out;
}

Subjects keys_of(const Side& side) {
    constexpr std::string_view folder = "etc/ssh/authorized_keys.d/";
    Subjects out;
    for (auto it = side.tree.nodes.lower_bound(std::string(folder));
         it != side.tree.nodes.end() && it->first.starts_with(folder); ++it) {
        const auto user = it->first.substr(folder.size());
        const bool companion =
            user.ends_with(".mode") || user.ends_with(".uid") || user.ends_with(".gid");
        if (it->second.kind == effects::Node::Kind::file && !companion) {
            say_keys(out, user, it->second.bytes(), false);
        }
    }
    return out;
}

Subjects sshd_of(const effects::SshdConfig& config) {
    Subjects out;
    if (!config.there) {
        return out;
    }
    const auto port = config.value("port");
    for (const auto line : core::lines(port)) {
        say(out, "port " + std::string(core::trim(line)));
    }
    for (const auto* keyword :
         {"permitrootlogin", "passwordauthentication", "kbdinteractiveauthentication"}) {
        say(out, keyword, ssh_value(config.value(keyword)));
    }
    return out;
}

Subjects etc_of(const Side& side) {
    constexpr std::string_view etc = "etc/";
    Subjects out;
    for (const auto& [path, node] : side.tree.nodes) {
        if (path.starts_with(etc) && !path.starts_with(units) && !path.starts_with(user_units)) {
            say(out, path.substr(etc.size()));
        }
    }
    return out;
}

Subjects mounts_of(const std::string* fstab) {
    Subjects out;
    for (const auto& line : effects::meaningful_lines(fstab)) {
        const auto fields = core::split(line, ' ');
        if (fields.size() > 2 && fields[2] == "swap") {
            say(out, "swap " + std::string(fields[0]));
        } else if (fields.size() > 1) {
            say(out, fields[1], fields[0]);
        }
    }
    return out;
}

Subjects packages_of(const Side& side) {
    Subjects out;
    for (const auto& [path, size] : side.closure) {
        say(out, effects::store_name(path, side.store.prefix()));
    }
    return out;
}

Subjects one(std::string_view subject, std::string_view value) {
    Subjects out;
    say(out, subject, value);
    return out;
}

} // namespace

Statements read_built(const Side& side) {
    Statements out;
    if (side.tree.truncated) {
        return out;
    }
    const auto tell = [&](Topic topic, Subjects subjects) {
        if (subjects.size() <= Statements::most_subjects) {
            out.topics.emplace(topic, std::move(subjects));
        }
    };
    const auto firewall = effects::read_firewall(side, side.units);
    tell(Topic::firewall, one("firewall", firewall.filters ? "on" : "off"));
    tell(Topic::port, ports(firewall));
    tell(Topic::unit, units_of(side));
    if (const auto accounts = effects::read_accounts(side); accounts.there && accounts.readable) {
        tell(Topic::user, users_of(accounts));
        tell(Topic::member, members_of(accounts));
    }
    tell(Topic::key, keys_of(side));
    const auto* sudoers = side.tree.file("etc/sudoers");
    tell(Topic::sudo, sudoers == nullptr
                          ? Subjects{}
                          : one("wheel", wheel_is_free(*sudoers) ? "no password" : "a password"));
    if (const auto sshd = effects::read_sshd_config(side.tree); sshd.readable) {
        tell(Topic::sshd, sshd_of(sshd));
    }
    Subjects wrappers;
    for (const auto& name : effects::wrapper_names(side)) {
        say(wrappers, name);
    }
    tell(Topic::wrapper, std::move(wrappers));
    Subjects nix;
    if (const auto* conf = side.tree.file("etc/nix/nix.conf")) {
        say_nix_lists(nix, *conf);
    }
    tell(Topic::nix, std::move(nix));
    const auto* kernel = side.tree.find("kernel"); // a container has none
    tell(Topic::kernel,
         kernel == nullptr
             ? Subjects{}
             : one("kernel", effects::store_name(kernel->target, side.store.prefix())));
    Subjects params;
    if (const auto* text = side.tree.file("kernel-params")) {
        say_words(params, *text);
    }
    tell(Topic::kernel_param, std::move(params));
    tell(Topic::mount, mounts_of(side.tree.file("etc/fstab")));
    tell(Topic::etc, etc_of(side));
    tell(Topic::package, packages_of(side));
    return out;
}

} // namespace agentd::evaluator::agreement
