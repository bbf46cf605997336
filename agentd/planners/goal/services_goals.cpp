// Services and programs: on, off, and their ports in the firewall.
#include "agentd/planners/goal/clause.hpp"
#include "agentd/planners/goal/names.hpp"
#include "agentd/planners/goal/own_switches.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace agentd::planners::goal {

namespace {

using core::Problem;
using core::Result;

Problem unknown(const Situation& in, const std::string& name) {
    const CatalogView* catalog = in.scene.around.catalog;
    const auto near = catalog != nullptr ? catalog->nearest_services(name)
                                         : core::nearest(name, service_names(), 3);
    const std::string otherwise =
        in.scene.is_module(name) ? "say import the module " + name + ", which the repository has"
                                 : "say which option, by its path: enable services.NAME.enable";
    return {.code = "unknown_service",
            .message = "no service or program is known here by the name " + quoted(name),
            .hint = near.empty()
                        ? otherwise
                        : "did you mean `" + core::join(near, "` or `") + "`? or " + otherwise};
}

/// The options that are there by the name of something: `programs.x.enable`.
std::vector<std::string> options_called(const Situation& in, const std::string& name,
                                        const std::string& kind) {
    std::vector<std::string> out;
    const auto part = proposals::OptionPath::parse("x.\"" + name + "\"");
    if (!part) {
        return out;
    }
    const std::string below = part->str().substr(1) + ".enable";
    const CatalogView* catalog = in.scene.around.catalog;
    for (const std::string space :
         {"services", "programs", "virtualisation", "hardware", "networking", "security"}) {
        const bool fits = kind.empty() || kind == space;
        if (fits && catalog != nullptr && catalog->has_option(space + below)) {
            out.push_back(space + below);
        }
    }
    if (out.empty() && kind.empty()) {
        for (const auto& own : in.scene.around.map.own_options) {
            if (own.path.ends_with(below)) {
                out.push_back(own.path);
            }
        }
    }
    const Sayings* said = in.scene.around.said;
    for (const std::string space : {"services", "programs"}) {
        const auto path = proposals::OptionPath::parse(space + below);
        const bool seen = path && said != nullptr && said->seen(*path) == Seen::yes;
        if (out.empty() && kind.empty() && catalog == nullptr && seen) {
            out.push_back(space + below);
        }
    }
    if (out.empty() && !kind.empty() && catalog == nullptr) {
        out.push_back(kind + below); // it was said what it is
    }
    return out;
}

/// What switches it, and of which home.
struct Found {
    std::string option{};
    std::string user{};
};

/// What turns it on: the owner's own switches, and beside what only others use nixpkgs' own.
Result<std::vector<Found>> options_of(const Situation& in, const Item& item,
                                      const std::string& kind) {
    std::vector<Found> out;
    const CatalogView* catalog = in.scene.around.catalog;
    const bool known = !item.text.empty() && (catalog == nullptr || catalog->has_option(item.text));
    const auto own = kind.empty() ? own_switches(in, item) : OwnSwitches{};
    for (const Switch& one : own.found) {
        out.push_back({.option = one.option, .user = one.user});
    }
    if (known && (out.empty() || own.of_others)) {
        out.push_back({.option = item.text, .user = in.scope.user});
    }
    if (out.empty()) {
        for (const std::string& option : options_called(in, item.more, kind)) {
            out.push_back({.option = option, .user = in.scope.user});
        }
    }
    return out.empty() ? Result<std::vector<Found>>(unknown(in, item.more)) : std::move(out);
}

/// Each of what may turn it on.
Result<std::vector<Made>> turned(const Situation& in, const Item& item, const std::string& kind,
                                 bool on) {
    const auto options = options_of(in, item, kind);
    if (!options) {
        return options.problem();
    }
    std::vector<Made> out;
    for (const Found& found : *options) {
        Wish wish = set(found.option, on);
        wish.user = found.user;
        out.push_back(
            {.wishes = {std::move(wish)}, .service = item.text.empty() ? found.option : item.text});
    }
    return out;
}

Result<Made> turn(const State& match, const Situation& in, bool on) {
    const std::string kind = match.has("program")  ? "programs"
                             : match.has("daemon") ? "services"
                                                   : "";
    std::vector<std::vector<Made>> out;
    for (const Item& item : match.items("services")) {
        auto ways = turned(in, item, kind, on);
        if (!ways) {
            return ways.problem();
        }
        out.push_back(std::move(ways).value());
    }
    return all_of(out);
}

Result<Made> enable(const State& match, const Situation& in) {
    return turn(match, in, true);
}
Result<Made> disable(const State& match, const Situation& in) {
    return turn(match, in, false);
}

Result<Made> firewall_of(const Situation& in, const std::string& option, bool open) {
    const Service* service = service_of(option);
    if (service == nullptr || (service->firewall.empty() && service->tcp.empty())) {
        return Problem{.code = "unknown_service",
                       .message = "which ports it needs is not known here",
                       .hint = "say the port: open port 8080"};
    }
    Made out{.service = option};
    if (!service->firewall.empty()) {
        out.wishes.push_back(set(spelling(in, {service->firewall}), open));
        return out;
    }
    const auto ports = [&](std::string_view numbers, std::string_view list) {
        for (const auto number : core::split(numbers, ' ')) {
            if (const auto port = core::parse_integer(number)) {
                out.wishes.push_back(open ? add(list, *port) : remove(list, *port));
            }
        }
    };
    ports(service->tcp, "networking.firewall.allowedTCPPorts");
    ports(service->udp, "networking.firewall.allowedUDPPorts");
    return out;
}

Result<Made> open_its(const State&, const Situation& in) {
    if (in.service.empty()) {
        return Problem{.code = "not_understood",
                       .message = "the goal is not understood: whose port is meant is not said",
                       .hint = "enable tailscale and open its port"};
    }
    if (!in.before.empty() && !in.before.back().user.empty()) {
        return Problem{.code = "not_understood",
                       .message = "what runs for a user opens no port by an option of its own",
                       .hint = "say the ports: open port 8080"};
    }
    return firewall_of(in, in.service, true);
}

Result<Made> open_for(const State& match, const Situation& in) {
    return firewall_of(in, match.text("service"), true);
}
Result<Made> close_for(const State& match, const Situation& in) {
    return firewall_of(in, match.text("service"), false);
}

Result<Made> zram(const State&, const Situation&) {
    return only(set("zramSwap.enable", true));
}

Result<Made> one_for_other(const State& match, const Situation& in) {
    std::vector<std::vector<Made>> out;
    for (const auto& [slot, on] : {std::pair("off", false), std::pair("on", true)}) {
        for (const Item& item : match.items(slot)) {
            auto ways = turned(in, item, "", on);
            if (!ways) {
                return ways.problem();
            }
            out.push_back(std::move(ways).value());
        }
    }
    return all_of(out);
}

/// By the owner's own switch of it, where there is one.
Result<Made> auto_prune(const State& match, const Situation& in) {
    std::string option = "virtualisation.docker.autoPrune.enable";
    for (const auto& own : in.scene.around.map.own_options) {
        option = own.path.ends_with(".docker.autoPrune.enable") ? own.path : option;
    }
    return only(set(option, !match.has("off")));
}

constexpr auto patterns = std::to_array<Pattern>({
    {"(enable|turn on|switch on) docker (auto prune|autoprune|auto-prune|automatic prune)",
     auto_prune, "disable the docker auto prune"},
    {"(disable|turn off|switch off|stop) docker (auto prune|autoprune|auto-prune|automatic prune) "
     "{nothing:off}",
     auto_prune},
    {"use (zram|zram swap|zramswap) [as swap]", zram},
    {"(enable|re-enable|reenable|activate|turn on|switch on|run|start running|set up) {services} "
     "[service|services|server|daemon|program] [on boot|at boot]",
     enable, "enable fail2ban", About::users},
    {"(turn|switch) {services} [service|server|daemon] on", enable, "", About::users},
    {"{services} (should|must|needs to|has to) (run|be (enabled|running|on|turned on))", enable, "",
     About::users},
    {"{services} (is|are) (enabled|running|on|turned on)", enable, "", About::users},
    {"have {services} (enabled|running|turned on)", enable, "", About::users},
    {"(enable|activate|turn on|switch on) (program|programs) {services} {nothing:program}", enable,
     "", About::users},
    {"(enable|activate|turn on|switch on|run) (service|services) {services} {nothing:daemon}",
     enable, "", About::users},
    {"(enable|activate|turn on|switch on|run) {services} (service|services|daemon) "
     "{nothing:daemon}",
     enable, "", About::users},
    {"(disable|deactivate|turn off|switch off|stop running|stop using|stop|stops running|"
     "no longer run|no longer use|no longer enable) {services} [service|services|server|daemon]",
     disable, "disable bluetooth", About::users},
    {"(turn|switch) {services} [service|server|daemon] off", disable, "", About::users},
    {"not (run|use|have|enable|start|serve) {services} [service|server|any more|any "
     "longer|anymore]",
     disable, "", About::users},
    {"(does not|doesn't|do not|don't) (run|use|need|serve) {services} (any more|any "
     "longer|anymore)",
     disable, "", About::users},
    {"no longer (runs|uses|needs|serves|run|use|need|serve) {services} [service|server]", disable,
     "", About::users},
    {"{services} (should|must) not (run|be (enabled|running|on)) [any more|any longer|anymore]",
     disable, "", About::users},
    {"{services} (is|are) (disabled|off|turned off|not running)", disable, "", About::users},
    {"{services} (should|must|needs to|has to) be (disabled|off|turned off)", disable, "",
     About::users},
    {"(disable|deactivate|turn off|switch off) (program|programs) {services} {nothing:program}",
     disable, "", About::users},
    {"(disable|deactivate|turn off|switch off) (service|services) {services} {nothing:daemon}",
     disable, "", About::users},
    {"(turn|switch) {services:off} off and {services:on} on", one_for_other,
     "turn bspwm off and gnome on", About::users},
    {"(turn|switch) {services:on} on and {services:off} off", one_for_other, "", About::users},
    {"(use|run) {services:on} instead of {services:off}", one_for_other, "", About::users},
    {"(replace|swap) {services:off} (with|by|for) {services:on}", one_for_other, "", About::users},
    {"open (its|their) [firewall] (port|ports|firewall) [in firewall]", open_its,
     "enable tailscale and open its port", About::hosts, true},
    {"open firewall for it", open_its, "", About::hosts, true},
    {"open [firewall|firewall port|firewall ports|port|ports] for {service} [in firewall]",
     open_for, "open the firewall for jellyfin"},
    {"open {service} ['s] [firewall] (port|ports) [in firewall]", open_for},
    {"(let|allow) {service} through [firewall]", open_for},
    {"close [firewall|firewall port|firewall ports|port|ports] (for|of) {service}", close_for},
});

} // namespace

Patterns service_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal
