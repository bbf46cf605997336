/// @file
/// How a browser that was paired once comes back by itself: challenges for its key to sign.
#pragma once

#include "agentd/core/clock.hpp"

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace agentd::web {

/// Challenges of 256 fresh random bits, good for two minutes and one login. A challenge carries its
/// own end and a mark that only this process can make, so asking for many of them takes no memory
/// and pushes nobody else's out; what is kept is those that were spent, and only a known key can
/// spend one. Failures are not counted: a signature cannot be guessed, and whoever has an account
/// here could keep everybody else out with logins that fail. Thread-safe.
class Logins {
  public:
    explicit Logins(const core::Clock& clock);

    /// 136 hex digits: nonce, seconds of its end, mark.
    std::string challenge() const;
    /// Made here, not too old, not spent.
    bool is_good(std::string_view challenge);
    /// True for the one call that uses the challenge up; the caller has verified the signature.
    bool spend(std::string_view challenge);

  private:
    std::string mark_of(std::string_view nonce_and_end) const;
    bool is_fresh(std::string_view challenge);
    void forget(core::Instant now);

    const core::Clock& clock_;
    std::string secret_;
    std::mutex mutex_;
    std::map<std::string, core::Instant, std::less<>> spent_; ///< until when it must be remembered
};

} // namespace agentd::web
