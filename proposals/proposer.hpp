/// @file
/// Whose a proposal is: bound by the approval, so that nobody approves his own unseen.
#pragma once

#include "agentd/core/json.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace agentd::proposals {

/// How it came in. `terminal`: a person's words, act or way back over the local socket; `socket`: a
/// patch or operations over it, which a program may have written; `unknown` of older entries.
enum class Via { unknown, terminal, socket, page, program };

std::string_view to_string(Via via) noexcept;

struct Proposer {
    std::string id{};
    std::string kind{}; ///< human, agent, system or planner
    Via via = Via::unknown;
    /// Of an agent: the digest of what it is made of (model, prompt, tools).
    std::optional<std::string> binding{};
    friend bool operator==(const Proposer&, const Proposer&) = default;
};

core::Json to_json(const Proposer& proposer);
/// `via` and `binding` may be missing.
core::Result<Proposer> proposer_from_json(const core::Json& value);

} // namespace agentd::proposals
