/// @file
/// Building one derivation, watched as it happens, and kept from the garbage collector.
#pragma once

#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"
#include "evaluator/nix.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace agentd::evaluator {

struct BuildRequest {
    core::StorePath drv;
    /// Absolute path of a link that will keep the outputs (`<state>/gcroots/<id>`); its folder is
    /// made.
    std::string gc_root{};
};

/// What happens, while it happens.
struct BuildEvent {
    enum class Kind {
        started,  ///< `derivation` is being built
        log,      ///< `derivation` wrote `line`
        finished, ///< `derivation` is built
        failed,   ///< `derivation` did not build
        progress, ///< only the counts
        phase,    ///< `line` says what is done now
        fetching, ///< `derivation`, a store path, is being taken from a cache
        fetched,  ///< it is here
    };
    Kind kind{};
    std::string derivation{}; ///< store path of the .drv; "" for what no builder said
    std::string line{};       ///< valid UTF-8 without control sequences, at most 4 KiB
    int done = 0;             ///< derivations built, or paths fetched, so far
    int expected = 0;         ///< as far as Nix knows
    int running = 0;
};
using BuildCallback = std::function<void(const BuildEvent&)>;

struct BuildLog {
    std::string text{}; ///< `name> line` for each line; at most settings().build_log bytes
    bool truncated = false;
};

struct Built {
    std::vector<core::StorePath> outputs{};
    std::vector<std::string> built{}; ///< derivations that were really built, in order of finishing
    BuildLog log{};
    std::chrono::milliseconds nix_time{};
};

/// Codes: `build_failed`, `build_timeout`, `build_limit`.
struct BuildRefused {
    core::Problem problem;
    std::string failed_derivation{};       ///< "" when Nix itself refused
    std::vector<std::string> last_lines{}; ///< of the failed derivation, at most 25
    BuildLog log{};
    std::chrono::milliseconds nix_time{};
};

struct BuildCancelled {
    std::chrono::milliseconds nix_time{};
};

using BuildOutcome = std::variant<Built, BuildRefused, BuildCancelled>;

/// Realises `request.drv` and leaves a gc root on its outputs. A stop request ends Nix and its
/// builders.
/// @throws core::Failure when Nix cannot be started.
BuildOutcome build(const Nix& nix, const BuildRequest& request, const BuildCallback& on_event = {},
                   std::stop_token stop = {});

} // namespace agentd::evaluator
