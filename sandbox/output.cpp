#include "sandbox/output.hpp"

#include "agentd/core/failure.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace agentd::sandbox {

Collector::Collector(core::Fd fd, Stream stream, const Cap& cap, const LineCallback& on_line)
    : fd_(std::move(fd)), stream_(stream), cap_(cap), on_line_(on_line) {
    const int flags = ::fcntl(fd_.get(), F_GETFL);
    if (flags < 0 || ::fcntl(fd_.get(), F_SETFL, flags | O_NONBLOCK) != 0) {
        throw core::system_failure("cannot read a pipe without waiting", "", errno);
    }
}

void Collector::read_available() {
    char buffer[65536];
    for (int round = 0; round < 16 && fd_; ++round) {
        const ssize_t got = ::read(fd_.get(), buffer, sizeof buffer);
        if (got > 0) {
            accept({buffer, static_cast<std::size_t>(got)});
        } else if (got == 0) {
            finish();
        } else if (errno != EINTR) {
            if (errno != EAGAIN) {
                throw core::system_failure("cannot read a program's output", "", errno);
            }
            return;
        }
    }
}

void Collector::accept(std::string_view bytes) {
    captured_.total += bytes.size();
    const std::size_t room = cap_.bytes - std::min(cap_.bytes, captured_.bytes.size());
    captured_.bytes.append(bytes.substr(0, room));
    captured_.truncated = captured_.truncated || bytes.size() > room;
    if (on_line_) {
        give_lines(bytes);
    }
}

void Collector::give_lines(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t room = max_line - partial_.size();
        const std::size_t end = bytes.substr(0, room).find('\n');
        partial_.append(bytes.substr(0, std::min(end, room)));
        bytes.remove_prefix(end == std::string_view::npos ? std::min(room, bytes.size()) : end + 1);
        if (end != std::string_view::npos || partial_.size() == max_line) {
            on_line_(stream_, partial_);
            partial_.clear();
        }
    }
}

void Collector::finish() {
    fd_.reset();
    if (on_line_ && !partial_.empty()) {
        on_line_(stream_, partial_);
        partial_.clear();
    }
}

bool Collector::over_limit() const noexcept {
    return cap_.above == Cap::Above::stop && captured_.truncated;
}

} // namespace agentd::sandbox
