#include "agentd/machine/readiness.hpp"

#include "agentd/core/failure.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/epoll.h>
#include <sys/timerfd.h>

namespace agentd::machine {

namespace {

using namespace std::chrono;

void arm(int timer, microseconds time) {
    itimerspec when{};
    when.it_value.tv_sec = duration_cast<seconds>(time).count();
    when.it_value.tv_nsec = (time.count() % 1'000'000) * 1000;
    if (::timerfd_settime(timer, 0, &when, nullptr) != 0) {
        throw core::system_failure("cannot set a timer", "", errno);
    }
}

} // namespace

Readiness::Readiness()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
    epoll_event event{.events = EPOLLIN, .data = {}};
    if (!epoll_ || !timer_ || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), &event) != 0) {
        throw core::system_failure("cannot wait for events", "", errno);
    }
}

void Readiness::follow(int fd, std::uint32_t events) {
    epoll_event event{.events = events, .data = {}};
    if (fd == followed_ && ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0) {
        return;
    }
    if (followed_ >= 0 && followed_ != fd) {
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, followed_, &event); // often closed already
    }
    followed_ = fd;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
        throw core::system_failure("cannot wait for events", "", errno);
    }
}

void Readiness::wake_in(microseconds time) {
    arm(timer_.get(), std::max(time, microseconds(1)));
}

void Readiness::never_wake() {
    arm(timer_.get(), microseconds(0));
}

milliseconds Retry::next() noexcept {
    constexpr milliseconds first(100), longest(5000);
    last_ = last_.count() == 0 ? first : std::min(last_ * 2, longest);
    return last_;
}

} // namespace agentd::machine
