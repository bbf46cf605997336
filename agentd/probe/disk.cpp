#include "agentd/probe/disk.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/statvfs.h>

namespace agentd::probe {

core::Result<core::Fd> hold(const std::string& path) {
    // A folder asked for as such is mounted first where that is done on demand.
    core::Fd fd(::open(path.c_str(), O_PATH | O_CLOEXEC | O_DIRECTORY));
    if (!fd && errno == ENOTDIR) {
        fd = core::Fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
    }
    if (!fd) {
        const bool nothing_there = errno == ENOENT || errno == ENOTDIR;
        return core::Problem{.code = nothing_there ? "cannot" : "unwell",
                             .message = std::strerror(errno)};
    }
    return fd;
}

Answer disk(const core::Fd& held, const Room& wanted) {
    struct statvfs room {};
    if (::fstatvfs(held.get(), &room) != 0) {
        return unwell(std::strerror(errno));
    }
    const auto free = static_cast<std::int64_t>(room.f_bavail * (room.f_frsize / 1024) / 1024);
    const auto files = static_cast<std::int64_t>(room.f_favail);
    const bool counts = room.f_files > 0; // btrfs does not
    const std::string said = std::to_string(free) + " MiB" +
                             (counts ? " and " + std::to_string(files) + " inodes" : "") + " free";
    if (free < wanted.mib || (counts && files < wanted.inodes)) {
        return unwell(said + "; wanted are " + std::to_string(wanted.mib) + " MiB and " +
                      std::to_string(wanted.inodes) + " inodes");
    }
    return well(said);
}

} // namespace agentd::probe
