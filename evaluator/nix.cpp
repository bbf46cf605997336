#include "evaluator/nix.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <array>
#include <filesystem>
#include <unistd.h>
#include <utility>

namespace agentd::evaluator {
namespace {

using core::Failure;
using core::FailureKind;

constexpr std::array<std::string_view, 3> folders{"/run/current-system/sw/bin", "/usr/bin",
                                                  "/nix/var/nix/profiles/default/bin"};

std::string locate(std::string given, std::string_view name) {
    if (!given.empty()) {
        if (!given.starts_with('/') || ::access(given.c_str(), X_OK) != 0) {
            throw Failure(FailureKind::misconfigured,
                          "not the absolute path of a program: set it to where " +
                              std::string(name) + " is",
                          given);
        }
        return given;
    }
    for (const auto folder : folders) {
        const std::string candidate = std::string(folder) + "/" + std::string(name);
        if (::access(candidate.c_str(), X_OK) == 0) {
            return candidate;
        }
    }
    throw Failure(FailureKind::misconfigured,
                  std::string(name) + " is in none of /run/current-system/sw/bin, /usr/bin, "
                                      "/nix/var/nix/profiles/default/bin: name its path");
}

/// The numbers of `2.26.3`, `2.93.0-dev`, `2.8`: at least two, a third when it is there.
std::optional<std::array<int, 3>> leading_numbers(std::string_view text) {
    std::array<int, 3> out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
        const auto number = core::parse_integer(digits);
        if (!number || *number < 0 || *number > 9999) {
            return i < 2 ? std::nullopt : std::optional(out);
        }
        out[i] = static_cast<int>(*number);
        text.remove_prefix(digits.size());
        if (!text.starts_with('.')) {
            return i < 1 ? std::nullopt : std::optional(out);
        }
        text.remove_prefix(1);
    }
    return out;
}

} // namespace

std::optional<NixVersion> NixVersion::parse(std::string_view line) {
    line = core::trim(line);
    line = line.substr(0, line.find('\n'));
    NixVersion version;
    version.text = core::to_utf8(line.substr(0, 200));
    version.flavour = line.find("Lix") != line.npos           ? NixFlavour::lix
                      : line.find("Determinate") != line.npos ? NixFlavour::determinate
                                                              : NixFlavour::nix;
    // `nix (Determinate Nix 3.6.2) 2.29.0`: the Nix underneath comes last.
    const auto space = line.rfind(' ');
    const auto numbers =
        space == line.npos ? std::nullopt : leading_numbers(line.substr(space + 1));
    if (!line.starts_with("nix") || !numbers) {
        return std::nullopt;
    }
    version.major = numbers->at(0);
    version.minor = numbers->at(1);
    version.patch = numbers->at(2);
    return version;
}

bool NixVersion::at_least(int wanted_major, int wanted_minor) const noexcept {
    // Lix 2.90 and newer left Nix at 2.18.
    const bool as_2_18 = flavour == NixFlavour::lix && (major > 2 || minor >= 90);
    const auto mine = as_2_18 ? std::pair(2, 18) : std::pair(major, minor);
    return mine >= std::pair(wanted_major, wanted_minor);
}

NixInstallation::NixInstallation(NixPrograms programs)
    : programs_{.nix = locate(std::move(programs.nix), "nix"),
                .nix_store = locate(std::move(programs.nix_store), "nix-store"),
                .git = locate(std::move(programs.git), "git")} {
    const auto outcome = sandbox::run({.program = programs_.nix,
                                       .arguments = {"--version"},
                                       // or it asks who we are, and a user may be thrown away
                                       .environment = {{"HOME", "/nonexistent"}},
                                       .deadline = std::chrono::seconds(20)});
    auto version = NixVersion::parse(outcome.out.bytes);
    if (!outcome.succeeded() || !version) {
        throw Failure(FailureKind::misconfigured,
                      "cannot read a version from `nix --version`, which " +
                          sandbox::describe(outcome.ending),
                      programs_.nix);
    }
    version_ = std::move(*version);
}

