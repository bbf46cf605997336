/// @file
/// An end for work that looks at nothing but what somebody else has written.
#pragma once

#include "agentd/ctl/exit.hpp"
#include "agentd/ctl/parse.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace agentd::ctl {

/// While it lives, work may take so long: reading and planning a repository ask no token on their
/// way, and a hostile one could hold them for ever. Whoever is done in time destroys it.
class TimeLimit {
  public:
    enum class Ending { too_long, stopped };
    using End = std::function<void(Ending)>;

    /// `end` runs in a thread of its own, once, where the time is over or `stop` was requested; it
    /// has to end the program, as nothing else can end the work.
    TimeLimit(std::chrono::seconds most, std::stop_token stop, End end);
    ~TimeLimit();
    TimeLimit(const TimeLimit&) = delete;
    TimeLimit& operator=(const TimeLimit&) = delete;

  private:
    void wait(const std::stop_token& stop);

    std::chrono::seconds most_;
    End end_;
    std::mutex mutex_{};
    std::condition_variable_any changed_{};
    bool done_ = false;
    std::thread waiter_;
};

/// Of --time-limit: two minutes where it is not given, nullopt where it is no limit.
std::optional<std::chrono::seconds> time_limit_of(const Asked& asked);
/// `too_long`, which names the option, or `cancelled`.
Trouble trouble_of(TimeLimit::Ending ending, std::chrono::seconds most);

} // namespace agentd::ctl
