/// @file
/// One try of one health check: what agentd-probe is asked, and what is believed of its answer.
#pragma once

#include "agentd/config.hpp"
#include "agentd/core/json.hpp"
#include "agentd/machine/machine.hpp"
#include "sandbox/outcome.hpp"

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
    std::string detail{};    ///< what was seen, where; one line
};

/// Pure. The answer of an agentd-probe that has ended. One that was killed, or says anything but
/// one whole answer, carried nothing out; only the end of its time is about what was asked.
Asked read_answer(const sandbox::Outcome& outcome);

/// Nothing that answers a check is read by this process but one object of three fields, of a
/// program that has no rights.
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
    Asked ask_unit(const HealthCheck& check);
    Asked find_program(const HealthCheck& check, const std::stop_token& stop);
    Asked ask_probe(const HealthCheck& check, const core::Json& question,
                    const std::stop_token& stop);
    core::Json question(const HealthCheck& check, const CheckWay& way) const;

    const Config& config_;
    machine::Machine& machine_;
    std::string probe_;
};

} // namespace agentd::applyd
