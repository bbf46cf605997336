/// @file
/// Where an apply that is under way and the requests about it meet: an approver confirms, an admin
/// cancels.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/result.hpp"
#include "policy/rule.hpp"
#include "proposals/presence.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::applyd {

/// What is waited for (`Confirm` of docs/contracts.md).
struct Wanted {
    std::string nonce{}; ///< fresh: made once the new system runs
    core::Instant since{};
    core::Instant until{};
    std::string because{};
};
core::Json to_json(const Wanted& wanted);

/// What somebody said.
struct Word {
    bool confirmed = false;            ///< else cancelled
    std::string name{};                ///< approver, or whom agentd names
    std::optional<std::int64_t> uid{}; ///< of who cancelled on a local socket, as agentd says it
    std::optional<proposals::Presence> presence{}; ///< of who confirmed
};

/// One apply at a time begins and finishes; requests come from other threads.
class Confirmation {
  public:
    /// From here on a cancel is taken, until `make_lasting` or `finish`.
    void begin(std::string proposal);
    /// Asked for as soon as somebody cancels.
    std::stop_token cancelled() const;
    /// Waits for a word. nullopt: nobody said anything in `time`.
    std::optional<Word> wait(Wanted wanted, std::chrono::milliseconds time);
    /// No cancel is taken from now on; the cancel that came before, if one did.
    std::optional<Word> make_lasting();
    void finish() noexcept;

    /// Takes an approver's word, once. Problems: `not_waiting`, `other_proposal`, and those of
    /// verify_confirmation.
    core::Result<std::string> confirm(const std::string& proposal,
                                      const proposals::Presence& presence,
                                      std::span<const proposals::Approver> approvers);
    /// Problems: `not_waiting`, `other_proposal`, `too_late`.
    core::Result<core::Done> cancel(const std::string& proposal, Word word);

  private:
    core::Result<core::Done> is_about(const std::string& proposal) const;

    mutable std::mutex mutex_;
    std::condition_variable said_;
    std::string proposal_{};         ///< "" when nothing is under way
    std::optional<Wanted> wanted_{}; ///< while a confirmation is waited for
    std::optional<Word> word_{};
    bool lasting_ = false;
    std::stop_source cancelled_{};
};

/// Those of the approvers whose word about an apply counts: a viewer's does not.
std::vector<proposals::Approver> who_may_confirm(std::vector<proposals::Approver> approvers,
                                                 const policy::Policy& policy);

} // namespace agentd::applyd
