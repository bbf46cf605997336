#include "agentd/ctl/interrupt.hpp"

#include <pthread.h>
#include <unistd.h>

namespace agentd::ctl {

Interrupt::Interrupt(const std::stop_token& also) : forward_(also, Forward{source_}) {
    std::signal(SIGPIPE, SIG_IGN); // whoever reads no more is told by the write that fails
    sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1}) { // the last: it is over
        sigaddset(&signals_, signal);
    }
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    waiter_ = std::thread([this] {
        for (int received = 0, times = 0; received != SIGUSR1; ++times) {
            sigwait(&signals_, &received);
            if (received != SIGUSR1 && times > 0) {
                ::_exit(128 + received); // whoever asks twice does not want to wait
            }
            source_.request_stop();
        }
    });
}

Interrupt::~Interrupt() {
    pthread_kill(waiter_.native_handle(), SIGUSR1);
    waiter_.join();
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

} // namespace agentd::ctl
