/// @file
/// Apply: hands what was approved to `agentd-applyd` and listens. Nothing else can be handed over.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"
#include "agentd/stages/approve.hpp"

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace agentd::stages {

/// Hears `{step, detail, confirm?}`.
using OnStep = std::function<void(const core::Json& step)>;

/// The body of `apply.outcome`, as canonical JSON, with its most asked-for field beside it.
struct ApplyOutcome {
    std::string outcome{};
    std::string reason{};
    std::string body{};
};

/// Asks the helper at `socket` and waits for its last word. Problems carry the helper's code.
/// Failure{unavailable} when the helper cannot be reached or goes away in the middle; what it had begun is
/// then settled by looking at the machine.
core::Result<ApplyOutcome> apply(const std::string& socket, const Approved& approved,
                                 const OnStep& on_step, const std::stop_token& stop);

/// Asks the helper to finish or take back what was interrupted; nullopt when there was nothing.
core::Result<std::optional<ApplyOutcome>> settle(const std::string& socket,
                                                 const std::stop_token& stop);

/// Any other request of the contract: one line, one answer. Problem `busy` when the helper does not
/// answer in time (it settles what was interrupted before it hears anybody); it hears it later.
core::Result<core::Json> ask_applyd(const std::string& socket, const core::Json& request,
                                    const std::stop_token& stop,
                                    std::chrono::milliseconds patience = std::chrono::seconds(20));

} // namespace agentd::stages
