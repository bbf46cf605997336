/// @file
/// Local sockets that carry one JSON message a line, and who is at the other end.
#pragma once

#include "agentd/core/fd.hpp"

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace agentd::core {

/// Who connected, as the kernel says (SO_PEERCRED at connect time).
struct Peer {
    uid_t uid{};
    gid_t gid{};
    pid_t pid{}; ///< decoration: never decide by it
};

/// A connected stream socket, read and written by lines of at most 1 MiB.
class LineChannel {
public:
    static constexpr std::size_t max_line = 1U << 20;

    explicit LineChannel(Fd fd) : fd_(std::move(fd)) {}

    enum class End { line, closed, timeout, too_long, stopped };
    struct Read {
        End end{};
        std::string line{}; ///< without LF, only for End::line
    };
    /// Waits for one line. A negative timeout waits for ever (or until `stop`).
    Read read_line(std::chrono::milliseconds timeout, std::stop_token stop = {});
    /// False when the other side is gone or takes nothing for 30 s.
    bool write_line(std::string_view line);

    int fd() const noexcept { return fd_.get(); }

private:
    Fd fd_;
    std::string buffer_;
};

/// A listening socket file. Made with `mode`; an old file at `path` is replaced only when nobody answers
/// on it, otherwise Failure{busy}. The file is removed when the listener goes.
class Listener {
public:
    struct Options {
        std::string path{};
        mode_t mode = 0660;
        std::optional<gid_t> group{};
    };
    explicit Listener(Options options);
    /// Takes over a descriptor handed in by systemd (LISTEN_FDS).
    static Listener adopt(Fd fd);
    Listener(Listener&&) noexcept = default;
    Listener& operator=(Listener&&) noexcept = default;
    ~Listener();

    struct Connection {
        LineChannel channel;
        Peer peer;
    };
    /// The next connection, or nullopt when `stop` was asked for, or `patience` (unless it is negative)
    /// ran out.
    std::optional<Connection> accept(std::stop_token stop,
                                     std::chrono::milliseconds patience = std::chrono::milliseconds(-1));
    int fd() const noexcept { return fd_.get(); }

private:
    Listener() = default;
    Fd fd_;
    std::string path_;
};

/// Connects, or throws Failure{unavailable} naming the socket.
LineChannel connect_to(const std::string& path);
Peer peer_of(int fd);

} // namespace agentd::core
