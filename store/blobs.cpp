#include "store/blobs.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace agentd::store {

using core::Digest;
using core::Failure;
using core::FailureKind;
namespace fs = std::filesystem;

namespace {

constexpr mode_t directory_mode = 0700;

/// Makes one directory whose parent is there, and makes sure that it stays after a power cut. Syncs
/// also when it is there: a process that was killed may have made it and not come so far.
void make_durable_directory(const std::string& path) {
    if (::mkdir(path.c_str(), directory_mode) != 0 && errno != EEXIST) {
        throw core::system_failure("cannot make directory", path, errno);
    }
    core::sync_directory(fs::path(path).parent_path().string());
}

std::string hex_of(const fs::path& file) {
    return file.parent_path().filename().string() + file.filename().string();
}

bool put_before(const struct stat& found, core::Instant moment) {
    const auto at = std::chrono::seconds(found.st_mtim.tv_sec) +
                    std::chrono::microseconds(found.st_mtim.tv_nsec / 1000);
    return core::Instant(at) < moment;
}

std::vector<fs::path> entries_of(const fs::path& directory) {
    std::vector<fs::path> out;
    std::error_code error;
    for (fs::directory_iterator it(directory, error), end; !error && it != end;
         it.increment(error)) {
        out.push_back(it->path());
    }
    if (error) {
        throw core::system_failure("cannot list", directory.string(), error.value());
    }
    return out;
}

void remove_file(const fs::path& file, const struct stat& found, Collected& report) {
    if (::unlink(file.c_str()) != 0) {
        throw core::system_failure("cannot remove", file.string(), errno);
    }
    ++report.removed;
    report.bytes_removed += static_cast<std::size_t>(found.st_size);
}

} // namespace

Blobs::Blobs(std::string directory) : directory_(std::move(directory)) {
    core::make_directories(directory_, directory_mode);
    make_durable_directory(directory_ + "/sha256");
    make_durable_directory(directory_ + "/tmp");
}

std::string Blobs::path_of(const Digest& digest) const {
    const std::string hex = digest.hex();
    return directory_ + "/sha256/" + hex.substr(0, 2) + "/" + hex.substr(2);
}

core::Result<Digest> Blobs::put(std::string_view bytes) {
    if (bytes.size() > max_bytes) {
        return core::Problem{.code = "too_large",
                             .message = "a blob of " + std::to_string(bytes.size()) +
                                        " bytes; at most " + std::to_string(max_bytes) +
                                        " are kept"};
    }
    const Digest digest = core::sha256(bytes);
    const std::string path = path_of(digest);
    const auto found = core::read_file_if_exists(path, max_bytes);
    if (!found || *found != bytes) {
        write(digest, bytes);
        return digest;
    }
    // The time of the last put is what grace counts from.
    if (::utimensat(AT_FDCWD, path.c_str(), nullptr, AT_SYMLINK_NOFOLLOW) != 0) {
        throw core::system_failure("cannot touch", path, errno);
    }
    // Whoever put it before may have been killed before its name was on disk.
    const std::string shelf = fs::path(path).parent_path().string();
    core::sync_directory(shelf);
    core::sync_directory(fs::path(shelf).parent_path().string());
    return digest;
}

void Blobs::write(const Digest& digest, std::string_view bytes) {
    const std::string path = path_of(digest);
    const std::string parent = fs::path(path).parent_path().string();
    const std::string temporary = directory_ + "/tmp/" + core::hex_encode(core::random_bytes(16));
    make_durable_directory(parent);
    try {
        const core::Fd file =
            core::open_file(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
        core::write_all(file.get(), bytes, temporary);
        if (::fsync(file.get()) != 0) {
            throw core::system_failure("cannot sync", temporary, errno);
        }
        if (::rename(temporary.c_str(), path.c_str()) != 0) {
            throw core::system_failure("cannot rename into place", path, errno);
        }
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
    core::sync_directory(parent);
}

std::optional<std::string> Blobs::get(const Digest& digest) const {
    const std::string path = path_of(digest);
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) {
        if (errno == ENOENT) {
            return std::nullopt;
        }
        throw core::system_failure("cannot look at", path, errno);
    }
    if (!S_ISREG(found.st_mode) || found.st_size > static_cast<off_t>(max_bytes)) {
        throw Failure(FailureKind::corrupt, "what is kept there is no blob", path);
    }
    auto bytes = core::read_file_if_exists(path, max_bytes);
    if (bytes && core::sha256(*bytes) != digest) {
        throw Failure(FailureKind::corrupt,
                      "the kept bytes do not have the digest they are kept under", path);
    }
    return bytes;
}

bool Blobs::contains(const Digest& digest) const {
    struct stat found {};
    return ::lstat(path_of(digest).c_str(), &found) == 0 && S_ISREG(found.st_mode);
}

Collected Blobs::collect(const std::set<Digest>& live, core::Instant now,
                         std::chrono::seconds grace) {
    Collected report;
    const core::Instant limit = now - grace;
    const auto sweep = [&](const fs::path& file, bool keep) {
        struct stat found {};
        const bool there = ::lstat(file.c_str(), &found) == 0 && S_ISREG(found.st_mode);
        if (there && !keep && put_before(found, limit)) {
            remove_file(file, found, report);
        } else if (there) {
            ++report.kept;
        }
    };
    for (const fs::path& file : entries_of(directory_ + "/tmp")) {
        sweep(file, false);
    }
    for (const fs::path& shelf : entries_of(directory_ + "/sha256")) {
        if (!fs::is_directory(fs::symlink_status(shelf))) {
            continue;
        }
        for (const fs::path& file : entries_of(shelf)) {
            if (const auto digest = Digest::parse(hex_of(file))) {
                sweep(file, live.contains(*digest));
            }
        }
    }
    return report;
}

} // namespace agentd::store
