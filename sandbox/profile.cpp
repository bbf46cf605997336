#include "sandbox/profile.hpp"

#include "agentd/core/failure.hpp"

#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace agentd::sandbox {
namespace {

void add_need(std::vector<std::string>& out, const char* option, Need need) {
    switch (need) {
    case Need::unwanted:
        return;
    case Need::required:
        out.push_back(std::string(option) + "=required");
        return;
    case Need::best_effort:
        out.push_back(std::string(option) + "=best-effort");
        return;
    }
}

void add_limit(std::vector<std::string>& out, const char* option,
               const std::optional<std::uint64_t>& limit) {
    if (limit) {
        out.push_back(std::string(option) + "=" + std::to_string(*limit));
    }
}

} // namespace

std::string confine_program() {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    const std::string beside = error ? "" : (self.parent_path() / "agentd-confine").string();
    for (const std::string& candidate : {beside, std::string(AGENTD_CONFINE_PROGRAM)}) {
        if (!candidate.empty() && ::access(candidate.c_str(), X_OK) == 0) {
            return candidate;
        }
    }
    throw core::Failure(core::FailureKind::misconfigured,
                        "agentd-confine is neither beside this program nor where it was installed",
                        AGENTD_CONFINE_PROGRAM);
}

std::vector<std::string> confine_arguments(const Profile& profile) {
    std::vector<std::string> out;
    add_need(out, "--network", profile.network_namespace);
    add_need(out, "--mounts", profile.mount_namespace);
    add_need(out, "--ipc", profile.ipc_namespace);
    add_need(out, "--processes", profile.process_namespace);
    if (!profile.hidden.empty() && profile.mount_namespace == Need::unwanted) {
        throw core::Failure(core::FailureKind::internal,
                            "directories can be hidden only in a mount namespace");
    }
    for (const auto& directory : profile.hidden) {
        out.push_back("--hide=" + directory);
    }
    if (profile.files) {
        add_need(out, "--files", profile.files->need);
        for (const auto& path : profile.files->readable) {
            out.push_back("--read=" + path);
        }
        for (const auto& path : profile.files->writable) {
            out.push_back("--write=" + path);
        }
    }
    add_limit(out, "--as", profile.limits.address_space);
    add_limit(out, "--cpu", profile.limits.cpu_seconds);
    add_limit(out, "--fsize", profile.limits.file_size);
    add_limit(out, "--nofile", profile.limits.open_files);
    add_limit(out, "--nproc", profile.limits.processes);
    if (profile.run_as) {
        out.push_back("--uid=" + std::to_string(profile.run_as->uid));
        out.push_back("--gid=" + std::to_string(profile.run_as->gid));
    }
    out.push_back("--umask=" + std::to_string(profile.umask));
    if (profile.no_new_privileges) {
        out.push_back("--no-new-privileges");
    }
    if (profile.die_with_parent) {
        out.push_back("--die-with-parent=" + std::to_string(::getpid()));
    }
    return out;
}

} // namespace agentd::sandbox
