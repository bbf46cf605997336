/// @file
/// One stream of a running program: read as it comes, kept up to a cap, cut into lines.
#pragma once

#include "agentd/core/fd.hpp"
#include "sandbox/outcome.hpp"

#include <string>

namespace agentd::sandbox {

class Collector {
  public:
    static constexpr std::size_t max_line = 64U << 10;

    /// @param fd the reading end of a pipe; made non-blocking.
    Collector(core::Fd fd, Stream stream, const Cap& cap, const LineCallback& on_line);

    /// Reads what is there, at most 1 MiB, so that a flood cannot starve the other waits.
    void read_available();
    /// Gives the last line when it had no LF, and closes.
    void finish();

    bool open() const noexcept { return static_cast<bool>(fd_); }
    int fd() const noexcept { return fd_.get(); }
    /// More was written than a cap with Cap::Above::stop allows.
    bool over_limit() const noexcept;
    Captured take() { return std::move(captured_); }

  private:
    void accept(std::string_view bytes);
    void give_lines(std::string_view bytes);

    core::Fd fd_;
    Stream stream_;
    Cap cap_;
    const LineCallback& on_line_;
    Captured captured_;
    std::string partial_;
};

} // namespace agentd::sandbox
