#include "proposals/git_locks.hpp"

#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::proposals {

namespace {

namespace fs = std::filesystem;

bool drop_when_dead(const std::string& path, core::Instant then) {
    struct stat info {};
    if (!path.ends_with(".lock") || ::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return false;
    }
    const core::Instant written(std::chrono::seconds(info.st_mtim.tv_sec) +
                                std::chrono::microseconds(info.st_mtim.tv_nsec / 1000));
    if (written >= then) {
        return false;
    }
    const bool gone = ::unlink(path.c_str()) == 0;
    core::log(core::Level::warning, (gone ? "removed a lock that whoever made it left behind: "
                                          : "cannot remove a dead lock: ") +
                                        core::printable(path));
    return gone;
}

} // namespace

std::size_t drop_dead_locks(const std::string& folder, core::Instant then) {
    std::size_t count = 0;
    for (const char* name : {"/packed-refs.lock", "/HEAD.lock"}) {
        count += drop_when_dead(folder + name, then) ? 1 : 0;
    }
    std::error_code error;
    auto entry = fs::recursive_directory_iterator(
        folder + "/refs", fs::directory_options::skip_permission_denied, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        count += drop_when_dead(entry->path().string(), then) ? 1 : 0;
    }
    return count;
}

} // namespace agentd::proposals
