/// @file
/// What happens by itself at its time: what policy lets happen, after the delay that root's helper
/// measures, and what people approved for a window.
#pragma once

#include "agentd/pipeline/pipeline.hpp"

#include <atomic>
#include <map>
#include <stop_token>
#include <string>

namespace agentd::pipeline {

/// It looks now and then, on the thread that applies. What it knows is in the rows and with root's
/// helper: a restart forgets nothing but when it wanted to look again.
class Agenda {
  public:
    explicit Agenda(Pipeline& pipeline) : pipeline_(pipeline) {}

    /// Looks, behind whatever is being applied.
    void keep_soon();
    /// Problem `too_early` (`where` is when): its window is not open, or it has not waited long
    /// enough since root's helper was told, which this does.
    core::Result<core::Done> is_due(const stages::Approved& approved,
                                    const stages::Decided& decided, const std::stop_token& stop);

  private:
    core::Result<core::Instant> announce(const std::string& statement, const std::string& id,
                                         const std::stop_token& stop);
    core::Result<core::Instant> agree_by_policy(const store::ProposalRow& row,
                                                const std::stop_token& stop);
    void keep(const std::stop_token& stop);
    std::optional<core::Instant> look(const store::ProposalRow& row, const std::stop_token& stop);
    bool waits_for_its_time(const std::string& id);

    Pipeline& pipeline_;
    std::atomic<bool> keeping_ = false;
    std::map<std::string, core::Instant> not_before_; ///< the agenda's own thread only
};

} // namespace agentd::pipeline
