#include "agentd/planners/ports.hpp"

#include "agentd/core/text.hpp"

namespace agentd::planners {

namespace {

using core::Problem;

std::string quoted(std::string_view text) {
    return "`" + core::printable(core::shorten(text, 60)) + "`";
}

struct Ports {
    std::vector<Port> list{};
    std::string protocol_before{}; ///< "tcp port 80"
};

bool is_protocol(std::string_view word) {
    return word == "tcp" || word == "udp";
}

// "tcp" stands before its port, behind it, or after "and" for the same port again.
void take_protocol(Ports& ports, const Word& word, bool port_follows) {
    if (ports.list.empty() || (word.after_separator && port_follows)) {
        ports.protocol_before = word.lower;
    } else if (ports.list.back().protocol.empty()) {
        ports.list.back().protocol = word.lower;
    } else {
        ports.list.push_back({.number = ports.list.back().number, .protocol = word.lower});
    }
}

core::Result<Port> read_port(const Word& word, const std::string& protocol_before) {
    const auto parts = core::split(word.lower, '/');
    const auto number = core::parse_integer(parts[0]);
    const bool digits =
        !parts[0].empty() && parts[0].find_first_not_of("0123456789") == std::string_view::npos;
    if (!number || !digits || parts.size() > 2 || (parts.size() == 2 && !is_protocol(parts[1]))) {
        return Problem{.code =
                           digits && parts.size() <= 2 && !number ? "bad_port" : "not_understood",
                       .message = quoted(word.text) + " is not a port",
                       .hint = "write 8080, 8080/tcp or 53/udp; one port at a time"};
    }
    if (*number < 1 || *number > 65'535) {
        return Problem{.code = "bad_port",
                       .message = quoted(word.text) + " is not a port: they go from 1 to 65535",
                       .hint = "write 8080, 8080/tcp or 53/udp"};
    }
    return Port{.number = *number,
                .protocol = parts.size() == 2 ? std::string(parts[1]) : protocol_before};
}

} // namespace

core::Result<std::vector<Port>> read_ports(const Clause& clause) {
    Ports ports;
    for (std::size_t i = 0; i < clause.objects.size(); ++i) {
        const Word& word = clause.objects[i];
        if (word.lower == "port" || word.lower == "ports") {
            continue;
        }
        if (is_protocol(word.lower)) {
            const bool port_follows =
                i + 1 < clause.objects.size() && !clause.objects[i + 1].after_separator;
            take_protocol(ports, word, port_follows);
            continue;
        }
        auto port = read_port(word, ports.protocol_before);
        if (!port) {
            return port.problem();
        }
        ports.protocol_before.clear();
        ports.list.push_back(std::move(port).value());
    }
    if (ports.list.empty() || !ports.protocol_before.empty()) {
        return not_understood("it does not say which port");
    }
    return std::move(ports.list);
}

} // namespace agentd::planners
