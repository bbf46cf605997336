/// @file
/// Observe: waits until something happens, looks, writes down what changed, and has remedies
/// planned.
#pragma once

#include "agentd/observers/all.hpp"
#include "agentd/observers/lives.hpp"
#include "agentd/observers/lookout.hpp"
#include "agentd/pipeline/pipeline.hpp"
#include "agentd/pipeline/watch_errands.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace agentd::pipeline {

/// What the last passes saw, for whoever asks: no look at the machine is needed to answer.
struct MachineSeen {
    core::Instant at{};
    machine::SystemLinks links{};
    std::size_t units = 0;
    std::vector<std::string> failed{};
    std::vector<observers::Fact> facts{};
};

/// Events first, and a slow pass for what no event tells. What takes long (evaluating the head,
/// effects of a generation made by hand, remedies) goes to `WatchErrands` and never keeps the next
/// look waiting.
class Watch {
  public:
    Watch(Surroundings surroundings, Pipeline& pipeline);
    ~Watch() { stop(); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// Looks until `stop`; on a thread of its own.
    void run(const std::stop_token& stop);
    /// Ends what it had begun elsewhere. Before the threads it works with end.
    void stop() { errands_.stop(); }
    /// Everybody looks, now and on this thread, and the head is read again.
    void look_now(const std::stop_token& stop);
    /// Something happened that only the caller knows of. Any thread.
    void poke(observers::Topic topic) { lookout_.poke(observers::topics({topic})); }
    /// Whether what others write to the log is heard. True when that is news. Any thread.
    bool log_is_followed(bool followed);

    /// The same when nobody has looked yet since the start.
    void look_once(const std::stop_token& stop);
    bool log_reachable() const noexcept { return log_followed_; }

    std::shared_ptr<const MachineSeen> seen() const;
    observers::HeadSystem head() const { return errands_.head(); }

  private:
    struct Post {
        std::unique_ptr<observers::Observer> observer;
        observers::Schedule schedule{};
        std::vector<observers::Condition> conditions{};
        std::vector<observers::Fact> facts{};
        bool looked = false;
    };
    struct Pass {
        observers::Topics happened{};
        bool tick = false;  ///< the slow pass
        bool asked = false; ///< everybody, whatever is due
    };
    void look(Pass pass, const std::stop_token& stop);
    bool is_due(const Post& post, const Pass& pass) const;
    void look_at(Post& post, observers::Sight& sight, observers::Findings& all,
                 std::vector<std::string>& kinds);
    void write_down(const observers::Changes& changes);
    void publish(observers::Sight& sight);
    void aim();
    std::vector<observers::WatchedFolder> folders() const;
    observers::Knowledge knowledge();
    std::vector<std::string> unlanded();
    std::optional<std::string> lock_file(const std::string& commit) const;
    struct Unsettled {
        bool behind = false;    ///< something has landed since the head was read
        bool switching = false; ///< that, or an apply is under way, or is landing
    };
    Unsettled unsettled(const observers::HeadSystem& head);

    Surroundings in_;
    Pipeline& pipeline_;
    machine::Machine machine_;
    observers::UnitTable table_;
    observers::Lookout lookout_;
    WatchErrands errands_;
    std::mutex look_mutex_; ///< one looks at a time
    std::vector<Post> posts_;
    observers::Lives lives_;
    std::string proc_; ///< of the last pass: where the machine's mounts are told
    bool loaded_ = false;
    bool unwritten_ = false; ///< the log did not take what was seen: everybody looks again
    std::int64_t passes_ = 0;
    std::atomic<bool> log_followed_ = true;
    mutable std::mutex seen_mutex_;
    std::shared_ptr<const MachineSeen> seen_ = std::make_shared<MachineSeen>();
};

} // namespace agentd::pipeline
