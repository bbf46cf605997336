#include "audit/ballast.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"

#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace agentd::audit {

bool Ballast::ensure() {
    std::error_code error;
    if (std::filesystem::file_size(path_, error) == size && !error) {
        return true;
    }
    try {
        const core::Fd fd = core::open_file(path_, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
        // Random, because a file system that compresses would keep nothing back for zeros.
        core::write_all(fd.get(), core::random_bytes(size), path_);
        if (::fsync(fd.get()) == 0) {
            return true;
        }
    } catch (const core::Failure&) { // no room: the answer below says so
    }
    release();
    return false;
}

void Ballast::release() noexcept {
    ::unlink(path_.c_str());
}

} // namespace agentd::audit
