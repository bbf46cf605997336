#include "evaluator/builder.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/nix_differences.hpp"
#include "evaluator/remote_builders.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::evaluator {
namespace {

constexpr const char* machine_socket = "/nix/var/nix/daemon-socket/socket";
constexpr int first_of_lix = 90; // Lix's numbers begin where Nix's never were

std::string value(const ShownSettings& settings, std::string_view name) {
    const auto it = settings.find(name);
    return it == settings.end() ? "" : it->second;
}

/// What a sandbox always has, and what is in the store: everybody may read that.
bool harmless(std::string_view path) {
    if (path.ends_with('?')) {
        path.remove_suffix(1);
    }
    const auto equals = path.find('=');
    const auto inside = path.substr(0, equals);
    const auto outside = equals == path.npos ? path : path.substr(equals + 1);
    return inside == "/bin/sh" || inside == "/run/binfmt" || outside.starts_with("/nix/store/");
}

std::optional<NixVersion> version_in(std::string_view said) {
    constexpr std::string_view label = "Version: ";
    for (const auto line : core::lines(said)) {
        const auto at = line.find(label);
        if (at == line.npos) {
            continue;
        }
        auto version = NixVersion::parse("nix (Nix) " +
                                         std::string(core::trim(line.substr(at + label.size()))));
        if (version && version->minor >= first_of_lix) {
            version->flavour = NixFlavour::lix;
        }
        return version;
    }
    return std::nullopt;
}

std::optional<NixVersion> version_of(const Nix& nix, const std::string& daemon,
                                     const std::stop_token& stop) {
    auto command = nix.nix(NixPurpose::query, show_store_words(nix.installation().version()));
    command.environment["NIX_REMOTE"] = daemon;
    command.deadline = std::chrono::seconds(20);
    const auto outcome = sandbox::run(command, stop);
    return outcome.succeeded() ? version_in(outcome.out.bytes + "\n" + outcome.err.bytes)
                               : std::nullopt;
}

} // namespace

std::vector<std::string> open_settings(const ShownSettings& settings) {
    std::vector<std::string> out;
    const auto unless = [&](std::string_view name, std::string_view good, const char* what) {
        if (const auto shown = value(settings, name); shown != good) {
            out.push_back(std::string(name) + " = " + core::shorten(shown, 200) + " (" + what +
                          ")");
        }
    };
    unless("sandbox", "true", "builds see the machine");
    unless("sandbox-fallback", "false", "where no sandbox can be had it builds without one");
    unless("filter-syscalls", "true", "builds may make setuid programs");
    unless("allow-new-privileges", "false", "builds may run setuid programs");
    unless("pre-build-hook", "", "runs beside each build, as root");
    unless("post-build-hook", "", "runs after each build, as root");
    if (value(settings, "run-diff-hook") == "true") {
        unless("diff-hook", "", "runs after builds, as root");
    }
    const std::string shared = value(settings, "sandbox-paths");
    for (const auto path : core::split(shared, ' ')) {
        if (!path.empty() && !harmless(path)) {
            out.push_back("sandbox-paths has " + core::shorten(path, 200) +
                          " (every build sees it)");
        }
    }
    const std::string features = value(settings, "experimental-features");
    for (const auto feature : core::split(features, ' ')) {
        if (feature == "recursive-nix" || feature == "impure-derivations") {
            out.push_back("experimental-features has " + std::string(feature) +
                          " (a build may reach further than its sandbox)");
        }
    }
    return out;
}

bool own_daemon(std::string_view store) {
    constexpr std::string_view scheme = "unix://";
    if (!store.starts_with(scheme)) {
        return false;
    }
    const std::string path(store.substr(scheme.size()));
    struct stat theirs {};
    struct stat machines {};
    // By the file, not by its name: a link to the machine's socket is the machine's socket.
    const bool same = ::stat(path.c_str(), &theirs) == 0 &&
                      ::stat(machine_socket, &machines) == 0 && theirs.st_dev == machines.st_dev &&
                      theirs.st_ino == machines.st_ino;
    return !same && path != machine_socket;
}

Builder builder_of(const Nix& nix, const std::stop_token& stop) {
    const auto& store = nix.settings().store;
    return builder_of(nix, !through_daemon(nix) ? "" : store.empty() ? "daemon" : store, stop);
}

Builder builder_of(const Nix& nix, std::string daemon, const std::stop_token& stop) {
    Builder out{.daemon = std::move(daemon)};
    if (out.daemon.empty()) {
        return out;
    }
    out.machine = !own_daemon(out.daemon);
    out.version = version_of(nix, out.daemon, stop);
    if (out.machine) {
        const auto settings = running_settings(nix, stop);
        out.open = settings
                       ? open_settings(*settings)
                       : std::vector{"its settings cannot be read: " + settings.problem().message};
        if (settings && machines_daemon(out.daemon)) {
            for (const auto& each :
                 remote_builders(value(*settings, "builders"), nix.settings().scratch + "/conf",
                                 nix.settings().machine_settings)) {
                out.open.push_back("builders has " + each +
                                   " (what it builds is believed, and how is its own affair)");
            }
        }
    }
    return out;
}

std::string daemon_of_others(const std::string& own_socket) {
    return !own_socket.empty()                   ? "unix://" + own_socket
           : ::access(machine_socket, F_OK) == 0 ? "daemon"
                                                 : "";
}

std::optional<bool> build_escapable(const Nix& nix, const Builder& builder) {
    if (!builder.open.empty() || build_escapable(nix.installation().version()) ||
        (builder.version && build_escapable(*builder.version))) {
        return true;
    }
    return builder.daemon.empty() || builder.version ? std::optional(false) : std::nullopt;
}

} // namespace agentd::evaluator
