/// @file
/// Sleeps until something happens: the one place where the watch waits.
#pragma once

#include "agentd/core/fd.hpp"
#include "agentd/observers/observer.hpp"

#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace agentd::observers {

/// One thread waits; any thread pokes. A topic that is noisy is told at most once in its gap, and
/// its descriptor is not even polled meanwhile: a flood of events is not a flood of wakeups.
class Lookout {
  public:
    using Clock = std::chrono::steady_clock;

    Lookout();
    /// Follows exactly these folders from now on; nothing is done when they are the same as before.
    void follow(std::vector<WatchedFolder> folders);
    void listen(std::vector<WatchedFd> descriptors) { descriptors_ = std::move(descriptors); }
    /// Watches /proc/<pid>/mountinfo.
    void follow_mounts(const std::string& mountinfo);

    /// Returns what happened, or nothing when `until` came or `wake` was called.
    Topics wait(Clock::time_point until);
    void poke(Topics happened);
    void wake();

    /// True after a watched folder itself went or came: then `follow` has to be called again.
    bool moved() const noexcept { return moved_; }

  private:
    struct Followed {
        std::vector<std::string> names{};
        Topic topic{};
        bool stand_in = false; ///< for a folder that is not there yet
    };
    void add(const WatchedFolder& folder);
    void happened(Topic topic);
    void read_folders(int fd, const std::multimap<int, Followed>& followed);
    Topics take_ready(Clock::time_point now);
    bool poll_once(Clock::time_point until);

    core::Fd wakeup_;
    core::Fd inotify_;
    core::Fd mounts_;
    std::string mountinfo_;
    std::vector<WatchedFd> descriptors_;
    std::vector<WatchedFolder> folders_;
    std::multimap<int, Followed> followed_;
    bool moved_ = false;
    Clock::time_point folders_quiet_until_{};
    std::array<std::optional<Clock::time_point>, topic_count> pending_{}; ///< ready from then on
    std::array<Clock::time_point, topic_count> told_{};
    std::mutex mutex_; ///< for what follows
    Topics poked_{};
    bool woken_ = false;
};

} // namespace agentd::observers
