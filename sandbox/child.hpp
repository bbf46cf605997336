/// @file
/// A started program: its process group, its pidfd, the reading ends of its streams.
#pragma once

#include "agentd/core/fd.hpp"
#include "sandbox/command.hpp"

#include <sys/resource.h>
#include <sys/types.h>

namespace agentd::sandbox {

/// Starts in the constructor; the group is killed and the program reaped at the latest in the
/// destructor.
class Child {
  public:
    /// @throws core::Failure when nothing could be started.
    explicit Child(const Command& command);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    int pidfd() const noexcept { return pidfd_.get(); }
    core::Fd take_out() { return std::move(out_); }
    core::Fd take_err() { return std::move(err_); }

    void signal_group(int signal) const noexcept;

    struct Ended {
        int status{};
        rusage usage{};
    };
    /// Kills what is left of the group, then reaps. The pid stays ours until then, so the group's
    /// number cannot have become somebody else's.
    Ended reap();

  private:
    void spawn(const Command& command, core::Fd in, core::Fd out, core::Fd err, core::Fd status);
    void await_group_gone() const noexcept;
    void await_start(const Command& command, core::Fd status);

    pid_t pid_ = -1;
    core::Fd pidfd_;
    core::Fd out_;
    core::Fd err_;
};

} // namespace agentd::sandbox