Nix::Nix(NixInstallation installation, NixSettings settings)
    : installation_(std::move(installation)), settings_(std::move(settings)) {
    if (!settings_.scratch.starts_with('/')) {
        throw Failure(FailureKind::misconfigured, "the scratch directory of Nix must be absolute",
                      settings_.scratch);
    }
    for (const char* name : {"home", "cache", "config", "data", "state", "conf", "tmp"}) {
        core::make_directories(settings_.scratch + "/" + name, 0700);
    }
    // Whoever was killed while Nix made its copy of a repository left half of one, and no
    // evaluation would ever work again: "program 'git' failed with exit code 128".
    std::error_code ignored;
    std::filesystem::remove_all(settings_.scratch + "/cache/nix/gitv3", ignored);
    // Git believes safe.directory only from a file of its own user, never from the environment.
    std::string trusted;
    for (const auto& repository : settings_.repositories) {
        if (repository.find_first_of("\"\\\n") != std::string::npos) {
            throw Failure(FailureKind::misconfigured, "not a path git's configuration can hold",
                          repository);
        }
        trusted += "[safe]\n\tdirectory = \"" + repository + "\"\n";
    }
    // What stands there already needs no room: root's way back starts on a full disk, too.
    const std::string file = settings_.scratch + "/home/.gitconfig";
    if (core::read_file_if_exists(file) != trusted) {
        core::write_file_durably(file, trusted, 0600);
    }
}

sandbox::Command Nix::nix(NixPurpose purpose, std::vector<std::string> arguments) const {
    return command(purpose, installation_.programs().nix, std::move(arguments));
}

sandbox::Command Nix::nix_store(NixPurpose purpose, std::vector<std::string> arguments) const {
    return command(purpose, installation_.programs().nix_store, std::move(arguments));
}

sandbox::Command Nix::git(const std::string& repository, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "--git-dir=" + repository);
    return command(NixPurpose::query, installation_.programs().git, std::move(arguments));
}

sandbox::Command Nix::command(NixPurpose purpose, const std::string& program,
                              std::vector<std::string> arguments) const {
    const std::string& scratch = settings_.scratch;
    const std::filesystem::path git = installation_.programs().git;
    sandbox::Command out{.program = program, .arguments = std::move(arguments)};
    out.environment = {
        {"HOME", scratch + "/home"},
        {"USER", "agentd"}, // only where the accounts know no name for who runs it
        {"XDG_CACHE_HOME", scratch + "/cache"},
        {"XDG_CONFIG_HOME", scratch + "/config"},
        {"XDG_DATA_HOME", scratch + "/data"},
        {"XDG_STATE_HOME", scratch + "/state"},
        {"TMPDIR", scratch + "/tmp"},
        {"PATH",
         git.parent_path().string()}, // Nix looks for git by name; nothing else is looked for
        {"LANG", "C.UTF-8"},
        {"NIX_PATH", ""},
        {"NIX_USER_CONF_FILES", ""},
        {"NIX_CONFIG", configuration(purpose)},
        {"GIT_CONFIG_NOSYSTEM", "1"},
        {"GIT_ATTR_NOSYSTEM", "1"},
        {"GIT_TERMINAL_PROMPT", "0"},
    };
    if (!settings_.store.empty() && purpose != NixPurpose::fetch) { // ours has no network
        out.environment.emplace("NIX_REMOTE", settings_.store);
    }
    out.environment.emplace("NIX_CONF_DIR",
                            scratch + "/conf"); // empty: the machine's own is not read
    out.deadline = purpose == NixPurpose::evaluate ? settings_.evaluation_deadline
                   : purpose == NixPurpose::build  ? settings_.build_deadline
                   : purpose == NixPurpose::fetch  ? settings_.fetch_deadline
                                                   : settings_.query_deadline;
    // Nix ends its builders when it is asked to; killed outright, old versions leave them behind.
    // An evaluation has none, and deep in a regular expression it does not hear.
    out.grace = std::chrono::seconds(purpose == NixPurpose::build ? 10 : 1);
    // No process namespace: Nix names its temporary gc roots by process id, and two would be the
    // same.
    out.profile = sandbox::Profile{
        .confine = settings_.confine,
        .network_namespace =
            // Whoever is not root asks a daemon to build, or Nix makes namespaces of users itself.
        purpose == NixPurpose::fetch || (purpose == NixPurpose::build && ::geteuid() != 0)
            ? sandbox::Need::unwanted
            : settings_.isolation,
        .no_new_privileges = purpose != NixPurpose::build, // its sandbox changes uid and mounts
    };
    out.profile->umask = 022; // what lands in the store is for all to read
    if (purpose == NixPurpose::evaluate) {
        out.profile->limits.address_space = settings_.evaluation_memory;
    }
    return out;
}

} // namespace agentd::evaluator
