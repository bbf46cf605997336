#include "agentd/ctl/time_limit.hpp"

#include "agentd/core/text.hpp"

namespace agentd::ctl {

TimeLimit::TimeLimit(std::chrono::seconds most, std::stop_token stop, End end)
    : most_(most), end_(std::move(end)), waiter_([this, stop = std::move(stop)] { wait(stop); }) {}

TimeLimit::~TimeLimit() {
    {
        const std::lock_guard lock(mutex_);
        done_ = true;
    }
    changed_.notify_all();
    waiter_.join();
}

void TimeLimit::wait(const std::stop_token& stop) {
    {
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, stop, most_, [this] { return done_; })) {
            return;
        }
    }
    end_(stop.stop_requested() ? Ending::stopped : Ending::too_long);
}

std::optional<std::chrono::seconds> time_limit_of(const Asked& asked) {
    constexpr std::int64_t usual = 120;
    constexpr std::int64_t most = 86'400;
    const auto given = asked.value("--time-limit");
    const auto seconds = given ? core::parse_integer(*given) : std::optional(usual);
    return seconds && *seconds >= 1 && *seconds <= most
               ? std::optional(std::chrono::seconds(*seconds))
               : std::nullopt;
}

Trouble trouble_of(TimeLimit::Ending ending, std::chrono::seconds most) {
    if (ending == TimeLimit::Ending::stopped) {
        return {.problem = {.code = "cancelled", .message = "stopped; nothing was written"}};
    }
    return {.problem = {.code = "too_long",
                        .message = "the repository was not read and planned in " +
                                   std::to_string(most.count()) + " seconds; nothing was written",
                        .hint = "--time-limit SECONDS allows more"},
            .exit = status::again};
}

} // namespace agentd::ctl
