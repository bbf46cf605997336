/// @file
/// One host of one commit, evaluated once: its derivation, its warnings, a few facts.
#pragma once

#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"
#include "evaluator/agreement/statements.hpp"
#include "evaluator/alike.hpp"
#include "evaluator/early_facts.hpp"
#include "evaluator/nix.hpp"
#include "evaluator/option_values.hpp"

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace agentd::evaluator {

struct Evaluated {
    core::StorePath drv;                 ///< of the toplevel; written to the store
    core::StorePath toplevel;            ///< its output path; not built yet
    std::string system{};                ///< `x86_64-linux`
    std::string state_version{};         ///< "" when the host has none
    std::string host_name{};             ///< `networking.hostName`, "" when there is none
    std::vector<std::string> warnings{}; ///< at most 200, at most 2 KiB each
    std::string facts_json{};            ///< what Nix answered, canonical JSON
    std::vector<std::string> hosts{};    ///< all of the flake, sorted, at most 4096
    std::optional<OptionValues>
        options{}; ///< nullopt when they were not asked for, or cannot be had
    /// What the options say of the machine; nullopt when nothing of it can be had.
    std::optional<agreement::Statements> declared{};
    std::chrono::milliseconds nix_time{}; ///< spent in Nix processes
};

/// The configuration cannot be had from this commit, and why.
///
/// Codes: `evaluation_failed`, `assertion_failed`, `no_flake`, `unknown_host`,
/// `unlocked_input`, `attributes`, `evaluation_timeout`, `evaluation_limit`, `unreadable_answer`.
/// `where` is `file:line:column` in the repository when Nix or the module system names one.
struct EvaluationRefused {
    core::Problem problem;
    std::vector<std::string> failed_assertions{};
    std::vector<std::string> hosts{};    ///< for `unknown_host`: those there are, nearest first
    std::vector<std::string> warnings{}; ///< seen before it failed
    std::string log{};                   ///< what Nix said, without colours, at most 64 KiB
    std::chrono::milliseconds nix_time{};
};

/// Somebody asked to stop.
struct EvaluationCancelled {
    std::chrono::milliseconds nix_time{};
};

using EvaluationOutcome = std::variant<Evaluated, EvaluationRefused, EvaluationCancelled>;

/// Evaluates `nixosConfigurations.<host>` in one Nix process: pure, restricted, without a network.
/// With `words` the options that they speak of are read on the way; an option that nothing may look
/// at costs them, and a second evaluation without them, never the answer; so does what the options
/// say of the machine, which is read behind the toplevel. `on_early` hears what is known before the
/// toplevel is begun, while the same process goes on with it.
/// @throws core::Failure when Nix cannot be started or the repository does not have the commit.
EvaluationOutcome evaluate(const Nix& nix, const FlakeSource& source, const core::HostName& host,
                           std::stop_token stop = {}, const OptionWords& words = {},
                           const EarlyCallback& on_early = {});

/// What one host that is not the one in question may cost.
struct HostLimits {
    std::chrono::milliseconds time = std::chrono::minutes(1);
    std::uint64_t memory = 4ULL << 30; ///< bytes of address space
};

/// The derivation that a host would be, for comparing alone: nothing is written to the store, and
/// where the host's modules allow it `system.configurationRevision` is left out, which is another
/// with every commit. Problems: those of `evaluate`, and `cancelled`.
/// @throws core::Failure as `evaluate` does.
core::Result<core::StorePath> host_derivation(const Nix& nix, const FlakeSource& source,
                                              const core::HostName& host,
                                              const HostLimits& limits = {},
                                              std::stop_token stop = {});

/// The same, with its derivations in the store and what tells the commit: for looking into them.
core::Result<MadeHost> made_host(const Nix& nix, const FlakeSource& source,
                                 const core::HostName& host, const HostLimits& limits = {},
                                 std::stop_token stop = {});

/// The text of one of systemd's units as the host's options have it; "" where there is none of that
/// name. Nothing is written to the store. Problems: as of `host_derivation`.
core::Result<std::string> unit_text(const Nix& nix, const FlakeSource& source,
                                    const core::HostName& host, const std::string& unit,
                                    std::stop_token stop = {});

/// The hosts of a flake, sorted, at most 4096; evaluates no host.
core::Result<std::vector<std::string>> list_hosts(const Nix& nix, const FlakeSource& source,
                                                  std::stop_token stop = {});

} // namespace agentd::evaluator
