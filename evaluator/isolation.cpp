#include "evaluator/isolation.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "evaluator/nix_differences.hpp"
#include "evaluator/nix_probe.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace agentd::evaluator {
namespace {

bool starts_with(sandbox::Profile profile, const Nix& nix, const std::stop_token& stop) {
    auto command = nix.nix(NixPurpose::evaluate, {"--version"});
    profile.confine = command.profile->confine;
    command.profile = std::move(profile);
    try {
        return sandbox::run(command, stop).succeeded();
    } catch (const core::Failure&) {
        return false; // it was required, and cannot be had
    }
}

constexpr const char* by_itself = "you are not root: what states the hash of its output beforehand "
                                  "(a download) is built with the "
                                  "network; nothing else is";

/// What builds where we may not write the store ourselves.
std::string of_daemon(const Nix& nix, const std::stop_token& stop) {
    const auto settings = running_settings(nix, stop);
    const auto sandbox = settings ? settings->find("sandbox") : ShownSettings::const_iterator();
    const std::string own = !settings || sandbox == settings->end()
                                ? "which cannot be read: " +
                                      (settings ? "it does not tell" : settings.problem().message)
                                : "sandbox = " + sandbox->second;
    return "builds are made by the machine's Nix daemon with its own settings, not with ours (" +
           own + ")";
}

} // namespace

Isolation isolation_of(const Nix& nix, const std::stop_token& stop) {
    return {.network = starts_with({.network_namespace = sandbox::Need::required}, nix, stop),
            .files = starts_with({.files = sandbox::Files{.readable = {"/"}, .writable = {"/"}}},
                                 nix, stop)};
}

std::vector<std::string> missing_for_evaluation(const Nix& nix, const std::stop_token& stop) {
    const auto had = isolation_of(nix, stop);
    std::vector<std::string> out;
    if (!had.network) {
        out.emplace_back("no network namespace can be had here: an evaluation could reach the "
                         "network (root has one; others where the kernel lets them)");
    }
    if (!had.files) {
        out.emplace_back("this kernel cannot restrict files (Landlock): an evaluation could read "
                         "what you can read");
    }
    return out;
}

std::vector<std::string> missing_isolation(const Nix& nix, const std::stop_token& stop) {
    auto out = missing_for_evaluation(nix, stop);
    if (::geteuid() != 0) {
        out.emplace_back(by_itself);
    }
    if (through_daemon(nix)) {
        out.push_back(of_daemon(nix, stop));
    }
    for (const auto& hole : holes_in(nix.installation().version())) {
        out.push_back(nix.installation().version().text + " has, by its number, " +
                      std::string(hole.advisory) + " (" + std::string(hole.what) + ")");
    }
    return out;
}

core::Result<core::Done> store_answers(const Nix& nix) {
    constexpr const char* usual = "/nix/var/nix/daemon-socket/socket";
    if (!nix.settings().store.empty() || !through_daemon(nix)) {
        return core::Done{};
    }
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::string_view(usual).copy(address.sun_path, sizeof address.sun_path - 1);
    const core::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket &&
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        return core::Done{};
    }
    return core::Problem{.code = "unavailable",
                         .message = "you may not write the Nix store, and no Nix daemon answers: " +
                                    std::generic_category().message(errno),
                         .where = usual,
                         .hint = "run it as root, or start the daemon: systemctl start "
                                 "nix-daemon.socket"};
}

} // namespace agentd::evaluator
