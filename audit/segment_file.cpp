#include "audit/segment_file.hpp"

#include "agentd/core/failure.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace agentd::audit {

namespace {

bool means_full(int error) noexcept {
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

/// 0 when all of it is durable, else the errno. A short write has none of its own: it is a full
/// disk.
int write_and_sync(int fd, std::string_view bytes, std::uint64_t offset) noexcept {
    ssize_t put = -1;
    do {
        put = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    } while (put < 0 && errno == EINTR);
    if (put < 0) {
        return errno;
    }
    if (static_cast<std::size_t>(put) != bytes.size()) {
        return ENOSPC;
    }
    return ::fdatasync(fd) == 0 ? 0 : errno;
}

} // namespace

void SegmentFile::resume(std::uint64_t segment, std::uint64_t offset) {
    start(segment);
    offset_ = offset;
}

void SegmentFile::start(std::uint64_t segment) {
    const std::string path = layout_.segment_path(segment);
    fd_ = core::open_file(path, O_WRONLY | O_CREAT | O_NOFOLLOW, 0640);
    if (::fsync(fd_.get()) != 0) {
        throw core::system_failure("cannot sync", path, errno);
    }
    core::sync_directory(layout_.log_directory());
    segment_ = segment;
    offset_ = 0;
}

SegmentFile::Put SegmentFile::put(std::uint64_t segment, std::string_view group) {
    if (!fd_ || segment != segment_) {
        try {
            start(segment);
        } catch (const core::Failure&) {
            fd_.reset();
            if (means_full(errno)) {
                return Put::disk_full;
            }
            throw;
        }
    }
    const int error = write_and_sync(fd_.get(), group, offset_);
    if (error == 0) {
        offset_ += group.size();
        return Put::durable;
    }
    const std::string path = layout_.segment_path(segment);
    // After EIO the kernel may have thrown the pages away and called them clean: asking again would
    // get a yes that means nothing. So it is never asked again; opening anew looks at the disk.
    if (!means_full(error) || ::ftruncate(fd_.get(), static_cast<off_t>(offset_)) != 0) {
        throw core::Failure(
            core::FailureKind::corrupt,
            core::system_failure("the disk did not take an entry", "", error).message(), path);
    }
    return Put::disk_full;
}

} // namespace agentd::audit
