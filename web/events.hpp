/// @file
/// What the page hears live: a bounded ring of events with replay, and its listeners.
#pragma once

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

/// Thread-safe. Listeners are called on the publisher's thread and must not block.
class EventHub {
public:
    explicit EventHub(std::size_t capacity = 4096) : capacity_(capacity) {}

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
    std::uint64_t next_id_ = 1;
    std::uint64_t next_subscription_ = 1;
    std::deque<Event> ring_;
    std::map<std::uint64_t, Listener> listeners_;
};

/// The event in the wire form of server-sent events.
std::string to_sse(const Event& event);

} // namespace agentd::web
