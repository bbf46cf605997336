#include "web/events.hpp"

namespace agentd::web {

void EventHub::publish(std::string type, std::string data) {
    const std::lock_guard lock(mutex_);
    const Event event{.id = next_id_++, .type = std::move(type), .data = std::move(data)};
    ring_.push_back(event);
    ring_bytes_ += event.data.size();
    while (ring_.size() > capacity_ || ring_bytes_ > max_bytes) {
        ring_bytes_ -= ring_.front().data.size();
        newest_dropped_ = ring_.front().id;
        ring_.pop_front();
    }
    for (const auto& [id, listener] : listeners_) {
        listener(event);
    }
}

std::uint64_t EventHub::subscribe(std::uint64_t after, Listener listener) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t subscription = next_subscription_++;
    const bool from_before = after >= next_id_; // ids of an earlier run of the daemon
    const bool lost = after != 0 && after < newest_dropped_;
    if (lost || from_before) {
        listener({.id = next_id_ - 1, .type = "status", .data = R"({"replay":"lost"})"});
    } else if (after != 0) {
        for (const Event& event : ring_) {
            if (event.id > after) {
                listener(event);
            }
        }
    }
    listeners_.emplace(subscription, std::move(listener));
    return subscription;
}

void EventHub::unsubscribe(std::uint64_t subscription) {
    const std::lock_guard lock(mutex_);
    listeners_.erase(subscription);
}

std::uint64_t EventHub::last_id() const {
    const std::lock_guard lock(mutex_);
    return next_id_ - 1;
}

std::string to_sse(const Event& event) {
    return "id: " + std::to_string(event.id) + "\nevent: " + event.type + "\ndata: " + event.data +
           "\n\n";
}

} // namespace agentd::web
