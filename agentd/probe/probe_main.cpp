// agentd-probe: exit 0 when something accepts a connection in time, or a page answers with a status
// of 200 to 399; 1 when not; 64 when that cannot be found out at all.
#include "agentd/core/text.hpp"
#include "agentd/probe/probe.hpp"

int main(int argc, char** argv) {
    using agentd::core::parse_integer;
    namespace probe = agentd::probe;
    const std::string verb = argc > 1 ? argv[1] : "";
    std::optional<probe::Target> target;
    if (verb == "tcp" && argc == 5) {
        target = probe::Target{.address = argv[2], .port = parse_integer(argv[3]).value_or(0)};
    } else if (verb == "http" && argc == 4) {
        target = probe::parse_url(argv[2]);
    }
    const auto seconds = argc > 3 ? parse_integer(argv[argc - 1]) : std::nullopt;
    if (!target || target->port < 1 || target->port > 65535 || !seconds || *seconds < 1 ||
        *seconds > 600) {
        return probe::fail(
            "usage: agentd-probe tcp IPV4 PORT SECONDS | http http://IPV4[:PORT]/PATH SECONDS",
            probe::cannot);
    }
    return verb == "tcp" ? probe::tcp(*target, *seconds) : probe::http(*target, *seconds);
}
