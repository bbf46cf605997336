/// @file
/// The one thread that writes: whoever asks while it is busy shares the next seal.
#pragma once

#include "audit/reader.hpp"
#include "audit/writer.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace agentd::auditd {

class Committer {
  public:
    using Answer = core::Result<audit::Writer::Appended>;

    /// @param reader is refreshed behind each commit.
    /// @param on_break called once, from the writing thread, when the disk broke.
    Committer(audit::Writer& writer, audit::Reader& reader, std::function<void()> on_break);
    ~Committer();
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;

    /// Returns when the drafts are durable and signed. Any thread. Failure when the disk broke or
    /// the program is stopping.
    Answer append(std::vector<audit::Draft> drafts);
    audit::Checkpoint head() const;

    /// Stops when the log has grown since this call, or the program ends: take it, look at the log,
    /// wait.
    std::stop_token growth() const;

  private:
    struct Job {
        std::vector<audit::Draft> drafts;
        std::promise<Answer> answer{};
    };

    void run(const std::stop_token& stop);
    std::vector<Job> take_some();
    void commit(std::vector<Job>& jobs);
    bool commit_together(std::vector<Job>& jobs);
    void announce();

    audit::Writer& writer_;
    audit::Reader& reader_;
    std::function<void()> on_break_;
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    std::deque<Job> waiting_;
    bool closed_ = false;
    audit::Checkpoint head_;
    std::stop_source growth_;
    std::jthread thread_; ///< last: it uses all of the above
};

} // namespace agentd::auditd
