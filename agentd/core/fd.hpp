/// @file
/// Owned file descriptors, and files written so that a power cut leaves the old or the new.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>

namespace agentd::core {

/// Owns one descriptor; closes it when it goes.
class Fd {
public:
    Fd() noexcept = default;
    explicit Fd(int fd) noexcept : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept;
    ~Fd();

    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    int release() noexcept { return std::exchange(fd_, -1); }
    void reset() noexcept;

private:
    int fd_ = -1;
};

/// Opens or throws Failure naming the path. O_CLOEXEC is added.
Fd open_file(const std::string& path, int flags, mode_t mode = 0600);
/// The whole file; Failure when it cannot be read or is larger than `limit` bytes.
std::string read_file(const std::string& path, std::size_t limit = 64U << 20);
/// nullopt when it does not exist; other troubles are Failures.
std::optional<std::string> read_file_if_exists(const std::string& path,
                                               std::size_t limit = 64U << 20);
/// All bytes or a Failure; a short write is a Failure (ENOSPC is `unavailable`).
void write_all(int fd, std::string_view bytes, const std::string& where);
/// Temporary file, fsync, rename, fsync of the directory.
void write_file_durably(const std::string& path, std::string_view bytes, mode_t mode = 0600);
void sync_directory(const std::string& path);
/// Like `mkdir -p`; new directories get `mode`.
void make_directories(const std::string& path, mode_t mode = 0755);

/// An exclusive flock on `path` (made when missing), or nullopt when somebody holds it.
std::optional<Fd> try_lock_file(const std::string& path);

} // namespace agentd::core
