/// @file
/// From what a failed evaluation said to a problem a person can act on.
#pragma once

#include "evaluator/evaluation.hpp"
#include "evaluator/nix_message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

/// All that Nix wrote on stderr, taken apart.
struct EvaluationSpeech {
    std::vector<std::string> warnings{};
    std::vector<NixMessage> errors{};
    std::string log{}; ///< at most 64 KiB
};
/// @param hidden a mark of lines that are ours and for nobody's eyes; "" for none
EvaluationSpeech hear(std::string_view stderr_bytes, std::string_view hidden = {});

/// How a process ended that did not answer; `speech` is what it said before.
EvaluationRefused refusal_of(const sandbox::Outcome& outcome, EvaluationSpeech speech,
                             const NixSettings& settings);

/// The flake has hosts, but not this one.
EvaluationRefused unknown_host(const core::HostName& host, std::vector<std::string> hosts);

/// The lines `- …` below "Failed assertions:".
std::vector<std::string> assertions_in(std::string_view text);

/// `file:line:column` of the error in the repository, as far as it is known; "" when it is not.
std::string position_of(const NixMessage& error);

} // namespace agentd::evaluator
