#include "agentd/api/prerequisites.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/line_socket.hpp"
#include "agentd/core/text.hpp"
#include "agentd/programs.hpp"
#include "proposals/presence.hpp"
#include "sandbox/run.hpp"

#include <algorithm>
#include <array>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace agentd::api {

namespace {

Prerequisite check(std::string name, bool ok, std::string detail, std::string mend) {
    return {
        .name = std::move(name), .ok = ok, .detail = std::move(detail), .mend = std::move(mend)};
}

/// The first of these that can be run.
std::string find_program(const std::string& configured, std::string_view name) {
    std::vector<std::string> places{configured};
    for (const char* folder : {"/run/current-system/sw/bin/", "/usr/bin/", "/bin/",
                               "/nix/var/nix/profiles/default/bin/"}) {
        places.push_back(folder + std::string(name));
    }
    const auto found = std::find_if(places.begin(), places.end(), [](const std::string& place) {
        return !place.empty() && ::access(place.c_str(), X_OK) == 0;
    });
    return found == places.end() ? std::string() : *found;
}

Prerequisite room(const std::string& name, const std::string& folder) {
    struct statvfs now {};
    if (::statvfs(folder.c_str(), &now) != 0) {
        return check(name, false, folder + " is not there or may not be entered",
                     "the NixOS module makes it; else make it and give it to agentd");
    }
    const auto mib = static_cast<std::uint64_t>(now.f_bavail) * now.f_frsize >> 20U;
    return check(name, mib >= 256, std::to_string(mib) + " MiB are free at " + folder,
                 "make room: `agentctl store gc` proposes to collect garbage; or a larger disk");
}

/// A file alone proves nothing: somebody has to listen on it. Empty: well.
std::string why_mute(const std::string& path) {
    struct stat file {};
    if (::stat(path.c_str(), &file) != 0 || !S_ISSOCK(file.st_mode)) {
        return "there is no socket at " + path;
    }
    try {
        core::connect_to(path);
        return {};
    } catch (const core::Failure& failure) {
        return "nobody answers at " + path + ": " + failure.message();
    }
}

Prerequisite socket_at(const std::string& name, const std::string& path, const std::string& unit) {
    const std::string mute = why_mute(path);
    struct stat file {};
    const bool open = ::stat(path.c_str(), &file) == 0 && (file.st_mode & 0002) != 0;
    return check(name, mute.empty() && !open,
                 !mute.empty() ? mute
                 : open        ? path + " may be opened by everybody"
                               : path + " answers",
                 !mute.empty() ? "systemctl start " + unit + "; why it ended: journalctl -u " + unit
                               : "chmod o-rw " + path + " and look who made it so");
}

} // namespace

std::vector<Prerequisite> program_prerequisites(const Config& config, const evaluator::Nix& nix) {
    std::vector<Prerequisite> out;
    const std::string git = find_program(nix.installation().programs().git, "git");
    out.push_back(check("git", !git.empty(), git.empty() ? "not found" : git,
                        "Nix calls it for `git+file`: add pkgs.git to the system's packages"));
    const std::string keygen = find_program(config.programs.ssh_keygen, "ssh-keygen");
    out.push_back(
        check("ssh-keygen", !keygen.empty(), keygen.empty() ? "not found" : keygen,
              "approving with an SSH key needs it: set programs.ssh_keygen, or add pkgs.openssh"));
    for (const auto& [name, configured] : {std::pair("agentd-analyze", config.programs.analyze),
                                           std::pair("agentd-confine", config.programs.confine)}) {
        const std::string path = program_path(configured, name);
        const bool there = ::access(path.c_str(), X_OK) == 0;
        out.push_back(check(name, there, there ? path : path + " cannot be run",
                            "install it beside agentd, or name it in [programs]"));
    }
    return out;
}

std::vector<Prerequisite> place_prerequisites(const Config& config) {
    std::vector<Prerequisite> out;
    out.push_back(socket_at("append.sock", config.audit.socket, "agentd-auditd.socket"));
    out.push_back(socket_at("apply.sock", config.sockets.apply, "agentd-applyd.socket"));
    out.push_back(socket_at("admin.sock", config.sockets.admin, "agentd.service"));
    out.push_back(room("room-state", config.state.directory));
    out.push_back(room("room-log", config.audit.directory));
    out.push_back(room("room-store", "/nix/store"));
    return out;
}

std::vector<Prerequisite> approvers_in(const std::string& file) {
    const std::string mend =
        "declare services.agentd.approvers in the configuration, or pair a browser: "
        "sudo agentctl web login";
    try {
        const auto text = core::read_file_if_exists(file, 256U << 10);
        if (!text) {
            return {check("approvers", false, file + " is not there: nobody can approve", mend)};
        }
        const auto parsed = proposals::parse_approvers(*text);
        struct stat status {};
        const bool guarded = ::stat(file.c_str(), &status) == 0 && (status.st_mode & 0022) == 0 &&
                             status.st_uid == 0;
        std::vector<Prerequisite> out;
        out.push_back(
            check("approvers", !parsed.approvers.empty() && parsed.problems.empty(),
                  std::to_string(parsed.approvers.size()) + " keys may approve" +
                      (parsed.problems.empty() ? ""
                                               : "; " + parsed.problems.front().where + ": " +
                                                     parsed.problems.front().message),
                  parsed.problems.empty() ? mend : "mend that line of " + file));
        out.push_back(check("approvers-guarded", guarded,
                            guarded ? file + " is root's alone"
                                    : file + " can be written by others than root",
                            "chown root " + file + " and chmod 0644 " + file));
        return out;
    } catch (const core::Failure& failure) {
        return {check("approvers", false, failure.what(), "let agentd read " + file)};
    }
}

} // namespace agentd::api
