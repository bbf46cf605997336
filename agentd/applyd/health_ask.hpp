/// @file
/// One try of one health check: which program asks, from where, and what it must not be able to do.
#pragma once

#include "agentd/config.hpp"
#include "agentd/machine/machine.hpp"

#include <stop_token>
#include <string>

namespace agentd::applyd {

/// How a check is carried out on this machine, found out before anything is touched.
struct CheckWay {
    bool from_inside =
        false; ///< ssh: no wire to the machine can be made, or it does not answer there
    std::string why_inside{}; ///< one line
    std::string program{};    ///< command: the file itself, past the links of the running system
    friend bool operator==(const CheckWay&, const CheckWay&) = default;
};

struct Asked {
    bool ok = false;
    bool impossible = false; ///< nobody can carry it out
    std::string detail{};    ///< where, and what was seen
};

/// Nothing that answers a check is read by this process but one line of a program that has no
/// rights.
class Asker {
  public:
    Asker(const Config& config, machine::Machine& machine, std::string probe_program)
        : config_(config), machine_(machine), probe_(std::move(probe_program)) {}

    struct First {
        CheckWay way{};
        Asked asked{};
    };
    /// Finds the way, by a first try of it.
    First ask_first(const HealthCheck& check, const std::stop_token& stop);
    /// One try; not longer than the check's timeout and a little.
    Asked ask(const HealthCheck& check, const CheckWay& way, const std::stop_token& stop);

  private:
    sandbox::Command command_for(const HealthCheck& check, const CheckWay& way) const;
    Asked ask_unit(const HealthCheck& check);

    const Config& config_;
    machine::Machine& machine_;
    std::string probe_;
};

} // namespace agentd::applyd
