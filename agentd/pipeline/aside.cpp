#include "agentd/pipeline/aside.hpp"

#include "agentd/core/log.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace agentd::pipeline {

namespace {

constexpr int niceness = 15;

/// Of this thread and of what it starts.
void give_way() {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);
}

} // namespace

void Aside::post(const std::string& name, Work work) {
    std::stop_source own;
    {
        const std::lock_guard lock(mutex_);
        auto& place = works_[name];
        place.request_stop();
        place = own;
    }
    const bool posted =
        inbox_.post([this, name, own, work = std::move(work)](const std::stop_token& stop) {
            give_way();
            auto ours = own;
            const std::stop_callback forward(stop, [&ours] { ours.request_stop(); });
            if (!ours.stop_requested()) {
                work(ours.get_token());
            }
            const std::lock_guard lock(mutex_);
            if (const auto it = works_.find(name); it != works_.end() && it->second == own) {
                works_.erase(it);
            }
        });
    if (!posted) {
        core::log(core::Level::warning, name + ": too much waits to be looked at on the side");
    }
}

void Aside::cancel(const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (const auto it = works_.find(name); it != works_.end()) {
        it->second.request_stop();
        works_.erase(it);
    }
}

Aside::Hold::Hold(Aside& aside) : aside_(aside) {
    std::optional<std::stop_source> running;
    {
        const std::lock_guard lock(aside_.mutex_);
        ++aside_.holds_;
        running = aside_.running_;
        aside_.stepped_aside_ = aside_.stepped_aside_ || running.has_value();
    }
    if (running) {
        running->request_stop();
    }
}

Aside::Hold::~Hold() {
    {
        const std::lock_guard lock(aside_.mutex_);
        --aside_.holds_;
    }
    aside_.free_.notify_all();
}

void Aside::in_turn(const std::stop_token& stop, const Step& step) {
    for (bool over = false; !over;) {
        std::stop_source own;
        begin(stop, own);
        const std::stop_callback forward(stop, [&own] { own.request_stop(); });
        const bool whole = step(own.get_token());
        over = end() || whole || stop.stop_requested();
    }
}

void Aside::begin(const std::stop_token& stop, const std::stop_source& own) {
    std::unique_lock lock(mutex_);
    free_.wait(lock, stop, [this] { return holds_ == 0; });
    stepped_aside_ = false;
    running_ = own;
}

bool Aside::end() {
    const std::lock_guard lock(mutex_);
    running_.reset();
    return !stepped_aside_;
}

} // namespace agentd::pipeline
