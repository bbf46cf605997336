#include "sandbox/run.hpp"

#include "agentd/core/failure.hpp"
#include "sandbox/child.hpp"
#include "sandbox/output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace agentd::sandbox {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds orphan_patience{250};
constexpr milliseconds between_looks{200};

/// A descriptor that becomes readable when somebody asks to stop.
class StopSignal {
  public:
    explicit StopSignal(const std::stop_token& stop)
        : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), callback_(stop, Wake{fd_.get()}) {
        if (!fd_) {
            throw core::system_failure("cannot make an eventfd", "", errno);
        }
    }
    int fd() const noexcept { return fd_.get(); }

  private:
    struct Wake {
        int fd;
        void operator()() const noexcept { static_cast<void>(::eventfd_write(fd, 1)); }
    };
    core::Fd fd_;
    std::stop_callback<Wake> callback_;
};

/// The waiting for one child: what it said, why it was told to end, and when patience is over.
class Watch {
  public:
    Watch(const Command& command, const std::stop_token& stop)
        : command_(command), started_(SteadyClock::now()), stop_(stop), child_(command),
          out_(child_.take_out(), Stream::out, command.out, command.on_line),
          err_(child_.take_err(), Stream::err, command.err, command.on_line),
          limit_(started_ + command.deadline) {}

    Outcome finish() {
        while (!ended_) {
            wait_once();
        }
        return settle();
    }

  private:
    void wait_once() {
        std::array<pollfd, 4> waits{{{child_.pidfd(), POLLIN, 0},
                                     {out_.fd(), POLLIN, 0},
                                     {err_.fd(), POLLIN, 0},
                                     {reason_ ? -1 : stop_.fd(), POLLIN, 0}}};
        if (::poll(waits.data(), waits.size(), timeout()) < 0 && errno != EINTR) {
            throw core::system_failure("cannot wait for a program", command_.program, errno);
        }
        for (Collector* stream : {&out_, &err_}) {
            if (stream->open()) {
                stream->read_available();
            }
            if (stream->over_limit()) {
                tell_to_end(OutputLimit{stream == &out_ ? Stream::out : Stream::err});
            }
        }
        ended_ = (waits[0].revents & POLLIN) != 0;
        if (!ended_ && (waits[3].revents & POLLIN) != 0) {
            tell_to_end(Cancelled{});
        }
        if (!ended_ && SteadyClock::now() >= limit_) {
            past_limit();
        }
        if (!ended_ && !reason_ && command_.wanted && SteadyClock::now() >= next_look_) {
            next_look_ = SteadyClock::now() + between_looks;
            if (!command_.wanted()) {
                tell_to_end(Unwanted{});
            }
        }
    }

    int timeout() const {
        const auto next = command_.wanted && !reason_ ? std::min(limit_, next_look_) : limit_;
        const auto left = std::chrono::ceil<milliseconds>(next - SteadyClock::now()).count();
        return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
    }

    void tell_to_end(Ending reason) {
        if (!reason_) {
            reason_ = reason;
            limit_ = SteadyClock::now() + command_.grace;
            child_.signal_group(SIGTERM);
        }
    }

    void past_limit() {
        if (!reason_) {
            tell_to_end(TimedOut{});
        } else {
            child_.signal_group(SIGKILL);
            limit_ =
                SteadyClock::now() + std::chrono::seconds(1); // asked again, should it ever matter
        }
    }

    /// Somebody outside the group may hold the pipes for ever; what was written so far is all we
    /// wait for.
    void drain() {
        const auto patience = SteadyClock::now() + orphan_patience;
        while ((out_.open() || err_.open()) && SteadyClock::now() < patience) {
            std::array<pollfd, 2> waits{{{out_.fd(), POLLIN, 0}, {err_.fd(), POLLIN, 0}}};
            ::poll(waits.data(), waits.size(), 25);
            for (Collector* stream : {&out_, &err_}) {
                if (stream->open()) {
                    stream->read_available();
                }
            }
        }
        out_.finish();
        err_.finish();
    }

    Outcome settle() {
        const auto ended = child_.reap();
        const auto wall = SteadyClock::now() - started_;
        drain();
        Outcome outcome;
        outcome.ending = reason_.value_or(ending_of(ended.status));
        if (!reason_ && (out_.over_limit() || err_.over_limit())) {
            outcome.ending = OutputLimit{out_.over_limit() ? Stream::out : Stream::err};
        }
        outcome.out = out_.take();
        outcome.err = err_.take();
        outcome.wall = std::chrono::duration_cast<std::chrono::microseconds>(wall);
        outcome.user_cpu = duration_of(ended.usage.ru_utime);
        outcome.system_cpu = duration_of(ended.usage.ru_stime);
        outcome.max_rss_kib = ended.usage.ru_maxrss;
        return outcome;
    }

    static Ending ending_of(int status) {
        if (WIFSIGNALED(status)) {
            return Signalled{WTERMSIG(status)};
        }
        return Exited{WEXITSTATUS(status)};
    }
    static std::chrono::microseconds duration_of(const timeval& time) {
        return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
    }

    const Command& command_;
    SteadyClock::time_point started_;
    StopSignal stop_;
    Child child_;
    Collector out_;
    Collector err_;
    SteadyClock::time_point limit_;
    SteadyClock::time_point next_look_ = started_;
    std::optional<Ending> reason_;
    bool ended_ = false;
};

} // namespace

Outcome run(const Command& command, std::stop_token stop) {
    return Watch(command, stop).finish();
}

} // namespace agentd::sandbox
