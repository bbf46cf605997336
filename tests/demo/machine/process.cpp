#include "process.hpp"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <grp.h>
#include <sstream>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace agentd::demo {

namespace {

struct Identity {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups{};
    std::string name{"root"}, home{"/root"};
    bool found = true;
};

std::vector<std::vector<std::string>> records(const char* file) {
    std::vector<std::vector<std::string>> all;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        std::vector<std::string> fields;
        std::istringstream cut(line);
        for (std::string field; std::getline(cut, field, ':');)
            fields.push_back(field);
        all.push_back(std::move(fields));
    }
    return all;
}

unsigned number(const std::string& text) {
    return static_cast<unsigned>(std::strtoul(text.c_str(), nullptr, 10));
}

/// From the machine's own files: libc would load name services that are not in here.
Identity identity_of(const UnitFile& unit) {
    Identity who;
    if (unit.dynamic_user && unit.user.empty()) {
        who.uid = who.gid =
            61184U + static_cast<unsigned>(std::hash<std::string>{}(unit.name) % 4336U);
        who.name = unit.name.substr(0, unit.name.rfind('.'));
        who.home = std::string(1, '/');
    } else if (!unit.user.empty()) {
        who.found = false;
        for (const auto& field : records("/etc/passwd"))
            if (field.size() >= 6 && (field[0] == unit.user || field[2] == unit.user)) {
                who = {.uid = number(field[2]),
                       .gid = number(field[3]),
                       .name = field[0],
                       .home = field[5]};
                break;
            }
    }
    for (const auto& field : records("/etc/group")) {
        if (field.size() < 3)
            continue;
        if (!unit.group.empty() && (field[0] == unit.group || field[2] == unit.group))
            who.gid = number(field[2]);
        if (field.size() > 3 &&
            ("," + field[3] + ",").find("," + who.name + ",") != std::string::npos)
            who.groups.push_back(number(field[2]));
    }
    who.groups.push_back(who.gid);
    return who;
}

void read_environment_file(Environment& environment, const std::string& name) {
    std::ifstream in(name.starts_with('-') ? name.substr(1) : name);
    for (std::string line; std::getline(in, line);) {
        const auto part = trim(line);
        if (part.empty() || part[0] == '#')
            continue;
        for (const auto& word : split_words(part))
            if (const auto equals = word.find('='); equals != std::string::npos)
                environment[word.substr(0, equals)] = word.substr(equals + 1);
    }
}

Environment environment_for(const SpawnRequest& request, const Identity& who) {
    Environment environment{{"PATH", "/run/wrappers/bin:/run/current-system/sw/bin"},
                            {"LANG", "C.UTF-8"},
                            {"HOME", who.home},
                            {"USER", who.name},
                            {"LOGNAME", who.name}};
    for (const auto& directory : request.unit.directories) {
        auto& value = environment[directory.variable];
        value += (value.empty() ? "" : ":") + directory.path;
    }
    for (const auto& [name, value] : request.unit.environment)
        environment[name] = value;
    for (const auto& file : request.unit.environment_files)
        read_environment_file(environment, file);
    environment["INVOCATION_ID"] = request.invocation;
    if (request.main_pid > 0)
        environment["MAINPID"] = std::to_string(request.main_pid);
    return environment;
}

struct Failure {
    int status = 0;
    int error = 0;
};

[[noreturn]] void give_up(int pipe, int status) {
    const Failure failure{.status = status, .error = errno};
    [[maybe_unused]] const auto written = write(pipe, &failure, sizeof failure);
    _exit(status);
}

[[noreturn]] void become(const SpawnRequest& request, const Identity& who, int pipe,
                         char* const* argv, char* const* envp) {
    setsid();
    for (int signal_number = 1; signal_number < NSIG; ++signal_number)
        signal(signal_number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    if (dup2(request.output, 1) < 0 || dup2(request.output, 2) < 0)
        give_up(pipe, 222);
    if (!request.command.as_root && who.uid != 0) {
        if (setgroups(who.groups.size(), who.groups.data()) != 0 || setgid(who.gid) != 0)
            give_up(pipe, 216);
        if (setuid(who.uid) != 0)
            give_up(pipe, 217);
    }
    const std::string& folder = request.unit.working_directory;
    if (chdir(folder.empty()     ? "/"
              : folder[0] == '-' ? folder.c_str() + 1
                                 : folder.c_str()) != 0 &&
        folder[0] != '-')
        give_up(pipe, 200);
    umask(022);
    execve(request.command.program.c_str(), argv, envp);
    give_up(pipe, 203);
}

} // namespace

Spawned spawn(const SpawnRequest& request) {
    const Identity who = identity_of(request.unit);
    if (!who.found)
        return {.status = 217, .why = "no such user: " + request.unit.user};
    const Environment environment = environment_for(request, who);
    std::vector<std::string> words = expand_variables(request.command.words, environment), settings;
    for (const auto& [name, value] : environment)
        settings.push_back(name + "=" + value);
    std::vector<char*> argv, envp;
    for (auto& word : words)
        argv.push_back(word.data());
    for (auto& setting : settings)
        envp.push_back(setting.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);

    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0)
        return {.status = 222, .why = std::strerror(errno)};
    const pid_t pid = fork();
    if (pid == 0)
        become(request, who, report[1], argv.data(), envp.data());
    close(report[1]);
    Failure failure;
    const bool failed = pid < 0 || read(report[0], &failure, sizeof failure) == sizeof failure;
    close(report[0]);
    if (!failed)
        return {.pid = pid};
    // the child is reaped by the main loop as an orphan
    return {.status = failure.status,
            .why = request.command.program + ": " + std::strerror(failure.error)};
}

std::vector<pid_t> processes_of(const std::string& invocation) {
    std::vector<pid_t> found;
    if (invocation.empty())
        return found;
    const std::string mark = "INVOCATION_ID=" + invocation;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator("/proc", none)) {
        const pid_t pid = static_cast<pid_t>(number(entry.path().filename().string()));
        if (pid <= 1)
            continue;
        std::ifstream in(entry.path() / "environ", std::ios::binary);
        const std::string all((std::istreambuf_iterator<char>(in)), {});
        if (all.find(mark) != std::string::npos)
            found.push_back(pid);
    }
    return found;
}

void make_directories(const UnitFile& unit) {
    const Identity who = identity_of(unit);
    for (const auto& directory : unit.directories) {
        std::error_code none;
        fs::create_directories(directory.path, none);
        [[maybe_unused]] const int owned = chown(directory.path.c_str(), who.uid, who.gid);
        chmod(directory.path.c_str(), directory.mode);
    }
}

void remove_volatile_directories(const UnitFile& unit) {
    std::error_code none;
    for (const auto& directory : unit.directories)
        if (directory.volatile_)
            fs::remove_all(directory.path, none);
}

std::string new_invocation() {
    unsigned char bytes[16] = {};
    [[maybe_unused]] const auto got = getrandom(bytes, sizeof bytes, 0);
    std::string text;
    for (const unsigned char byte : bytes) {
        text += "0123456789abcdef"[byte >> 4U];
        text += "0123456789abcdef"[byte & 15U];
    }
    return text;
}

} // namespace agentd::demo
