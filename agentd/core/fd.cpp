#include "agentd/core/fd.hpp"

#include "agentd/core/failure.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::core {

Fd& Fd::operator=(Fd&& other) noexcept {
    if (this != &other) {
        reset();
        fd_ = other.release();
    }
    return *this;
}

Fd::~Fd() { reset(); }

void Fd::reset() noexcept {
    if (fd_ >= 0) {
        ::close(std::exchange(fd_, -1));
    }
}

Fd open_file(const std::string& path, int flags, mode_t mode) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    if (fd < 0) {
        throw system_failure("cannot open", path, errno);
    }
    return Fd(fd);
}

namespace {

std::string read_to_end(const Fd& fd, const std::string& path, std::size_t limit) {
    std::string out;
    char buffer[65536];
    for (;;) {
        const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            throw system_failure("cannot read", path, errno);
        }
        if (got == 0) {
            return out;
        }
        if (out.size() + static_cast<std::size_t>(got) > limit) {
            throw Failure(FailureKind::misconfigured,
                          "file is larger than " + std::to_string(limit) + " bytes", path);
        }
        out.append(buffer, static_cast<std::size_t>(got));
    }
}

} // namespace

std::string read_file(const std::string& path, std::size_t limit) {
    return read_to_end(open_file(path, O_RDONLY), path, limit);
}

std::optional<std::string> read_file_if_exists(const std::string& path, std::size_t limit) {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return std::nullopt;
        }
        throw system_failure("cannot open", path, errno);
    }
    return read_to_end(fd, path, limit);
}

void write_all(int fd, std::string_view bytes, const std::string& where) {
    while (!bytes.empty()) {
        const ssize_t put = ::write(fd, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            throw system_failure("cannot write", where, errno);
        }
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
}

void write_file_durably(const std::string& path, std::string_view bytes, mode_t mode) {
    const std::string temporary = path + ".new." + std::to_string(::gettid());
    {
        const Fd fd = open_file(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode);
        try {
            write_all(fd.get(), bytes, temporary);
            if (::fchmod(fd.get(), mode) != 0 || ::fsync(fd.get()) != 0) {
                throw system_failure("cannot sync", temporary, errno);
            }
        } catch (...) {
            ::unlink(temporary.c_str());
            throw;
        }
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        const int error = errno;
        ::unlink(temporary.c_str());
        throw system_failure("cannot rename into place", path, error);
    }
    sync_directory(std::filesystem::path(path).parent_path().string());
}

void sync_directory(const std::string& path) {
    const Fd fd = open_file(path.empty() ? "." : path, O_RDONLY | O_DIRECTORY);
    if (::fsync(fd.get()) != 0) {
        throw system_failure("cannot sync directory", path, errno);
    }
}

void make_directories(const std::string& path, mode_t mode) {
    if (path.empty() || ::mkdir(path.c_str(), mode) == 0 || errno == EEXIST) {
        return;
    }
    if (errno != ENOENT) {
        throw system_failure("cannot make directory", path, errno);
    }
    make_directories(std::filesystem::path(path).parent_path().string(), mode);
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
        throw system_failure("cannot make directory", path, errno);
    }
}

std::optional<Fd> try_lock_file(const std::string& path) {
    Fd fd = open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            return std::nullopt;
        }
        throw system_failure("cannot lock", path, errno);
    }
    return fd;
}

} // namespace agentd::core
