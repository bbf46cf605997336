#include "agentd/machine/unit_watch.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace agentd::machine {

namespace {

using namespace std::chrono;

struct Wake {
    int fd;
    void operator()() const noexcept {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(fd, &one, sizeof one);
    }
};

} // namespace

UnitEvents wait(UnitWatch& watch, milliseconds timeout, const std::stop_token& stop) {
    const core::Fd stopped(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!stopped) {
        throw core::system_failure("cannot wait for events", "", errno);
    }
    const std::stop_callback<Wake> wake(stop, Wake{stopped.get()});
    const auto until = steady_clock::now() + timeout;
    for (;;) {
        UnitEvents events = watch.take();
        const auto left = duration_cast<milliseconds>(until - steady_clock::now()).count() + 1;
        const bool over = timeout.count() >= 0 && left <= 1;
        if (!events.nothing() || over || stop.stop_requested()) {
            return events;
        }
        pollfd ready[2] = {{watch.descriptor(), POLLIN, 0}, {stopped.get(), POLLIN, 0}};
        ::poll(ready, 2,
               timeout.count() < 0 ? -1 : static_cast<int>(std::min<long>(left, 1 << 30)));
    }
}

} // namespace agentd::machine
