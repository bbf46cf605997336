/// @file
/// Who listens, against what the firewall of the running system says.
#pragma once

#include "agentd/observers/observer.hpp"
#include "evaluator/effects/firewall.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::observers {

/// A socket that takes connections or datagrams from other machines.
struct Listening {
    std::string protocol{}; ///< tcp, udp
    std::uint16_t port = 0;
    std::uint32_t uid = 0;
    friend auto operator<=>(const Listening&, const Listening&) = default;
};
/// From the text of /proc/<pid>/net/{tcp,tcp6,udp,udp6} (proc(5)): listening TCP sockets, and UDP
/// sockets without a peer below 32768 (above are answers to questions of our own); loopback is left
/// out. At most 4096.
std::vector<Listening> listening_sockets(std::string_view table, std::string_view protocol);

/// Kinds `firewall_down` (declared, and its unit is not active), `port_exposed` (somebody listens
/// and no firewall is declared that keeps others out), `port_undeclared` (somebody listens where
/// the firewall lets nobody in: it is meant for nobody, or the opening is missing), `port_unused`
/// (let in, and nobody listens).
class Ports final : public Observer {
  public:
    std::vector<std::string> kinds() const override;
    Schedule schedule() const override { return {.on = topics({Topic::units, Topic::links})}; }
    Findings look(Sight& sight) override;

    static std::vector<Condition> judge(const evaluator::effects::Firewall& firewall,
                                        const std::set<Listening>& listening);

  private:
    const evaluator::effects::Firewall& declared(const std::string& running_system);

    std::string declared_of_;
    evaluator::effects::Firewall declared_;
};

} // namespace agentd::observers
