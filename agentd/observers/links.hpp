/// @file
/// What runs, what boots and what the flake's head builds: whether they are one.
#pragma once

#include "agentd/observers/observer.hpp"

namespace agentd::observers {

/// Kinds `running_not_head`, `running_not_profile`, `head_broken`.
class Links final : public Observer {
  public:
    std::vector<std::string> kinds() const override;
    Schedule schedule() const override { return {.on = topics({Topic::links, Topic::head})}; }
    /// While an apply is under way the links move, and what they say is nobody's news.
    Findings look(Sight& sight) override;

    static std::vector<Condition> judge(const machine::SystemLinks& links, const HeadSystem& head);
};

} // namespace agentd::observers
