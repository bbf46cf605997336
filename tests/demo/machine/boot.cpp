#include "boot.hpp"

#include "unit_text.hpp"

#include <csignal>
#include <cstdio>
#include <fstream>
#include <iomanip>
#include <random>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace agentd::demo {

namespace {

std::string setting(const fs::path& file, const std::string& key) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(key + " "))
            return std::string(trim(line.substr(key.size())));
    return {};
}

bool is_system(const fs::path& path) {
    return path.string().starts_with("/nix/store/") && fs::exists(path / "activate") &&
           fs::exists(path / "init");
}

fs::path from_loader() {
    const std::string entry = setting("/boot/loader/loader.conf", "default");
    if (entry.empty() || entry.find('/') != std::string::npos)
        return {};
    for (const auto& word :
         split_words(setting(fs::path("/boot/loader/entries") / entry, "options")))
        if (word.starts_with("init="))
            return fs::path(word.substr(5)).parent_path();
    return {};
}

fs::path from_profile() {
    std::error_code none;
    const fs::path generation = fs::read_symlink(profile, none);
    return generation.empty()
               ? fs::path()
               : fs::read_symlink(fs::path(profile).parent_path() / generation, none);
}

int run(const fs::path& program, const char* argument) {
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        dup2(2, 1);
        const char* const argv[] = {program.c_str(), argument, nullptr};
        const char* const envp[] = {"PATH=/run/current-system/sw/bin", "NIXOS_NO_SYNC=1", nullptr};
        execve(program.c_str(), const_cast<char* const*>(argv), const_cast<char* const*>(envp));
        _exit(127);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void complain(const std::string& text) {
    std::fprintf(stderr, "agentd-demo-init: %s\n", text.c_str());
}

/// As systemd does at the first boot: 32 random hex digits that stay.
void give_machine_id() {
    if (fs::exists("/etc/machine-id"))
        return;
    std::random_device random;
    std::ofstream out("/etc/machine-id");
    for (int i = 0; i < 4; ++i)
        out << std::hex << std::setw(8) << std::setfill('0') << random();
    out << '\n';
}

} // namespace

fs::path boot_default() {
    for (const auto& candidate : {from_loader(), from_profile()})
        if (is_system(candidate))
            return candidate;
    throw std::runtime_error(
        "no boot entry and no profile names a system; start once with --system");
}

void bring_up(const fs::path& system) {
    if (!is_system(system))
        throw std::runtime_error(system.string() + " is not a system");
    if (const int status = run(system / "activate", nullptr); status != 0)
        complain("activation ended with status " + std::to_string(status));
    fs::create_directory_symlink(system, "/run/booted-system");
    give_machine_id();
    if (fs::is_symlink(profile))
        return;
    fs::create_directories(fs::path(profile).parent_path());
    fs::create_directory_symlink(system, std::string(profile) + "-1-link");
    fs::create_directory_symlink("system-1-link", profile);
    if (run(system / "bin/switch-to-configuration", "boot") != 0)
        complain("the boot loader was not installed");
}

} // namespace agentd::demo
