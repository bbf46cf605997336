/// @file
/// Where a key that answered an invitation waits for root's yes.
#pragma once

#include "agentd/applyd/pairing.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace agentd::applyd {

/// What a link brings is no approver by itself: it came through agentd, which may have put a key of
/// its own in its place, and whoever read the link may have been first. Forgotten with the process.
/// Thread-safe.
class PairingDesk {
  public:
    /// For the browser's side: what root said; nullopt when nobody said anything in `time`.
    std::optional<bool> offer(const std::string& token, const Enrolled& what,
                              std::chrono::milliseconds time, const std::stop_token& stop);
    /// For root's: what is offered under his token, as soon as something is; nullopt: nothing was.
    std::optional<Enrolled> wait(const std::string& token, std::chrono::milliseconds time,
                                 const std::stop_token& stop);
    /// What waits under this token, if it is this very key.
    std::optional<Enrolled> find(const std::string& token, const std::string& key_id);
    void answer(const std::string& token, bool yes);
    /// Nobody waits for anybody.
    bool is_idle() const;

  private:
    struct Waiting {
        Enrolled what{};
        std::optional<bool> said{};
    };
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<std::string, Waiting> waiting_;
    int roots_ = 0; ///< who waits for an offer
};

/// What the page and the terminal both show of a key: 48 bits of its digest, as `a1b2-c3d4-e5f6`.
std::string pairing_code(const std::string& key_id);

} // namespace agentd::applyd
