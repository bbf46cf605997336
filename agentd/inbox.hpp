/// @file
/// One named thread with a bounded queue of jobs: how the daemon's threads talk to one another.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <type_traits>

namespace agentd {

/// Runs jobs one after the other on its own thread. A job gets the token that asks it to stop.
class Inbox {
  public:
    using Job = std::function<void(std::stop_token)>;
    static constexpr std::size_t capacity = 1024;

    /// @param name at most 15 characters: the thread's name in `ps -L`.
    explicit Inbox(std::string name);
    ~Inbox() { stop(); }
    Inbox(const Inbox&) = delete;
    Inbox& operator=(const Inbox&) = delete;

    /// Asks the running job to stop, drops the waiting ones, joins. Not from the thread itself.
    void stop();

    /// False when the queue is full or the thread is stopping; the job is then dropped.
    [[nodiscard]] bool post(Job job);
    /// Runs `work` on the thread and waits for what it returns or throws. Called from the thread
    /// itself it runs at once. Failure{busy} when the queue is full, {unavailable} when stopping.
    template <class Work> auto ask(Work work) -> std::invoke_result_t<Work> {
        using Value = std::invoke_result_t<Work>;
        if (std::this_thread::get_id() == thread_.get_id()) {
            return work();
        }
        std::packaged_task<Value()> task(std::move(work));
        auto answer = task.get_future();
        post_or_throw(std::move(task));
        return wait(std::move(answer));
    }

  private:
    template <class Value> void post_or_throw(std::packaged_task<Value()> task) {
        // std::function wants copies: the task is held by a pointer that every copy shares.
        auto shared = std::make_shared<std::packaged_task<Value()>>(std::move(task));
        require_posted(post([shared](std::stop_token) { (*shared)(); }));
    }
    template <class Value> static Value wait(std::future<Value> answer) {
        try {
            return answer.get();
        } catch (const std::future_error&) {
            refuse_stopping();
        }
    }
    static void require_posted(bool posted);
    [[noreturn]] static void refuse_stopping();
    void run(const std::stop_token& stop);

    std::mutex mutex_;
    std::condition_variable_any ready_;
    std::deque<Job> jobs_;
    bool stopping_ = false;
    std::jthread thread_;
};

} // namespace agentd
