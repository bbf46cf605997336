/// @file
/// What agentd-confine was asked to set. Made from argv by sandbox::confine_arguments.
#pragma once

#include <cstdint>
#include <sys/types.h>
#include <vector>

namespace agentd::confine {

struct Namespace {
    int flag = 0; ///< CLONE_NEW…
    bool required = true;
};
struct Limit {
    int resource = 0; ///< RLIMIT_…
    std::uint64_t value = 0;
};

struct Options {
    std::vector<Namespace> namespaces{};
    std::vector<const char*> hidden{};
    bool restrict_files = false;
    bool files_required = false;
    std::vector<const char*> readable{};
    std::vector<const char*> writable{};
    std::vector<Limit> limits{};
    bool drop = false;
    uid_t uid = 0;
    gid_t gid = 0;
    mode_t umask = 077;
    bool no_new_privileges = false;
    pid_t parent = 0;         ///< not 0: die with it
    char** program = nullptr; ///< its argv, ended by a null
};

/// False, and `bad` names the argument, when something is not understood. Nothing is skipped.
bool read_options(int count, char** arguments, Options& options, const char*& bad);

} // namespace agentd::confine
