#include "audit/lines.hpp"

#include "agentd/core/failure.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace agentd::audit {

namespace {
constexpr std::size_t chunk = 128U << 10;
}

LineScanner::LineScanner(const std::string& path, std::uint64_t offset)
    : path_(path), fd_(core::open_file(path, O_RDONLY)), offset_(offset) {}

bool LineScanner::fill() {
    buffer_.erase(0, begin_);
    offset_ += begin_;
    begin_ = 0;
    const std::size_t had = buffer_.size();
    buffer_.resize(had + chunk);
    ssize_t got = -1;
    do {
        got = ::pread(fd_.get(), buffer_.data() + had, chunk, static_cast<off_t>(offset_ + had));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        throw core::system_failure("cannot read", path_, errno);
    }
    buffer_.resize(had + static_cast<std::size_t>(got));
    return got > 0;
}

std::optional<Line> LineScanner::next() {
    std::size_t searched = begin_;
    while (!ended_) {
        const auto lf = buffer_.find('\n', searched);
        if (lf != std::string::npos) {
            Line line{.offset = offset_ + begin_,
                      .bytes = std::string_view(buffer_).substr(begin_, lf - begin_)};
            begin_ = lf + 1;
            return line;
        }
        const std::size_t unfinished = buffer_.size() - begin_;
        const bool endless = unfinished > max_line;
        if (endless || !fill()) {
            ended_ = true;
            if (unfinished == 0) {
                return std::nullopt;
            }
            return Line{.offset = offset_ + begin_,
                        .bytes = std::string_view(buffer_).substr(begin_),
                        .whole = false};
        }
        searched = begin_ + unfinished;
    }
    return std::nullopt;
}

} // namespace agentd::audit
