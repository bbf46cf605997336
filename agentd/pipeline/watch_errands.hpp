/// @file
/// What observing asks for and takes long: the head's system, generations made by hand, remedies.
#pragma once

#include "agentd/observers/all.hpp"
#include "agentd/pipeline/pipeline.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace agentd::pipeline {

/// The entry that last said what runs.
struct LastTold {
    std::string boot_id{};
    core::Instant at{};
};
/// Whether a boot brought what runs now, and not a hand: another system that was told of since this
/// boot (or since the link of the booted system was made) says that a hand did, also where it went
/// back to what was booted.
bool came_by_boot(const machine::SystemLinks& links, const std::optional<LastTold>& last,
                  std::optional<core::Instant> booted_at);

/// One thread of its own, one errand at a time. `head` may be asked by anybody.
class WatchErrands {
  public:
    using Poke = std::function<void(observers::Topic)>;
    /// @param poke called, on the errands' thread, when an errand brought news: `head`, `store`.
    WatchErrands(Surroundings surroundings, Pipeline& pipeline, Poke poke);
    ~WatchErrands() { stop(); }
    WatchErrands(const WatchErrands&) = delete;
    WatchErrands& operator=(const WatchErrands&) = delete;
    void stop() { errands_.stop(); }

    observers::HeadSystem head() const;
    /// Reads the owner's branch; evaluates its head when that has moved.
    void refresh_head();
    /// The same, and waits for it.
    void refresh_head_now(const std::stop_token& stop);
    /// A running system or a profile that no apply of ours brought is put on record with its
    /// effects.
    void adopt(const machine::SystemLinks& links);
    /// Plans what is known to help, once in the life of an observation.
    void plan_remedies(std::vector<observers::Condition> conditions);
    void forget(std::vector<std::string> resolved);
    /// Reads a path of the running system again, when it is time or somebody asked.
    void check_store(const std::optional<core::StorePath>& running, bool asked);
    observers::StoreChecked store_checked() const;

  private:
    void post(const char* what, std::function<void(std::stop_token)> errand);
    void read_head(const std::stop_token& stop);
    bool set_head(observers::HeadSystem fresh);
    core::Result<core::Commit> upstream_head();
    void notice_pulls();
    void adopt_now(const machine::SystemLinks& links, const std::stop_token& stop);
    void record_adoption(const std::optional<store::RanRow>& last,
                         const machine::SystemLinks& links, const std::stop_token& stop);
    bool came_by_boot(const std::optional<store::RanRow>& last, const machine::SystemLinks& links);
    void check_some(const core::StorePath& running, const std::stop_token& stop);
    /// True when there is nothing more to try for this life of the condition.
    bool plan_remedy(const observers::Condition& condition, const std::stop_token& stop);

    Surroundings in_;
    Pipeline& pipeline_;
    Poke poke_;
    mutable std::mutex head_mutex_;
    observers::HeadSystem head_;
    std::set<std::string> tried_; ///< keys of which a remedy was planned or is not known
    std::atomic<bool> reading_head_ = false;
    std::atomic<bool> adopting_ = false;
    std::atomic<bool> checking_store_ = false;
    std::int64_t store_checked_at_ = 0;
    mutable std::mutex store_mutex_; ///< for the next two
    machine::SystemLinks adopted_;   ///< of which nothing is to be put on record any more
    observers::StoreChecked store_;
    std::string store_of_;                     ///< the system of `store_paths_`
    std::vector<core::StorePath> store_paths_; ///< sorted
    std::string store_next_;                   ///< the last path that was read
    Inbox errands_{"errands"};                 ///< last: its jobs use all of the above
};

} // namespace agentd::pipeline
