/// @file
/// Ctrl-C as a token: who is interrupted ends what it started and clears up behind it.
#pragma once

#include <csignal>
#include <stop_token>
#include <thread>

namespace agentd::ctl {

/// From its making to its end a first SIGINT, SIGTERM, SIGHUP or SIGQUIT stops the token instead of
/// the program, a second one the program. A reader that goes away (SIGPIPE) ends nothing. Made
/// before any other thread.
class Interrupt {
  public:
    explicit Interrupt(const std::stop_token& also);
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;
    std::stop_token token() const noexcept { return source_.get_token(); }

  private:
    struct Forward {
        std::stop_source source;
        void operator()() { source.request_stop(); }
    };
    std::stop_source source_;
    std::stop_callback<Forward> forward_;
    sigset_t before_{};
    sigset_t signals_{};
    std::thread waiter_;
};

} // namespace agentd::ctl
