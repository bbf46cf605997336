/// @file
/// Every way a change can be refused before anything of it is evaluated, by name.
#pragma once

#include "agentd/core/result.hpp"

#include <span>
#include <string_view>

namespace agentd::proposals {

struct Refusal {
    std::string_view code{};    ///< stable
    std::string_view meaning{}; ///< what was wrong, in general
    std::string_view remedy{};  ///< what to do
};

/// Sorted by code. docs/contracts.md has the same table.
std::span<const Refusal> refusals() noexcept;
/// The problem, with the remedy of its code where it says none itself.
core::Problem with_remedy(core::Problem problem);

} // namespace agentd::proposals
