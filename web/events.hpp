/// @file
/// What the page hears live: a bounded ring of events with replay, and its listeners.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace agentd::web {

struct Event {
    std::uint64_t id = 0;
    std::string type{}; ///< `entry`, `log`, `observation`, `status`
    std::string data{}; ///< one JSON document on one line
};

/// Thread-safe. Listeners are called on the publisher's thread, one at a time and in order; they
/// must not block and must not call the hub. After `unsubscribe` returned a listener is not called
/// again.
class EventHub {
  public:
    /// The ring keeps at most `capacity` events and 2 MiB: a replay has to fit into what a reader
    /// may be behind.
    /// @param first_id above every id of an earlier run, so that a browser that reconnects after a
    /// restart is
    ///                 told that it missed something.
    explicit EventHub(std::size_t capacity = 4096, std::uint64_t first_id = 1)
        : capacity_(capacity), next_id_(first_id), newest_dropped_(first_id - 1) {}
    static constexpr std::size_t max_bytes = 2U << 20;

    void publish(std::string type, std::string data);

    using Listener = std::function<void(const Event&)>;
    /// First hands over what is still known after `after` (0: nothing), then everything new.
    /// When `after` is older than the ring the first event is `status` with `{"replay":"lost"}`.
    std::uint64_t subscribe(std::uint64_t after, Listener listener);
    void unsubscribe(std::uint64_t subscription);
    std::uint64_t last_id() const;

  private:
    mutable std::mutex mutex_;
    std::size_t capacity_;
    std::uint64_t next_id_;
    std::uint64_t next_subscription_ = 1;
    std::deque<Event> ring_;
    std::size_t ring_bytes_ = 0;
    std::uint64_t newest_dropped_; ///< id
    std::map<std::uint64_t, Listener> listeners_;
};

/// An id above every one of a run that began earlier, below 2^53: the second of the start, with
/// room for two million events in each.
constexpr std::uint64_t first_event_id(std::chrono::microseconds since_epoch) noexcept {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
    return seconds < 0 ? 1 : (static_cast<std::uint64_t>(seconds) << 21U) + 1;
}

/// The event in the wire form of server-sent events.
std::string to_sse(const Event& event);

} // namespace agentd::web
