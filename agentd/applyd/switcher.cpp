#include "agentd/applyd/switcher.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "sandbox/run.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <thread>
#include <unistd.h>

namespace agentd::applyd {

namespace {

using namespace std::chrono;

constexpr auto verb_deadline = minutes(15);
constexpr auto lock_patience = seconds(60);

std::string last_lines(const sandbox::Outcome& outcome) {
    const std::string all = core::printable(core::trim(outcome.out.bytes + outcome.err.bytes));
    return all.size() <= 2000 ? all : "…" + core::to_utf8(all.substr(all.size() - 2000));
}

bool lock_was_taken(const sandbox::Outcome& outcome) {
    const auto mentions = [&](std::string_view word) {
        return outcome.err.bytes.find(word) != std::string::npos;
    };
    return !outcome.succeeded() && mentions("lock") &&
           (mentions("switch-to-configuration.lock") || mentions("acquire lock"));
}

} // namespace

void Switcher::keep(const core::StorePath& from, const core::StorePath& to) {
    core::make_directories(roots_, 0755);
    for (const auto& [name, path] : {std::pair("from", &from), std::pair("to", &to)}) {
        const auto outcome = sandbox::run(
            nix_.nix_store(evaluator::NixPurpose::query, {"--realise", path->str(), "--add-root",
                                                          roots_ + "/" + name, "--indirect"}));
        if (!outcome.succeeded()) {
            throw core::Failure(core::FailureKind::unavailable,
                                "the store does not keep this system: " + last_lines(outcome),
                                path->str());
        }
    }
}

void Switcher::release() noexcept {
    for (const char* name : {"/from", "/to"}) {
        ::unlink((roots_ + name).c_str());
    }
}

Switcher::Verb Switcher::run(const core::StorePath& toplevel, const std::string& verb) {
    const auto patience = steady_clock::now() + lock_patience;
    for (;;) {
        auto command = machine_.inside(toplevel.str() + "/bin/switch-to-configuration", {verb});
        command.deadline = verb_deadline;
        command.environment["LOCALE_ARCHIVE"] = "/run/current-system/sw/lib/locale/locale-archive";
        command.environment["NIXOS_INSTALL_BOOTLOADER"] = "0";
        const auto outcome = sandbox::run(command);
        if (lock_was_taken(outcome) && steady_clock::now() < patience) {
            std::this_thread::sleep_for(milliseconds(500));
            continue;
        }
        const auto* exited = std::get_if<sandbox::Exited>(&outcome.ending);
        std::string said = last_lines(outcome);
        if (exited == nullptr) {
            said += "\n" + sandbox::describe(outcome.ending);
        }
        return {.exit_status = exited == nullptr ? -1 : exited->code, .said = std::move(said)};
    }
}

void Switcher::sync_file_system(const std::string& path) {
    const core::Fd fd = core::open_file(path, O_RDONLY | O_DIRECTORY);
    if (::syncfs(fd.get()) != 0) {
        throw core::system_failure("cannot sync the file system", path, errno);
    }
}

core::Result<core::Done> Switcher::set_profile(const core::StorePath& toplevel) {
    // Nix syncs neither what it built nor the profile's link: after a power cut the profile could
    // name a system of empty files.
    sync_file_system("/nix/store");
    const std::string profile = machine_.on_host(machine_.profile());
    auto command = nix_.nix_store(evaluator::NixPurpose::query, {});
    command.program = (std::filesystem::path(command.program).parent_path() / "nix-env").string();
    command.arguments = {"--profile", profile, "--set", toplevel.str()};
    const auto outcome = sandbox::run(command);
    if (!outcome.succeeded()) {
        return core::Problem{.code = "profile",
                             .message =
                                 "nix-env could not set the system profile: " + last_lines(outcome),
                             .where = profile};
    }
    core::sync_directory(std::filesystem::path(profile).parent_path().string());
    return core::Done{};
}

} // namespace agentd::applyd
