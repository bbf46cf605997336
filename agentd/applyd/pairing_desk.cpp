#include "agentd/applyd/pairing_desk.hpp"

#include "agentd/core/crypto.hpp"

namespace agentd::applyd {

std::optional<bool> PairingDesk::offer(const std::string& token, const Enrolled& what,
                                       std::chrono::milliseconds time,
                                       const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    waiting_[token] = {.what = what};
    changed_.notify_all();
    changed_.wait_for(lock, stop, time, [&] { return waiting_.at(token).said.has_value(); });
    const auto said = waiting_.at(token).said;
    waiting_.erase(token); // an invitation is good once: nobody else waits under it
    return said;
}

std::optional<Enrolled> PairingDesk::wait(const std::string& token, std::chrono::milliseconds time,
                                          const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    ++roots_;
    changed_.wait_for(lock, stop, time, [&] { return waiting_.contains(token); });
    --roots_;
    const auto found = waiting_.find(token);
    return found == waiting_.end() ? std::nullopt : std::optional(found->second.what);
}

std::optional<Enrolled> PairingDesk::find(const std::string& token, const std::string& key_id) {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(token);
    const bool waits =
        found != waiting_.end() && !found->second.said && found->second.what.key_id == key_id;
    return waits ? std::optional(found->second.what) : std::nullopt;
}

void PairingDesk::answer(const std::string& token, bool yes) {
    const std::lock_guard lock(mutex_);
    if (const auto found = waiting_.find(token); found != waiting_.end()) {
        found->second.said = yes;
        changed_.notify_all();
    }
}

bool PairingDesk::is_idle() const {
    const std::lock_guard lock(mutex_);
    return roots_ == 0 && waiting_.empty();
}

std::string pairing_code(const std::string& key_id) {
    const std::string hex = core::sha256("agentd-pairing@v1:" + key_id).hex();
    return hex.substr(0, 4) + "-" + hex.substr(4, 4) + "-" + hex.substr(8, 4);
}

} // namespace agentd::applyd
