/// @file
/// What happens after a delay unless somebody objects: root measures the delay by its own clocks,
/// and keeps the objections.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/result.hpp"
#include "proposals/statement.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace agentd::applyd {

struct Announced {
    std::string statement_sha256{};
    std::string proposal{};
    std::string what{}; ///< the system, or the act: an objection is to this, under whatever name
    core::Instant at{};
    std::int64_t since_boot_us = 0; ///< and when this boot was so old
    std::string boot_id{};
    core::Instant expires{};
    std::string objected{}; ///< by whom; "" while nobody did
    friend bool operator==(const Announced&, const Announced&) = default;
};

/// One file of root's own, `<directory>/announced.json`. Nothing is remembered in between. A file
/// that cannot be read is Failure{corrupt}: nothing waits or happens until root takes it away.
class Announcements {
  public:
    static constexpr std::size_t most = 64;

    /// @param boot_id of this boot, so that a clock that is set moves nothing forward within it.
    Announcements(std::string directory, const core::Clock& clock, std::string boot_id)
        : directory_(std::move(directory)), clock_(clock), boot_id_(std::move(boot_id)) {}

    /// Durable when it returns; again, it changes nothing. Problems: `objected`, `too_many`,
    /// `expired`.
    /// @param tell is called where it is new, before the time begins to run.
    core::Result<Announced> announce(const proposals::Statement& statement,
                                     const std::string& sha256, const std::function<void()>& tell);
    /// Whether it waited so long, and nobody objected. Problems: `not_announced`, `objected`,
    /// `too_early` (`where` is when).
    core::Result<core::Done> waited(const proposals::Statement& statement,
                                    const std::string& sha256, std::chrono::seconds delay) const;
    /// Nobody can object any more: it begins. Problem `objected`, when somebody was quicker.
    core::Result<core::Done> begin(const proposals::Statement& statement,
                                   const std::string& sha256);
    /// Durable. Problem `not_announced`: there is nothing of this proposal to object to.
    core::Result<core::Done> object(const std::string& proposal, const std::string& by);
    /// What was not objected to begins anew: nothing waits while the brake is on.
    void forget_waiting();

  private:
    std::vector<Announced> read() const;
    void write(const std::vector<Announced>& all) const;
    std::chrono::microseconds elapsed(const Announced& one) const;
    std::string file() const { return directory_ + "/announced.json"; }

    std::string directory_;
    const core::Clock& clock_;
    std::string boot_id_;
};

} // namespace agentd::applyd
