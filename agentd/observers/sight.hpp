/// @file
/// What one pass over the machine has in its hands.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/machine/machine.hpp"
#include "agentd/observers/unit_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace agentd::observers {

/// The head of the owner's branch and what it builds, as far as that is known.
struct HeadSystem {
    std::string branch{};
    std::string commit{};
    std::optional<core::StorePath> toplevel{}; ///< nullopt: not evaluated, or it does not evaluate
    std::string trouble{};                     ///< why it does not evaluate
    std::uint64_t as_of = 0;                   ///< entries of the log when it was read

    /// Something landed, which entry `landed` tells, since this was read.
    bool is_behind(std::optional<std::uint64_t> landed) const { return landed && *landed >= as_of; }
};

/// Lives for one pass. What costs something is asked for once, and only when somebody wants it.
class Sight {
  public:
    struct Moment {
        core::Instant now{};
        std::int64_t mono_us = 0;
        HeadSystem head{};
        bool switching = false; ///< from the intent of an apply until the head it landed in is read
        bool asked = false;     ///< a person asked to look now: also what is looked at rarely
    };
    Sight(const machine::Machine& machine, UnitTable& table, Moment moment);

    /// Every unit, sorted by name. @throws core::Failure when the service manager does not answer.
    const std::vector<machine::UnitState>& units();
    /// Why it does not answer; nullopt when it did or was not asked.
    const std::optional<std::string>& unit_trouble() const noexcept { return unit_trouble_; }
    /// What was told of units that failed.
    const Falls& falls() const noexcept { return table_.falls(); }
    bool asked_for_units() const noexcept { return asked_for_units_; }
    const machine::Machine& machine() const noexcept { return machine_; }
    const machine::SystemLinks& links() const noexcept { return links_; }
    const Moment& moment() const noexcept { return moment_; }

    /// `path` of the machine as this process sees it.
    std::string on_host(const std::string& path) const { return machine_.on_host(path); }
    /// The folder of /proc that shows the machine's own mounts and network.
    const std::string& proc() const noexcept { return proc_; }
    /// `path` in the mounts of that process: also what is mounted only there.
    std::string mounted(const std::string& path) const;

  private:
    const machine::Machine& machine_;
    UnitTable& table_;
    Moment moment_;
    machine::SystemLinks links_;
    std::string proc_;
    bool asked_for_units_ = false;
    std::optional<std::string> unit_trouble_{};
};

} // namespace agentd::observers
