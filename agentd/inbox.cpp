#include "agentd/inbox.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"

#include <pthread.h>

namespace agentd {

Inbox::Inbox(std::string name)
    : thread_([this, name = std::move(name)](const std::stop_token& stop) {
          ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
          run(stop);
      }) {}

void Inbox::stop() {
    std::deque<Job> dropped; // let go of without the lock: a job may own what posts again
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        dropped.swap(jobs_);
    }
    thread_.request_stop();
    if (thread_.joinable()) {
        thread_.join();
    }
}

bool Inbox::post(Job job) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || jobs_.size() >= capacity) {
            return false;
        }
        jobs_.push_back(std::move(job));
    }
    ready_.notify_one();
    return true;
}

void Inbox::run(const std::stop_token& stop) {
    for (;;) {
        Job job;
        {
            std::unique_lock lock(mutex_);
            if (!ready_.wait(lock, stop, [this] { return !jobs_.empty(); })) {
                return;
            }
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        try {
            job(stop);
        } catch (const std::exception& error) {
            core::log(core::Level::error, error.what());
        }
    }
}

void Inbox::require_posted(bool posted) {
    if (!posted) {
        throw core::Failure(core::FailureKind::busy, "the daemon has too much to do; try again");
    }
}

void Inbox::refuse_stopping() {
    throw core::Failure(core::FailureKind::unavailable, "the daemon is stopping");
}

} // namespace agentd
