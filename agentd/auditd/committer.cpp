#include "agentd/auditd/committer.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"

#include <exception>

namespace agentd::auditd {

using core::Failure;
using core::FailureKind;

namespace {

std::size_t bytes_of(const std::vector<audit::Draft>& drafts) {
    std::size_t bytes = 0;
    for (const auto& draft : drafts) {
        bytes += draft.body.size() + 512;
    }
    return bytes;
}

} // namespace

Committer::Committer(audit::Writer& writer, audit::Reader& reader, std::function<void()> on_break)
    : writer_(writer), reader_(reader), on_break_(std::move(on_break)), head_(writer.head()),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Committer::~Committer() {
    thread_.request_stop();
    thread_.join();
    announce();
}

Committer::Answer Committer::append(std::vector<audit::Draft> drafts) {
    std::future<Answer> answer;
    {
        const std::lock_guard hold(mutex_);
        if (closed_) {
            throw Failure(FailureKind::unavailable, "the log is being closed");
        }
        waiting_.push_back({.drafts = std::move(drafts)});
        answer = waiting_.back().answer.get_future();
    }
    wake_.notify_one();
    return answer.get();
}

audit::Checkpoint Committer::head() const {
    const std::lock_guard hold(mutex_);
    return head_;
}

std::stop_token Committer::growth() const {
    const std::lock_guard hold(mutex_);
    return growth_.get_token();
}

void Committer::announce() {
    std::stop_source old;
    {
        const std::lock_guard hold(mutex_);
        head_ = writer_.head();
        std::swap(old, growth_);
    }
    old.request_stop();
}

std::vector<Committer::Job> Committer::take_some() {
    std::vector<Job> jobs;
    std::size_t entries = 0;
    std::size_t bytes = 0;
    while (!waiting_.empty()) {
        const auto& next = waiting_.front().drafts;
        entries += next.size();
        bytes += bytes_of(next);
        if (!jobs.empty() &&
            (entries > audit::max_group_entries || bytes > audit::max_group_bytes)) {
            break;
        }
        jobs.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    return jobs;
}

void Committer::run(const std::stop_token& stop) {
    for (;;) {
        std::vector<Job> jobs;
        {
            std::unique_lock hold(mutex_);
            wake_.wait(hold, stop, [this] { return !waiting_.empty(); });
            if (waiting_.empty()) {
                closed_ = true; // asked to stop, and everybody who waited has an answer
                return;
            }
            jobs = take_some();
        }
        commit(jobs);
    }
}

void Committer::commit(std::vector<Job>& jobs) {
    std::size_t answered = 0;
    try {
        if (jobs.size() > 1 && commit_together(jobs)) {
            return;
        }
        for (Job& job : jobs) {
            auto answer = writer_.append(job.drafts);
            reader_.refresh();
            announce();
            ++answered;
            job.answer.set_value(std::move(answer));
        }
    } catch (const std::exception& broken) {
        core::log(core::Level::error, std::string("the log cannot be written: ") + broken.what());
        for (; answered < jobs.size(); ++answered) {
            jobs[answered].answer.set_exception(std::current_exception());
        }
        if (on_break_) {
            std::exchange(on_break_, nullptr)();
        }
    }
}

/// False when somebody's drafts were refused: then each has to be asked for alone.
bool Committer::commit_together(std::vector<Job>& jobs) {
    std::vector<audit::Draft> all;
    for (const Job& job : jobs) {
        all.insert(all.end(), job.drafts.begin(), job.drafts.end());
    }
    const auto done = writer_.append(all);
    if (!done) {
        return false;
    }
    reader_.refresh();
    announce();
    auto number = done->numbers.begin();
    for (Job& job : jobs) {
        const auto end = number + static_cast<std::ptrdiff_t>(job.drafts.size());
        job.answer.set_value(audit::Writer::Appended{.numbers = {number, end}, .head = done->head});
        number = end;
    }
    return true;
}

} // namespace agentd::auditd
