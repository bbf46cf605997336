#include "agentd/observers/store.hpp"

#include <sys/stat.h>

namespace agentd::observers {

namespace {

constexpr const char* daemon_socket = "/nix/var/nix/daemon-socket/socket";

} // namespace

Fact Store::daemon(Sight& sight, Findings& findings) const {
    Fact fact{.name = "nix", .owner = "nix"};
    const auto* socket = machine::find_unit(sight.units(), "nix-daemon.socket");
    const auto* service = machine::find_unit(sight.units(), "nix-daemon.service");
    const auto is = [](const machine::UnitState* unit, const char* active) {
        return unit != nullptr && unit->active == active;
    };
    if (socket == nullptr && service == nullptr) {
        fact.state = Fact::State::unknown;
        fact.text = "no daemon of its own here";
        return fact;
    }
    struct stat file {};
    const bool there =
        ::stat(sight.on_host(daemon_socket).c_str(), &file) == 0 && S_ISSOCK(file.st_mode);
    const bool up = there && (is(socket, "active") || is(service, "active"));
    fact.state = up ? Fact::State::good : Fact::State::amiss;
    fact.text = up ? "the daemon listens" : "THE DAEMON IS NOT THERE";
    if (!up) {
        findings.conditions.push_back(
            {.key = "nix_daemon_down",
             .kind = "nix_daemon_down",
             .subject = socket != nullptr ? "nix-daemon.socket" : "nix-daemon.service",
             .title = "the Nix daemon is not there",
             .detail = std::string(there ? "its socket is there and neither unit is active"
                                         : "there is no socket at ") +
                       (there ? "" : daemon_socket) + ": nothing can be evaluated or built",
             .severity = Severity::critical});
    }
    return fact;
}

Findings Store::look(Sight& sight) {
    Findings findings;
    Fact fact = daemon(sight, findings);
    const auto checked = knowledge_.store_checked ? knowledge_.store_checked() : StoreChecked{};
    for (const std::string& path : checked.damaged) {
        findings.conditions.push_back(
            {.key = "store_damaged:" + path,
             .kind = "store_damaged",
             .subject = path,
             .title = "a part of the running system is damaged on the disk",
             .detail = path + " is not, byte for byte, what was built; the disk may be failing",
             .severity = Severity::critical});
    }
    if (checked.on) {
        fact.text += "; " + std::to_string(checked.checked) + " of " +
                     std::to_string(checked.paths) + " paths read again, " +
                     (checked.damaged.empty() ? std::string("none")
                                              : std::to_string(checked.damaged.size())) +
                     " damaged";
        fact.state = checked.damaged.empty() ? fact.state : Fact::State::amiss;
    }
    findings.facts.push_back(std::move(fact));
    return findings;
}

} // namespace agentd::observers
