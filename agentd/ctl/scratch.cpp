#include "agentd/ctl/scratch.hpp"

#include "agentd/core/failure.hpp"

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::ctl {

namespace {

namespace fs = std::filesystem;

constexpr const char* above = "/tmp";
constexpr std::string_view beginning = "agentctl.";
constexpr std::time_t young = 60; ///< seconds in which its maker surely has it locked

core::Fd opened(const std::string& path) {
    return core::Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// Whose maker was killed outright.
bool is_left(const core::Fd& folder) {
    struct stat info {};
    return folder && ::fstat(folder.get(), &info) == 0 && info.st_uid == ::geteuid() &&
           std::time(nullptr) - info.st_mtime > young &&
           ::flock(folder.get(), LOCK_EX | LOCK_NB) == 0;
}

} // namespace

Scratch::Scratch() : path_(std::string(above) + "/" + std::string(beginning) + "XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) {
        throw core::system_failure("cannot make a directory", path_, errno);
    }
    held_ = opened(path_);
    if (!held_ || ::flock(held_.get(), LOCK_EX | LOCK_NB) != 0) {
        throw core::system_failure("cannot hold a directory", path_, errno);
    }
}

std::vector<std::string> Scratch::sweep() {
    std::vector<std::string> swept;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(above, error)) {
        const std::string path = entry.path().string();
        const auto folder =
            entry.path().filename().string().starts_with(beginning) ? opened(path) : core::Fd();
        if (is_left(folder)) {
            std::error_code ignored;
            fs::remove_all(path, ignored);
            swept.push_back(path);
        }
    }
    return swept;
}

Scratch::~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

} // namespace agentd::ctl
