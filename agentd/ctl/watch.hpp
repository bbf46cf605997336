/// @file
/// Waiting for the check of a proposal, saying each stage once.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/ctl/context.hpp"

#include <cstddef>
#include <string>

namespace agentd::ctl {

/// Says what is new since it last looked: stages on stderr, `stage` events with
/// --json; and once what is known before the evaluation is done (`early`).
class Stages {
  public:
    explicit Stages(Context& context) : context_(context) {}
    void look(const core::Json& detail);

  private:
    Context& context_;
    std::string state_{};
    std::size_t told_ = 0;
    bool hinted_ = false;
};

/// Asks until the check has ended; the Detail.
Reply wait_for_check(Context& context, const std::string& id, Stages& stages);
/// Says how the check ended (headline, level, next command) and returns the exit status.
int report_check(Context& context, const core::Json& detail);

} // namespace agentd::ctl
