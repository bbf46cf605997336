#include "sandbox/confine/options.hpp"

#include <charconv>
#include <sched.h>
#include <string_view>
#include <sys/resource.h>

namespace agentd::confine {
namespace {

bool number(std::string_view text, std::uint64_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

bool read_namespace(std::string_view name, std::string_view value, Options& options) {
    const int flag = name == "--network"     ? CLONE_NEWNET
                     : name == "--mounts"    ? CLONE_NEWNS
                     : name == "--ipc"       ? CLONE_NEWIPC
                     : name == "--processes" ? CLONE_NEWPID
                                             : 0;
    if (flag == 0 || (value != "required" && value != "best-effort")) {
        return false;
    }
    options.namespaces.push_back({flag, value == "required"});
    return true;
}

bool read_number(std::string_view name, std::string_view value, Options& options) {
    std::uint64_t n = 0;
    if (!number(value, n)) {
        return false;
    }
    const int resource = name == "--as"       ? static_cast<int>(RLIMIT_AS)
                         : name == "--cpu"    ? static_cast<int>(RLIMIT_CPU)
                         : name == "--fsize"  ? static_cast<int>(RLIMIT_FSIZE)
                         : name == "--nofile" ? static_cast<int>(RLIMIT_NOFILE)
                         : name == "--nproc"  ? static_cast<int>(RLIMIT_NPROC)
                                              : -1;
    if (resource >= 0) {
        options.limits.push_back({resource, n});
    } else if (name == "--uid") {
        options.drop = true;
        options.uid = static_cast<uid_t>(n);
    } else if (name == "--gid") {
        options.gid = static_cast<gid_t>(n);
    } else if (name == "--umask") {
        options.umask = static_cast<mode_t>(n);
    } else if (name == "--die-with-parent") {
        options.parent = static_cast<pid_t>(n);
    } else {
        return false;
    }
    return true;
}

} // namespace

bool read_options(int count, char** arguments, Options& options, const char*& bad) {
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        bad = arguments[i];
        if (argument == "--") {
            options.program = arguments + i + 1;
            return i + 1 < count;
        }
        const auto equals = argument.find('=');
        const auto name = argument.substr(0, equals);
        const auto value =
            equals == argument.npos ? std::string_view() : argument.substr(equals + 1);
        if (argument == "--no-new-privileges") {
            options.no_new_privileges = true;
        } else if (name == "--hide" && value.starts_with('/')) {
            options.hidden.push_back(value.data());
        } else if (name == "--files" && (value == "required" || value == "best-effort")) {
            options.restrict_files = true;
            options.files_required = value == "required";
        } else if (name == "--read" && value.starts_with('/')) {
            options.readable.push_back(value.data());
        } else if (name == "--write" && value.starts_with('/')) {
            options.writable.push_back(value.data());
        } else if (!read_namespace(name, value, options) && !read_number(name, value, options)) {
            return false;
        }
    }
    bad = "-- and a program";
    return false;
}

} // namespace agentd::confine
