/// @file
/// Observe: looks at the machine now and then, writes down what changed, and plans where a remedy is known.
#pragma once

#include "agentd/observers/links.hpp"
#include "agentd/pipeline/pipeline.hpp"

#include <mutex>
#include <set>
#include <string>

namespace agentd::pipeline {

/// Looking is done by one thread at a time; the others wait.
class Watch {
public:
    Watch(Surroundings surroundings, Pipeline& pipeline);

    /// One pass. A part of the machine that cannot be looked at is itself an observation.
    void look(const std::stop_token& stop);
    /// The head of the owner's branch and what it builds, as of the last pass.
    observers::HeadSystem head() const;

private:
    std::vector<observers::Condition> conditions(const std::stop_token& stop,
                                                 std::vector<std::string>& looked_at);
    void refresh_head(const std::stop_token& stop);
    void notice_pulls();
    void write_down(const observers::Changes& changes);
    void plan_remedies(const std::vector<observers::Condition>& conditions,
                       const std::stop_token& stop);
    bool plan_remedy(const observers::Condition& condition, const std::stop_token& stop);

    Surroundings in_;
    Pipeline& pipeline_;
    std::mutex look_mutex_;
    observers::HeadSystem head_;
    mutable std::mutex head_mutex_;
    std::set<std::string> tried_; ///< observation keys of which a remedy was planned or is not known
};

} // namespace agentd::pipeline
