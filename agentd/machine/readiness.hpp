/// @file
/// One descriptor that says when there is something to do: another descriptor, or a moment.
#pragma once

#include "agentd/core/fd.hpp"

#include <chrono>
#include <cstdint>

namespace agentd::machine {

/// An epoll set of one other descriptor and one timer.
class Readiness {
  public:
    Readiness();

    int fd() const noexcept { return epoll_.get(); }
    /// Instead of what was followed before. @param events of epoll(7). A closed one drops out by
    /// itself.
    void follow(int fd, std::uint32_t events);
    /// Instead of the moment set before.
    void wake_in(std::chrono::microseconds time);
    void never_wake();

  private:
    core::Fd epoll_;
    core::Fd timer_;
    int followed_ = -1;
};

/// Moments to try again: soon at first, then every few seconds.
class Retry {
  public:
    std::chrono::milliseconds next() noexcept;
    void succeeded() noexcept { last_ = {}; }

  private:
    std::chrono::milliseconds last_{};
};

} // namespace agentd::machine
