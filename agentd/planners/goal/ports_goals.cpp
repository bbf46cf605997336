// Ports of the firewall.
#include "agentd/planners/goal/clause.hpp"

#include <array>

namespace agentd::planners::goal {

namespace {

using core::Problem;
using core::Result;

Result<Made> ports(const State& match, WishKind kind) {
    const std::string before = match.text("before");
    const std::string all = before.empty() ? match.text("after") : before;
    const std::string interface = match.text("interface");
    const std::string base =
        "networking.firewall." + (interface.empty() ? "" : "interfaces.\"" + interface + "\".");
    Made out;
    for (const Item& port : match.items("ports")) {
        // "tcp ports 80 and udp 53" is well: what stands before holds until something else is said.
        const bool open_end = !before.empty() && !out.wishes.empty();
        const bool otherwise = !all.empty() && !port.more.empty() && all != port.more && !open_end;
        if (otherwise) {
            return Problem{.code = "contradiction",
                           .message =
                               "port " + std::to_string(port.number) + " is said to be tcp and udp",
                           .hint = "write 53/udp"};
        }
        const std::string protocol = port.more.empty() ? all : port.more;
        const bool range = port.last != port.number;
        for (const auto& [name, list] :
             {std::pair("tcp", "allowedTCPPort"), std::pair("udp", "allowedUDPPort")}) {
            const bool wanted = protocol == name || protocol == "both" ||
                                (protocol.empty() && name == std::string_view("tcp"));
            if (wanted) {
                const std::string option = base + list + (range ? "Ranges" : "s");
                Wish wish = kind == WishKind::add_to_list ? add(option, port.number)
                                                          : remove(option, port.number);
                wish.last = range ? std::optional(port.last) : std::nullopt;
                out.wishes.push_back(std::move(wish));
            }
        }
    }
    return out;
}

Result<Made> open(const State& match, const Situation&) {
    return ports(match, WishKind::add_to_list);
}
Result<Made> close(const State& match, const Situation&) {
    return ports(match, WishKind::remove_from_list);
}

Result<Made> ping(const State&, const Situation&) {
    return only(set("networking.firewall.allowPing", true));
}
Result<Made> no_ping(const State&, const Situation&) {
    return only(set("networking.firewall.allowPing", false));
}
Result<Made> no_such_port(const State& match, const Situation&) {
    const auto number = match.items("number").front().number;
    if (number >= 1 && number <= 65535) {
        return Problem{.code = "not_understood", .message = ""}; // another phrase takes it
    }
    return Problem{.code = "bad_port",
                   .message = quoted(match.text("number")) + " is no port",
                   .hint = "ports go from 1 to 65535"};
}

constexpr auto patterns = std::to_array<Pattern>({
    {"(allow|permit|enable|answer|accept) (ping|pings|icmp|icmp ping) [requests] "
     "[(in|through) firewall]",
     ping, "allow ping"},
    {"(let|have) (host|hosts|machine|machines) answer (ping|pings)", ping},
    {"(block|disallow|forbid|deny|disable|ignore|drop) (ping|pings|icmp ping) "
     "[requests|replies|answers] [(in|through) firewall]",
     no_ping},
    {"(turn off|switch off|stop) (ping|pings|icmp ping) [requests|replies|answers]", no_ping},
    {"(stop opening|no longer open) [{protocol:before}] [port|ports] "
     "{ports} [{protocol:after}] [any more|any longer|anymore]",
     close},
    {"(remove|take|drop) [{protocol:before}] (port|ports) {ports} [{protocol:after}] (from|out of) "
     "[open ports of] firewall",
     close},
    {"(needs|need|has|have) [{protocol:before}] (port|ports) {ports} [{protocol:after}] open",
     open},
    {"(open|close|allow|block) [{protocol}] [port|ports] {number}", no_such_port},
    {"(open|allow|open up|unblock|let through) [incoming|inbound|firewall] [{protocol:before}] "
     "[port|ports|traffic on port|traffic on ports|connections on port|connections to port] "
     "{ports} "
     "[{protocol:after}] [(for|over) {protocol:after}] [(in|through|on) firewall] [on interface "
     "{name:interface}]",
     open, "open port 8080"},
    {"(open|allow) firewall (for|on) [{protocol:before}] [port|ports] {ports} [{protocol:after}]",
     open},
    {"[{protocol:before}] (port|ports) {ports} [{protocol:after}] (should|must|needs to|has to) be "
     "open "
     "[in firewall]",
     open},
    {"[{protocol:before}] (port|ports) {ports} [{protocol:after}] (is|are) open [in firewall]",
     open},
    {"(close|block|shut) [incoming] [{protocol:before}] [port|ports] {ports} [{protocol:after}] "
     "[(for|over) {protocol:after}] [(in|on) firewall] [on interface {name:interface}]",
     close, "close port 53/udp"},
});

} // namespace

Patterns port_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal
