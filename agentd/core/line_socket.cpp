#include "agentd/core/line_socket.hpp"

#include "agentd/core/failure.hpp"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace agentd::core {

namespace {

using namespace std::chrono;

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        throw Failure(FailureKind::misconfigured,
                      "a socket's path may have at most " +
                          std::to_string(sizeof address.sun_path - 1) + " bytes",
                      path);
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

/// An eventfd that a stop request makes readable.
class Wakeup {
public:
    explicit Wakeup(const std::stop_token& stop)
        : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), callback_(stop, Wake{fd_.get()}) {}
    int fd() const noexcept { return fd_.get(); }

private:
    struct Wake {
        int fd;
        void operator()() const noexcept {
            const std::uint64_t one = 1;
            [[maybe_unused]] const auto n = ::write(fd, &one, sizeof one);
        }
    };
    Fd fd_;
    std::stop_callback<Wake> callback_;
};

enum class Wait { ready, timeout, stopped };

Wait wait_for(int fd, short events, milliseconds timeout, const Wakeup& wakeup) {
    const auto deadline = steady_clock::now() + timeout;
    for (;;) {
        int left = -1;
        if (timeout.count() >= 0) {
            const auto rest = duration_cast<milliseconds>(deadline - steady_clock::now()).count();
            left = rest > 0 ? static_cast<int>(rest) : 0;
        }
        pollfd fds[2] = {{fd, events, 0}, {wakeup.fd(), POLLIN, 0}};
        const int n = ::poll(fds, 2, left);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (fds[1].revents != 0) {
            return Wait::stopped;
        }
        if (fds[0].revents != 0) {
            return Wait::ready;
        }
        return Wait::timeout;
    }
}

} // namespace

LineChannel::Read LineChannel::read_line(milliseconds timeout, std::stop_token stop) {
    const Wakeup wakeup(stop);
    const auto deadline = steady_clock::now() + timeout;
    std::size_t searched = 0;
    for (;;) {
        const auto end = buffer_.find('\n', searched);
        if (end != std::string::npos) {
            Read read{.end = End::line, .line = buffer_.substr(0, end)};
            buffer_.erase(0, end + 1);
            return read;
        }
        searched = buffer_.size();
        if (buffer_.size() > max_line) {
            return {.end = End::too_long};
        }
        auto left = timeout;
        if (timeout.count() >= 0) {
            left = duration_cast<milliseconds>(deadline - steady_clock::now());
            left = left.count() < 0 ? milliseconds(0) : left;
        }
        switch (wait_for(fd_.get(), POLLIN, left, wakeup)) {
        case Wait::stopped: return {.end = End::stopped};
        case Wait::timeout: return {.end = End::timeout};
        case Wait::ready: break;
        }
        char chunk[16384];
        const ssize_t got = ::recv(fd_.get(), chunk, sizeof chunk, 0);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (got <= 0) {
            return {.end = End::closed};
        }
        buffer_.append(chunk, static_cast<std::size_t>(got));
    }
}

bool LineChannel::write_line(std::string_view line) {
    std::string bytes(line);
    bytes += '\n';
    std::string_view rest = bytes;
    const Wakeup never{std::stop_token{}};
    while (!rest.empty()) {
        if (wait_for(fd_.get(), POLLOUT, seconds(30), never) != Wait::ready) {
            return false;
        }
        const ssize_t put = ::send(fd_.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (put < 0) {
            return false;
        }
        rest.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
}

Listener::Listener(Options options) : path_(std::move(options.path)) {
    const sockaddr_un address = address_of(path_);
    fd_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    {
        const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0) {
            const std::string taken = std::exchange(path_, {});
            throw Failure(FailureKind::busy, "another process already answers on this socket",
                          taken);
        }
    }
    ::unlink(path_.c_str());
    // The mode has to be right from the first moment, not after a chmod.
    const mode_t old = ::umask(0777 & ~options.mode);
    const int bound = ::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::umask(old);
    if (bound != 0) {
        throw system_failure("cannot bind the socket", path_, errno);
    }
    if (options.group && ::chown(path_.c_str(), static_cast<uid_t>(-1), *options.group) != 0) {
        throw system_failure("cannot give the socket to its group", path_, errno);
    }
    if (::listen(fd_.get(), 64) != 0) {
        throw system_failure("cannot listen", path_, errno);
    }
}

Listener Listener::adopt(Fd fd) {
    Listener listener;
    listener.fd_ = std::move(fd);
    return listener;
}

Listener::~Listener() {
    if (fd_ && !path_.empty()) {
        ::unlink(path_.c_str());
    }
}

std::optional<Listener::Connection> Listener::accept(std::stop_token stop, milliseconds patience) {
    const Wakeup wakeup(stop);
    for (;;) {
        if (wait_for(fd_.get(), POLLIN, patience, wakeup) != Wait::ready) {
            return std::nullopt;
        }
        Fd connected(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!connected) {
            if (errno == EMFILE || errno == ENFILE) {
                ::usleep(10'000); // out of descriptors: let somebody finish
            }
            continue;
        }
        const Peer peer = peer_of(connected.get());
        return Connection{.channel = LineChannel(std::move(connected)), .peer = peer};
    }
}

LineChannel connect_to(const std::string& path) {
    const sockaddr_un address = address_of(path);
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // While nobody accepts and the queue is full, connecting waits: not for ever.
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw system_failure("cannot connect", path, errno);
    }
    return LineChannel(std::move(fd));
}

Peer peer_of(int fd) {
    ucred credentials{};
    socklen_t length = sizeof credentials;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) {
        throw system_failure("cannot ask who connected", "SO_PEERCRED", errno);
    }
    return {.uid = credentials.uid, .gid = credentials.gid, .pid = credentials.pid};
}

} // namespace agentd::core
