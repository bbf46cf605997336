#include "agentd/observers/sight.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

namespace agentd::observers {

Sight::Sight(const machine::Machine& machine, UnitTable& table, Moment moment)
    : machine_(machine), table_(table), moment_(std::move(moment)), links_(machine.links()),
      proc_("/proc/self") {
    if (machine.on_host("/") != "/") { // the demo machine: beside its root lies the pid of its init
        const auto pid = core::read_file_if_exists(machine.on_host("/../init.pid"), 32);
        const auto number = pid ? core::parse_integer(core::trim(*pid)) : std::nullopt;
        proc_ = number && *number > 1 ? "/proc/" + std::to_string(*number) : "";
    }
}

const std::vector<machine::UnitState>& Sight::units() {
    asked_for_units_ = true;
    if (unit_trouble_) {
        throw core::Failure(core::FailureKind::unavailable, *unit_trouble_);
    }
    try {
        return table_.units();
    } catch (const core::Failure& failure) {
        unit_trouble_ = failure.what();
        throw;
    }
}

std::string Sight::mounted(const std::string& path) const {
    return proc_ == "/proc/self" ? path : proc_ + "/root" + path;
}

} // namespace agentd::observers
