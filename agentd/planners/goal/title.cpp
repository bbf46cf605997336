#include "agentd/planners/goal/title.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace agentd::planners::goal {

namespace {

using proposals::plan::Wish;
using proposals::plan::WishKind;

/// `install` `ripgrep` `for bob`: what follows with the same first and last words is said with it.
struct Said {
    std::string verb{};
    std::string object{};
    std::string tail{};
};

std::optional<Said> of_package(const Wish& wish) {
    const auto* package = std::get_if<proposals::PackageAttr>(&*wish.value);
    const std::string option = wish.option->str();
    const bool system = option == "environment.systemPackages" && wish.user.empty();
    if (package == nullptr || (!system && (option != "home.packages" || wish.user.empty()))) {
        return std::nullopt;
    }
    return Said{.verb = wish.kind == WishKind::add_to_list ? "install" : "remove",
                .object = package->str(),
                .tail = system ? "" : "for " + wish.user};
}

std::optional<Said> of_port(const Wish& wish) {
    const auto* port = std::get_if<std::int64_t>(&*wish.value);
    const std::string option = wish.option->str();
    const bool tcp = option == "networking.firewall.allowedTCPPorts";
    if (port == nullptr || (!tcp && option != "networking.firewall.allowedUDPPorts")) {
        return std::nullopt;
    }
    return Said{.verb = wish.kind == WishKind::add_to_list ? "open" : "close",
                .object = (tcp ? "port " : "udp port ") + std::to_string(*port)};
}

std::optional<Said> of_group(const Wish& wish) {
    const auto& parts = wish.option->parts();
    const auto* group = std::get_if<std::string>(&*wish.value);
    if (group == nullptr || parts.size() != 4 || parts[0] != "users" || parts[1] != "users" ||
        parts[3] != "extraGroups") {
        return std::nullopt;
    }
    const bool comes = wish.kind == WishKind::add_to_list;
    return Said{.verb = (comes ? "add " : "take ") + parts[2] +
                        (comes ? " to the group" : " out of the group"),
                .object = *group};
}

std::optional<Said> of_value(const Wish& wish) {
    static constexpr std::array<std::string_view, 4> kinds{"services", "programs", "hardware",
                                                           "virtualisation"};
    const auto& parts = wish.option->parts();
    const auto* on = std::get_if<bool>(&*wish.value);
    const auto* text = std::get_if<std::string>(&*wish.value);
    const bool known = std::find(kinds.begin(), kinds.end(), parts.front()) != kinds.end();
    if (on != nullptr && known && parts.size() == 3 && parts.back() == "enable") {
        return Said{.verb = *on ? "enable" : "disable",
                    .object = parts[1],
                    .tail = wish.user.empty() ? "" : "for " + wish.user};
    }
    if (!wish.user.empty()) {
        return std::nullopt;
    }
    if (on != nullptr && *on && parts.size() == 4 && parts[1] == "users" &&
        parts.back() == "isNormalUser") {
        return Said{.verb = "add the user", .object = parts[2]};
    }
    if (on != nullptr && wish.option->str() == "networking.firewall.enable") {
        return Said{.verb = *on ? "turn on" : "turn off", .object = "the firewall"};
    }
    if (text != nullptr && wish.option->str() == "time.timeZone") {
        return Said{.verb = "set the time zone to", .object = *text};
    }
    return std::nullopt;
}

Said said_of(const Wish& wish) {
    std::optional<Said> out;
    const bool plain = wish.in.empty() && !wish.weak && !wish.last && !wish.size;
    if (plain && wish.option && wish.value && wish.kind == WishKind::set_option) {
        out = of_value(wish);
    } else if (plain && wish.option && wish.value &&
               (wish.kind == WishKind::add_to_list || wish.kind == WishKind::remove_from_list)) {
        for (const auto read : {of_package, of_port, of_group}) {
            out = out ? out : read(wish);
        }
    }
    return out.value_or(Said{.verb = describe(wish)});
}

/// `a`, `a and b`, `a, b and c`.
std::string joined(const std::vector<std::string>& all) {
    std::string out;
    for (std::size_t i = 0; i < all.size(); ++i) {
        out += (i == 0 ? "" : i + 1 == all.size() ? " and " : ", ") + all[i];
    }
    return out;
}

std::string line_of(const Said& first, const std::vector<std::string>& objects) {
    return first.verb + (first.object.empty() ? "" : " " + joined(objects)) +
           (first.tail.empty() ? "" : " " + first.tail);
}

} // namespace

std::string title_of(const proposals::plan::Request& request) {
    std::vector<std::string> lines;
    std::optional<Said> first;
    std::vector<std::string> objects;
    const auto end = [&] {
        if (first) {
            lines.push_back(line_of(*first, objects));
        }
    };
    for (const Wish& wish : request.operations) {
        Said said = said_of(wish);
        const bool more = first && !said.object.empty() && said.verb == first->verb &&
                          said.tail == first->tail && !first->object.empty();
        if (!more) {
            end();
            objects.clear();
            first = said;
        }
        objects.push_back(std::move(said.object));
    }
    end();
    std::string out = joined(lines);
    out += request.every_host      ? " on every host"
           : request.hosts.empty() ? ""
                                   : " on " + joined(request.hosts);
    out.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(out.front())));
    return core::shorten(out, 120 - std::string_view("…").size());
}

} // namespace agentd::planners::goal
