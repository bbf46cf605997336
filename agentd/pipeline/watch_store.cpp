// The store's bytes, read again a path at a time: a disk that fails is better known before a
// rollback needs it.
#include "agentd/core/fd.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"
#include "agentd/pipeline/watch_errands.hpp"
#include "evaluator/store_info.hpp"

#include <algorithm>

namespace agentd::pipeline {

namespace {

/// A larger path is read only when a person asks: no look should be felt.
constexpr std::uint64_t largest_read = 64ULL << 20;

} // namespace

observers::StoreChecked WatchErrands::store_checked() const {
    const std::lock_guard lock(store_mutex_);
    return store_;
}

void WatchErrands::check_store(const std::optional<core::StorePath>& running, bool asked) {
    const auto period = in_.config.observe_verify;
    const auto now = in_.clock.monotonic_us();
    const bool due = period.count() > 0 && (asked || now - store_checked_at_ >=
                                                         std::chrono::microseconds(period).count());
    if (!running || !due || checking_store_.exchange(true)) {
        return;
    }
    store_checked_at_ = now;
    post("reading the store", [this, running = *running](const std::stop_token& stop) {
        checking_store_ = false;
        check_some(running, stop);
    });
}

void WatchErrands::check_some(const core::StorePath& running, const std::stop_token& stop) {
    if (store_of_ != running.str()) {
        const auto closure = evaluator::closure_of(in_.nix, running, stop);
        if (!closure) {
            core::log(core::Level::debug, "reading the store: " + closure.problem().message);
            return;
        }
        store_of_ = running.str();
        store_paths_.clear();
        for (const auto& info : closure->paths) {
            if (info.nar_size <= largest_read) {
                store_paths_.push_back(info.path);
            }
        }
        const std::lock_guard lock(store_mutex_);
        store_ = {.paths = store_paths_.size(), .on = true};
    }
    if (store_paths_.empty()) {
        return;
    }
    // Where the last run of the program stopped: a round must come to its end.
    const std::string file = in_.config.state.directory + "/store-checked";
    if (store_next_.empty()) {
        store_next_ = core::read_file_if_exists(file, 512).value_or("");
    }
    auto next = std::find_if(store_paths_.begin(), store_paths_.end(),
                             [&](const core::StorePath& path) { return path.str() > store_next_; });
    const bool again = next == store_paths_.end();
    next = again ? store_paths_.begin() : next;
    store_next_ = next->str();
    std::vector<std::string> damaged;
    for (const std::string& path : store_checked().damaged) { // is it mended?
        if (path != next->str() &&
            !evaluator::verify_paths(in_.nix, {*core::StorePath::parse(path)}, stop)) {
            damaged.push_back(path);
        }
    }
    const auto sound = evaluator::verify_paths(in_.nix, {*next}, stop);
    if (!sound && sound.problem().code == "store_damaged") {
        damaged.push_back(next->str());
    }
    if (stop.stop_requested()) {
        return;
    }
    core::write_file_durably(file, store_next_, 0600);
    {
        const std::lock_guard lock(store_mutex_);
        store_.checked = static_cast<std::size_t>(next - store_paths_.begin()) + 1;
        store_.damaged = std::move(damaged);
    }
    poke_(observers::Topic::store);
}

} // namespace agentd::pipeline
