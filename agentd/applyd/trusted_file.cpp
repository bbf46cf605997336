#include "agentd/applyd/trusted_file.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"

#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::applyd {

namespace {

bool only_root_writes(const struct stat& info) {
    return (info.st_uid == 0 || info.st_uid == ::geteuid()) && (info.st_mode & 022) == 0;
}

} // namespace

std::string read_trusted(const std::string& path) {
    const core::Fd fd = core::open_file(path, O_RDONLY);
    struct stat info {};
    struct stat folder {};
    const std::string parent = std::filesystem::path(path).parent_path().string();
    if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode) || !only_root_writes(info) ||
        ::stat(parent.c_str(), &folder) != 0 || !only_root_writes(folder)) {
        throw core::Failure(core::FailureKind::misconfigured,
                            "has to be a regular file, in a folder, that only root may write",
                            path);
    }
    constexpr off_t most = 1 << 20;
    std::string bytes(info.st_size <= most ? static_cast<std::size_t>(info.st_size) : 0, '\0');
    if (info.st_size > most || ::pread(fd.get(), bytes.data(), bytes.size(), 0) != info.st_size) {
        throw core::Failure(core::FailureKind::misconfigured, "cannot be read whole", path);
    }
    return bytes;
}

std::string trusted_path(std::string path) {
    read_trusted(path);
    return path;
}

} // namespace agentd::applyd
