#include "agentd/probe/shut_in.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <optional>
#include <sys/prctl.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace agentd::probe {

namespace {

using sandbox::Need;

constexpr sandbox::Identity nobody{.uid = 65'534, .gid = 65'534};
#if defined(__SANITIZE_ADDRESS__) // reserves terabytes that it never uses
constexpr std::optional<std::uint64_t> mib(std::uint64_t) {
    return std::nullopt;
}
#else
constexpr std::optional<std::uint64_t> mib(std::uint64_t count) {
    return count << 20;
}
#endif
constexpr int status_fd = 3; ///< where agentd-confine says what it cannot do

sandbox::Profile for_command(const Question& question) {
    sandbox::Profile profile;
    profile.run_as = nobody;
    profile.mount_namespace = Need::required;
    profile.hidden = {"/root", "/home", "/run/secrets", "/run/secrets.d", "/run/agenix"};
    profile.limits = {.address_space = mib(4096),
                      .cpu_seconds = static_cast<std::uint64_t>(question.limit.count()) + 1,
                      .file_size = std::uint64_t{16} << 20,
                      .open_files = 256};
    return profile;
}

sandbox::Profile for_own_question(const Question& question, const std::string& folder) {
    sandbox::Profile profile;
    profile.limits = {
        .address_space = mib(512), .cpu_seconds = 30, .file_size = 0, .open_files = 64};
    profile.files =
        sandbox::Files{.readable = {folder, "/nix/store", "/usr", "/lib", "/lib64", "/etc"}};
    for (const char* name : {"/etc/resolv.conf", "/etc/hosts"}) { // wherever somebody keeps them
        std::error_code error;
        const auto file = std::filesystem::canonical(name, error);
        if (!error) {
            profile.files->readable.push_back(file.string());
        }
    }
    if (question.kind == Kind::disk || question.kind == Kind::find) {
        profile.network_namespace = Need::required;
    }
    if (!question.key.empty()) {
        profile.files->readable.push_back(question.key);
    }
    if (question.kind != Kind::ssh && question.kind != Kind::disk) {
        profile.run_as = nobody;
    }
    return profile;
}

} // namespace

sandbox::Profile profile_for(const Question& question, const std::string& folder) {
    auto profile =
        question.kind == Kind::command ? for_command(question) : for_own_question(question, folder);
    profile.ipc_namespace = Need::required;
    profile.process_namespace = Need::required;
    profile.die_with_parent = false; // whose number confine_arguments does not know
    return profile;
}

core::Problem start_shut_in(const Question& question) {
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
    std::vector<std::string> words{sandbox::confine_program()};
    for (auto& option :
         sandbox::confine_arguments(profile_for(question, self.parent_path().string()))) {
        words.push_back(std::move(option));
    }
    words.insert(words.end(), {"--", self.string(), "shut-in"});
    std::vector<char*> pointers;
    for (auto& word : words) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    char* const no_environment[] = {nullptr};
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::lseek(STDIN_FILENO, 0, SEEK_SET) == 0 &&
        ::dup2(STDERR_FILENO, status_fd) == status_fd) {
        ::execve(pointers.front(), pointers.data(), no_environment);
    }
    return {.code = "cannot",
            .message = std::string("agentd-probe cannot be shut in: ") + std::strerror(errno)};
}

} // namespace agentd::probe
