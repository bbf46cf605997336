/// @file
/// What keeps root from acting: the owner's brake, and systems that were taken back once.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace agentd::applyd {

/// A system that ran here, was not kept, and is not tried again until root says so.
struct Quarantined {
    std::string path{};
    std::string proposal{};
    std::string reason{};
    core::Instant at{};
    friend bool operator==(const Quarantined&, const Quarantined&) = default;
};

/// `quarantined`, with what to do.
core::Problem problem_of(const Quarantined& what);

/// Files of root's own: `<directory>/frozen` and `<directory>/quarantine/<hash>`. Root may as well
/// make or remove them by hand. Nothing is remembered in between.
class Brake {
  public:
    explicit Brake(std::string directory) : directory_(std::move(directory)) {}

    /// Why nothing is applied; nullopt when things are.
    std::optional<std::string> frozen() const;
    void freeze(const std::string& reason);
    /// False when it was not frozen.
    bool unfreeze();

    std::optional<Quarantined> quarantined(const core::StorePath& system) const;
    /// Newest first.
    std::vector<Quarantined> list() const;
    void quarantine(const Quarantined& what);
    /// False when it was not there.
    bool lift(const core::StorePath& system);

    /// Before `what` runs on trial, durably: what its rollback will need, so that it needs no room
    /// on the disk. `what` is in quarantine from now on, and where one more is too many a freeze is
    /// ready.
    void prepare(const Quarantined& what);
    /// The trial is over and was no rollback: what was prepared under this proposal is gone.
    void acquit(const core::StorePath& system, const std::string& proposal);
    /// It was a rollback: a freeze that is ready holds from now on. True when there was one.
    bool convict() noexcept;

    /// Root agreed without a key: for a week nothing happens unless somebody signs it.
    void broke_glass(core::Instant now);
    /// nullopt: things may happen by themselves.
    std::optional<core::Problem> glass_broken(core::Instant now) const;

    /// How many were put there in the 24 hours before `now`.
    std::size_t lately(core::Instant now) const;
    /// So many within a day, and nothing more is applied: somebody has to look.
    static constexpr std::size_t too_many = 2;

  private:
    std::string file_of(const core::StorePath& system) const;
    std::string ready_freeze() const { return directory_ + "/frozen-when-taken-back"; }
    std::string directory_;
};

} // namespace agentd::applyd
