/// @file
/// What a person sees while the machine waits for a confirmation: how long still, and what to do.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/ctl/context.hpp"

#include <optional>
#include <string>

namespace agentd::ctl {

class Countdown {
  public:
    Countdown(Context& context, std::string id) : context_(context), id_(std::move(id)) {}

    /// Says what to do. @param wanted `Confirm` of docs/contracts.md.
    void start(const core::Json& wanted);
    /// Says how long still, when a second has passed (every half a minute where nobody watches).
    void tick();
    void stop();

  private:
    Context& context_;
    std::string id_;
    std::optional<core::Instant> until_{};
    std::int64_t told_ = -1; ///< seconds
};

} // namespace agentd::ctl
