#include "evaluator/agreement/declared.hpp"

#include "evaluator/agreement/topic_reader.hpp"
#include "evaluator/agreement/wording.hpp"
#include "evaluator/effects/firewall.hpp"
#include "evaluator/effects/store_text.hpp"

#include "agentd/core/text.hpp"

#include <array>
#include <nlohmann/json.hpp>

namespace agentd::evaluator::agreement {

namespace {

using core::Json;
using In = TopicReader;

void say_ports(Subjects& out, In& in, const Json& ports, const std::string& interface) {
    for (const std::string protocol : {"tcp", "udp"}) {
        effects::Opening opening{.protocol = protocol, .interface = interface};
        for (const auto& each : in.list(ports, protocol)) {
            opening.first = opening.last = in.port(each);
            say(out, opening.name());
        }
        for (const auto& each : in.list(ports, protocol + "_ranges")) {
            const auto& ends = in.list(each);
            opening.first = in.port(ends.empty() ? each : ends.front());
            opening.last = in.port(ends.empty() ? each : ends.back());
            say(out, opening.name());
        }
    }
}

/// Rules by hand may open what they spell out; whether they are reached is another question.
template <class Parse> void say_rules(Subjects& out, const std::string& rules, Parse&& parse) {
    for (const auto line : core::lines(rules)) {
        if (const auto openings = parse(core::trim(line))) {
            for (const auto& each : *openings) {
                say(out, each.name(), {}, true);
            }
        }
    }
}

Subjects ports_of(In& in, const Json& firewall) {
    Subjects out;
    if (!in.flag(firewall, "enable")) {
        return out;
    }
    say_ports(out, in, in.at(firewall, "all"), "");
    for (const auto& each : in.list(firewall, "interfaces")) {
        say_ports(out, in, in.at(each, "ports"), in.text(each, "name"));
    }
    for (const auto& each : in.list(firewall, "trusted")) {
        say(out, effects::Opening{.protocol = "any", .interface = in.text(each)}.name());
    }
    say_rules(out, in.text(firewall, "extra"), effects::parse_iptables_opening);
    say_rules(out, in.text(firewall, "extra_nft"), effects::parse_nft_opening);
    return out;
}

Subjects firewall_of(In& in, const Json& firewall) {
    Subjects out;
    say(out, "firewall", in.flag(firewall, "enable") ? "on" : "off");
    return out;
}

/// Those of a list of `{ name, on }` that are on.
Subjects names_on(In& in, const Json& rows) {
    Subjects out;
    for (const auto& each : in.list(rows)) {
        if (in.flag(each, "on")) {
            say(out, in.text(each, "name"));
        }
    }
    return out;
}

Subjects units_of(In& in, const Json& units) {
    return names_on(in, in.at(units, "own"));
}

Subjects users_of(In& in, const Json& users) {
    Subjects out;
    for (const auto& each : in.list(users)) {
        const auto& uid = in.at(each, "uid");
        const auto number = uid.is_null() ? std::string{} : std::to_string(in.number(uid));
        if (in.flag(each, "on")) {
            say(out, in.text(each, "name"), number);
        }
    }
    return out;
}

Subjects members_of(In& in, const Json& groups, const Json& users) {
    Subjects out;
    for (const auto& each : in.list(groups)) {
        for (const auto& member : in.list(each, "members")) {
            say(out, in.text(member) + " in " + in.text(each, "name"));
        }
    }
    for (const auto& each : in.list(users)) {
        const auto& group = in.text(each, "group");
        if (in.flag(each, "on") && !group.empty()) {
            say(out, in.text(each, "name") + " in " + group);
        }
    }
    return out;
}

Subjects keys_of(In& in, const Json& keys) {
    Subjects out;
    const bool demanded = in.flag(keys, "demanded");
    for (const auto& each : in.list(keys, "users")) {
        const bool optional = !in.flag(each, "on") || !demanded;
        for (const auto* where : {"keys", "files"}) {
            for (const auto& held : in.list(each, where)) {
                say_keys(out, in.text(each, "name"), in.text(held), optional);
            }
        }
    }
    return out;
}

Subjects sudo_of(In& in, const Json& sudo) {
    Subjects out;
    if (in.flag(sudo, "enable")) {
        const bool free = in.flag(sudo, "free") || wheel_is_free(in.text(sudo, "text"));
        say(out, "wheel", free ? "no password" : "a password");
    }
    return out;
}

Subjects sshd_of(In& in, const Json& sshd) {
    Subjects out;
    if (!in.flag(sshd, "enable")) {
        return out;
    }
    for (const auto& each : in.list(sshd, "ports")) {
        say(out, "port " + std::to_string(in.number(each)));
    }
    if (out.empty()) {
        say(out, "port 22");
    }
    say(out, "permitrootlogin", ssh_value(in.text_or_empty(sshd, "root")));
    say(out, "passwordauthentication", ssh_value(in.text_or_empty(sshd, "passwords")));
    say(out, "kbdinteractiveauthentication", ssh_value(in.text_or_empty(sshd, "keyboard")));
    return out;
}

/// As the file that is made of them.
Subjects nix_of(In& in, const Json& nix) {
    Subjects out;
    if (!in.flag(nix, "enable")) {
        return out;
    }
    std::string conf;
    for (const auto& each : in.list(nix, "settings")) {
        std::string line;
        for (const auto& word : in.list(each, "value")) {
            line += " " + in.text(word);
        }
        conf += line.empty() ? "" : in.text(each, "name") + " =" + line + "\n";
    }
    say_nix_lists(out, conf + in.text(nix, "extra"));
    return out;
}

Subjects kernel_of(In& in, const Json& kernel) {
    Subjects out;
    say(out, "kernel", in.text(kernel));
    return out;
}

Subjects params_of(In& in, const Json& words) {
    Subjects out;
    for (const auto& each : in.list(words)) {
        say_words(out, in.text(each));
    }
    return out;
}

/// Of two versions one may hide the other whole.
Subjects packages_of(In& in, const Json& names) {
    std::map<std::string, std::set<std::string>> versions;
    for (const auto& each : in.list(names)) {
        const auto& name = in.text(each);
        versions[effects::parse_package_name(name).name].insert(name);
    }
    Subjects out;
    for (const auto& [package, all] : versions) {
        for (const auto& name : all) {
            say(out, name, {}, all.size() > 1);
        }
    }
    return out;
}

Subjects mounts_of(In& in, const Json& mounts) {
    Subjects out;
    for (const auto& each : in.list(mounts, "places")) {
        if (in.flag(each, "on")) {
            say(out, fstab_field(in.text(each, "place")),
                fstab_field(in.text_or_empty(each, "device")));
        }
    }
    for (const auto& each : in.list(mounts, "swap")) {
        say(out, "swap " + fstab_field(in.text(each)));
    }
    return out;
}

struct Source {
    Topic topic;
    const char* key;
    Subjects (*read)(In& in, const Json& value);
};

constexpr std::array sources{Source{Topic::firewall, "firewall", firewall_of},
                             Source{Topic::port, "firewall", ports_of},
                             Source{Topic::unit, "units", units_of},
                             Source{Topic::user, "users", users_of},
                             Source{Topic::key, "keys", keys_of},
                             Source{Topic::sudo, "sudo", sudo_of},
                             Source{Topic::sshd, "sshd", sshd_of},
                             Source{Topic::wrapper, "wrappers", names_on},
                             Source{Topic::nix, "nix", nix_of},
                             Source{Topic::kernel, "kernel", kernel_of},
                             Source{Topic::kernel_param, "kernel_params", params_of},
                             Source{Topic::mount, "mounts", mounts_of},
                             Source{Topic::etc, "etc", names_on},
                             Source{Topic::package, "packages", packages_of}};

void keep(Statements& out, const In& in, Topic topic, Subjects subjects) {
    if (!in.odd() && subjects.size() <= Statements::most_subjects) {
        out.topics.emplace(topic, std::move(subjects));
    }
}

} // namespace

Statements read_declared(const Json& answer) {
    Statements out;
    for (const auto& source : sources) {
        In in;
        auto subjects = source.read(in, in.at(answer, source.key));
        keep(out, in, source.topic, std::move(subjects));
    }
    In both;
    auto members = members_of(both, both.at(answer, "groups"), both.at(answer, "users"));
    keep(out, both, Topic::member, std::move(members));
    In in;
    for (const auto& each : in.list(in.at(answer, "units"), "packages")) {
        out.unit_packages.insert(spelled(in.text(each)));
    }
    return out;
}

} // namespace agentd::evaluator::agreement
