/// @file
/// Who asks the servers of a flake's inputs for the newest revisions: our own Nix, or a process
/// that may do nothing else. What it answers is not believed: see `evaluator/moved_lock`.
#pragma once

#include "agentd/core/result.hpp"
#include "evaluator/own_fetch.hpp"

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

/// Of a flake its two files, and nothing else.
struct LockWanted {
    static constexpr std::size_t max_text = 256U << 10; ///< bytes of each
    static constexpr std::size_t max_inputs = 64;

    std::string flake{};                  ///< text of flake.nix
    std::string lock{};                   ///< text of flake.lock
    std::vector<std::string> inputs{};    ///< that the flake names itself, at least one
    std::vector<std::string> addresses{}; ///< that flake.nix names and the lock does not
};

/// A name that can be said to Nix.
bool is_input_name(std::string_view name) noexcept;

class LockMaker {
  public:
    virtual ~LockMaker() = default;
    /// The text of the new flake.lock. Codes: `input_not_fetched`, `input_origin`, `input_private`,
    /// `fetch_timeout`, `fetch_limit`, `cancelled`.
    virtual core::Result<std::string> make(const LockWanted& wanted,
                                           std::chrono::milliseconds patience,
                                           const std::stop_token& stop) const = 0;
};

/// Our own Nix, in this very process' reach. Of the flakes their `inputs` are read, which are plain
/// values to Nix; nothing is called. It has to outlive the maker.
std::unique_ptr<LockMaker> own_lock_maker(const Nix& nix, Environment environment = {});

/// For messages and limits: "the newest of nixpkgs, home-manager".
OwnFetch fetch_of(const LockWanted& wanted);

} // namespace agentd::evaluator
