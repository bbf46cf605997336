/// @file
/// What happens to the units while somebody watches: jobs that end, states that change.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::machine {

/// One start, stop or reload that the service manager has in its queue, or had.
struct UnitJob {
    std::uint64_t id = 0; ///< counts up; not used twice while the manager lives
    std::string unit{};
    std::string result{}; ///< of one that ended: done, failed, timeout, dependency, canceled, …
    friend bool operator==(const UnitJob&, const UnitJob&) = default;
};

/// What was told about one unit; what was not told is empty.
struct UnitChange {
    std::string unit{};
    std::string active{};
    std::string sub{};
    std::string result{};
    std::optional<std::int64_t> restarts{};
    friend bool operator==(const UnitChange&, const UnitChange&) = default;
};

/// What happened since the last look, each list oldest first.
struct UnitEvents {
    static constexpr std::size_t most = 8192; ///< of each list; beyond that they are `lost`

    std::vector<UnitJob> begun{};
    std::vector<UnitJob> ended{};
    std::vector<UnitChange> changes{}; ///< also of a unit that came or went, with nothing told
    bool reloaded = false;             ///< the manager read its unit files anew
    /// The connection broke or is there again, or there was too much: what happened is not known in
    /// full, read everything anew.
    bool lost = false;

    bool nothing() const noexcept {
        return begun.empty() && ended.empty() && changes.empty() && !reloaded && !lost;
    }
};

/// One subscription to the service manager, from its making on. Goes on by itself when the other
/// side was away. For one thread.
class UnitWatch {
  public:
    virtual ~UnitWatch() = default;
    /// Jobs that were in the queue when the watch began: whatever comes of them is not the doing of
    /// who watches.
    virtual const std::set<std::uint64_t>& standing_jobs() const noexcept = 0;
    /// Readable when `take` has something to do. Stays the same; never read it.
    virtual int descriptor() const noexcept = 0;
    /// Everything that is there, without waiting (but up to 10 s for a manager that is there again
    /// and does not answer).
    virtual UnitEvents take() = 0;
};

/// `take`, once there is something; nothing when `timeout` passed (negative: never passes) or
/// `stop` was asked for. Sleeps until then.
UnitEvents wait(UnitWatch& watch, std::chrono::milliseconds timeout, const std::stop_token& stop);

} // namespace agentd::machine
