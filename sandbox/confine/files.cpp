#include "sandbox/confine/files.hpp"

#include "sandbox/confine/steps.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace agentd::confine {
namespace {

constexpr std::uint64_t look =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t of_files =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
/// Everything that the first version knows, and moving between folders where the kernel can allow
/// it.
constexpr std::uint64_t first_version = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

/// What `fd` is, and what lies below it. `path` is for words only.
void allow(int rules, int fd, const char* path, std::uint64_t access) {
    struct stat info {};
    if (::fstat(fd, &info) == 0 && !S_ISDIR(info.st_mode)) {
        access &= of_files;
    }
    const landlock_path_beneath_attr rule{.allowed_access = access, .parent_fd = fd};
    if (::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
        give_up("cannot allow ", path);
    }
}

void allow(int rules, const char* path, std::uint64_t access) {
    const int fd = ::open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ENOENT || errno == EACCES || errno == ENOTDIR) {
            return;
        }
        give_up("cannot look at ", path);
    }
    allow(rules, fd, path, access);
    ::close(fd);
}

} // namespace

void restrict_files(const Options& options, int program) {
    if (!options.restrict_files) {
        return;
    }
    const long version =
        ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) {
        if (options.files_required) {
            give_up("this kernel cannot restrict files");
        }
        return;
    }
    const std::uint64_t all =
        first_version | (version >= 2 ? std::uint64_t{LANDLOCK_ACCESS_FS_REFER} : 0);
    const landlock_ruleset_attr handled{.handled_access_fs = all};
    const long rules = ::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
    if (rules < 0) {
        give_up("cannot make rules for files");
    }
    for (const char* path : options.readable) {
        allow(static_cast<int>(rules), path, look);
    }
    for (const char* path : options.writable) {
        allow(static_cast<int>(rules), path, all);
    }
    if (program >= 0) {
        allow(static_cast<int>(rules), program, options.program[0], look);
    }
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::syscall(SYS_landlock_restrict_self, rules, 0) != 0) {
        give_up("cannot restrict files");
    }
    ::close(static_cast<int>(rules));
}

} // namespace agentd::confine
