/// @file
/// The flake's own checks: which are asked is the owner's setting and the base's to say; what they
/// are built from is the candidate.
#pragma once

#include "agentd/stages/test.hpp"

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::stages {

struct ChecksAsked {
    const Candidate& candidate;
    std::vector<std::string> wanted{}; ///< names; `all`: those that the base has
    std::chrono::milliseconds most = std::chrono::minutes(15); ///< for all of them together
};

struct OneCheck {
    std::string name{};
    proposals::EvidenceStatus status{};
    std::string why{}; ///< of what did not pass
    std::optional<core::StorePath> drv{};
    std::optional<core::StorePath> output{}; ///< where it passed
    std::chrono::milliseconds duration{};
};

/// `passed`, `failed`, `none` without evidence; nullopt where it was stopped, or what is around
/// the change kept it from being judged.
std::optional<std::string> fact_of_checks(const std::optional<proposals::Evidence>& evidence);

struct FlakeChecks {
    std::vector<OneCheck> checks{};                ///< in order of their names, at most 256
    std::optional<proposals::Evidence> evidence{}; ///< nullopt where there was nothing to ask

    /// For policy.
    std::optional<std::string> fact() const { return fact_of_checks(evidence); }
};

/// All are evaluated in one process, then built one after the other, each with what is left of the
/// time. What cannot be judged to its end has
/// not passed; a check that the change takes away has failed; one that it adds is not asked. Where
/// none is wanted, or the base has none, nothing is said. Records the evidence, with the log of
/// every builder; its result is `agentd.checks/1`.
FlakeChecks run_checks(const ChecksAsked& asked, const TestTools& tools, const Reporter& report,
                       const std::stop_token& stop);

/// `agentd.checks/1`: `{schema, checks:[{name, status, why, drv, output, duration_ms}]}`.
core::Json to_json(const FlakeChecks& checks);

} // namespace agentd::stages
