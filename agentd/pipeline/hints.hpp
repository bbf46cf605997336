/// @file
/// What people are told beside the proof: what an evaluation says while it goes on, and what a
/// change does to the other hosts of the flake.
#pragma once

#include "agentd/pipeline/aside.hpp"
#include "agentd/pipeline/surroundings.hpp"
#include "agentd/stages/hosts.hpp"
#include "proposals/evidence.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace agentd::pipeline {

/// May be used by several threads.
class Hints {
  public:
    /// Writes evidence of a proposal to the log, unless it was stopped by then.
    using Record =
        std::function<void(const std::string&, const proposals::Evidence&, const std::stop_token&)>;
    Hints(const Surroundings& in, Record record);

    /// What evaluations were; also what the stages keep theirs in.
    evaluator::EvaluationShelf& shelf() noexcept { return shelf_; }

    /// A test begins: what an earlier one left to be looked at is not. While the value lives,
    /// nothing is evaluated on the side.
    [[nodiscard]] Aside::Hold begin(const std::string& id);
    /// What is known of it by now; those who wait hear of it.
    void tell(const std::string& id, const core::Json& so_far);
    /// `agentd.early/1` of a proposal that is being tested, else null.
    core::Json so_far(const std::string& id) const;
    /// Its evaluation is over, or it is nobody's any more.
    void forget(const std::string& id);

    /// Evidence of its own, when it is found.
    void look_at_hosts(const std::string& id, const stages::HostsAsked& asked);
    void cancel(const std::string& id) { aside_.cancel(id); }

  private:
    void judge_hosts(const std::string& id, const stages::HostsAsked& asked,
                     const std::stop_token& stop);

    Surroundings in_;
    Record record_;
    evaluator::EvaluationShelf shelf_;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> so_far_; ///< canonical JSON, by proposal
    Aside aside_;                               ///< its work uses all of the above
};

} // namespace agentd::pipeline
