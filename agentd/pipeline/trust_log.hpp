/// @file
/// What the log says about trust, folded as it grows.
#pragma once

#include "audit/entry.hpp"
#include "policy/facts.hpp"
#include "policy/trust/automatic.hpp"
#include "policy/trust/ladder.hpp"
#include "proposals/proposer.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::pipeline {

policy::trust::Identity identity_of(const proposals::Proposer& proposer);

/// Of its words only root's own are believed upwards (who applied what, and how it ended; grants
/// that root verified); downwards everybody's.
class TrustLog {
  public:
    /// The next entry. A line that is none breaks what follows: everything is revoked.
    void take(std::uint64_t index, std::string_view line);
    std::uint64_t next() const noexcept { return next_; }

    const policy::trust::Ladder& ladder() const noexcept { return ladder_; }
    policy::trust::Distance since_a_person() const;
    /// What root cannot see by itself: a unit that failed later, a refusal as dangerous. Each is
    /// told once; of the last 16 that are not older than `since`.
    std::vector<policy::trust::Event> take_faults(core::Instant since);

  private:
    void read_apply(const audit::Entry& entry, policy::trust::Event& event);
    void read_fault(const audit::Entry& entry, policy::trust::Event& event) const;
    policy::trust::Identity who(const std::string& proposal) const;
    void remember(policy::trust::Event event);

    policy::trust::Ladder ladder_;
    std::uint64_t next_ = 0;
    std::map<std::string, policy::trust::Identity> proposers_; ///< by proposal
    std::map<std::string, policy::trust::Event> soaking_; ///< by proposal: applied within a day
    std::string cancelled_; ///< the proposal that a person had taken back while it was applied
    std::vector<policy::trust::Event> applies_; ///< what began and ended, the newest
    std::vector<policy::trust::Event> faults_;  ///< not told yet
};

/// Adds `proposer.trust` and how far all this is from what a person agreed to.
void add_trust(policy::Facts& facts, const TrustLog& log, const proposals::Proposer& proposer,
               const std::string& host_class, const policy::trust::Moment& moment);

} // namespace agentd::pipeline
