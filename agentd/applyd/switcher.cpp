#include "agentd/applyd/switcher.hpp"

#include "agentd/applyd/transient.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"
#include "sandbox/run.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace agentd::applyd {

namespace {

using namespace std::chrono;

constexpr auto lock_patience = seconds(60);
constexpr const char* switch_lock = "/run/nixos/switch-to-configuration.lock";
constexpr std::array acts{"test", "boot", "profile", "act"};

std::string last_lines(std::string_view text) {
    const std::string all = core::printable(core::trim(text));
    return all.size() <= 2000 ? all : "…" + core::to_utf8(all.substr(all.size() - 2000));
}

/// The end of a file that may be of any size.
std::string tail_of(const std::string& path) {
    const core::Fd fd = core::open_file(path, O_RDONLY | O_NOFOLLOW);
    std::string bytes(8192, '\0');
    struct stat info {};
    const off_t size = ::fstat(fd.get(), &info) == 0 ? info.st_size : 0;
    const off_t from = std::max<off_t>(0, size - static_cast<off_t>(bytes.size()));
    const auto read = ::pread(fd.get(), bytes.data(), bytes.size(), from);
    bytes.resize(read < 0 ? 0 : static_cast<std::size_t>(read));
    return bytes;
}

bool lock_was_taken(const Switcher::Verb& verb) {
    const auto mentions = [&](std::string_view word) {
        return verb.said.find(word) != std::string::npos;
    };
    return verb.exit_status != 0 && mentions("lock") &&
           (mentions("switch-to-configuration.lock") || mentions("acquire lock"));
}

/// Whoever may open NixOS's lock may hold it, and so keep root from going back; and whoever opened
/// it may do so later. From now on it is another file, that only root opens. The caller holds the
/// old one.
void keep_for_root(const std::string& path, const core::Fd& held) noexcept {
    struct stat info {};
    if (held && ::fstat(held.get(), &info) == 0 && info.st_uid == ::geteuid() &&
        (info.st_mode & 077) == 0) {
        return;
    }
    const std::string fresh = path + ".new";
    try {
        core::make_directories(std::filesystem::path(path).parent_path().string(), 0755);
        ::unlink(fresh.c_str());
        core::open_file(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
        if (::rename(fresh.c_str(), path.c_str()) != 0) {
            throw core::system_failure("cannot rename into place", path, errno);
        }
    } catch (const core::Failure& failure) {
        core::log(core::Level::warning,
                  std::string("others may hold the switch lock: ") + failure.what());
    }
}

TransientUnit unit_of(const std::string& nonce, const std::string& name) {
    return TransientUnit("agentd-switch-" + nonce.substr(0, 16) + "-" + name + ".service");
}

/// Its words are not worth an apply: on a full disk there are none.
std::string words_of(const std::string& output) noexcept {
    try {
        return last_lines(tail_of(output));
    } catch (const std::exception& error) {
        return error.what();
    }
}

Switcher::Verb as_unit(const TransientUnit& unit, const TransientProgram& program) {
    unit.start(program);
    const auto state = unit.wait(steady_clock::now() + program.limit + seconds(30));
    Switcher::Verb verb{.exit_status = state && state->over ? state->exit_status : -1,
                        .said = words_of(program.output)};
    if (verb.exit_status == -1) {
        verb.said += "; " + unit.name() + " was stopped (" +
                     (state ? state->result : std::string("it is gone")) + ")";
    }
    unit.forget();
    return verb;
}

Switcher::Verb as_child(const sandbox::Command& command) {
    const auto outcome = sandbox::run(command);
    const auto* exited = std::get_if<sandbox::Exited>(&outcome.ending);
    std::string said = last_lines(outcome.out.bytes + outcome.err.bytes);
    if (exited == nullptr) {
        said += "\n" + sandbox::describe(outcome.ending);
    }
    return {.exit_status = exited == nullptr ? -1 : exited->code, .said = std::move(said)};
}

} // namespace

void Switcher::keep(const core::StorePath& from, const core::StorePath& to) {
    const std::string roots = config_.apply.directory + "/roots";
    core::make_directories(roots, 0755);
    for (const auto& [name, path] : {std::pair("from", &from), std::pair("to", &to)}) {
        const auto outcome = sandbox::run(
            nix_.nix_store(evaluator::NixPurpose::query, {"--realise", path->str(), "--add-root",
                                                          roots + "/" + name, "--indirect"}));
        if (!outcome.succeeded()) {
            throw core::Failure(core::FailureKind::unavailable,
                                "the store does not keep this system: " +
                                    last_lines(outcome.out.bytes + outcome.err.bytes),
                                path->str());
        }
    }
}

void Switcher::release() noexcept {
    for (const char* name : {"/roots/from", "/roots/to"}) {
        ::unlink((config_.apply.directory + name).c_str());
    }
}

bool Switcher::nobody_switches() const {
    const std::string path = machine_.on_host(switch_lock);
    const auto patience = steady_clock::now() + lock_patience;
    for (;;) {
        const core::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
            keep_for_root(path, fd);
            return true; // nobody ever took it, or nobody has it now
        }
        if (steady_clock::now() >= patience) {
            return false;
        }
        std::this_thread::sleep_for(milliseconds(200));
    }
}

Switcher::Verb Switcher::carry_out(const std::string& nonce, const std::string& name,
                                   sandbox::Command command, seconds limit) {
    command.deadline = limit;
    if (config_.machine.kind == MachineKind::demo) {
        return as_child(command);
    }
    return as_unit(unit_of(nonce, name),
                   {.description = "agentd applies an approved change: " + name,
                    .program = command.program,
                    .arguments = command.arguments,
                    .environment = command.environment,
                    .output = config_.apply.directory + "/switch.log",
                    .limit = limit});
}

Switcher::Verb Switcher::run(const std::string& nonce, const core::StorePath& toplevel,
                             const std::string& verb, seconds limit) {
    const auto patience = steady_clock::now() + lock_patience;
    for (;;) {
        auto command = machine_.inside(toplevel.str() + "/bin/switch-to-configuration", {verb});
        command.environment["LOCALE_ARCHIVE"] = "/run/current-system/sw/lib/locale/locale-archive";
        command.environment["NIXOS_INSTALL_BOOTLOADER"] = "0";
        Verb done = carry_out(nonce, verb, std::move(command), limit);
        done.busy = lock_was_taken(done);
        if (!done.busy || steady_clock::now() >= patience) {
            return done;
        }
        std::this_thread::sleep_for(milliseconds(500));
    }
}

void Switcher::end_what_goes_on(const std::string& nonce, core::Instant deadline,
                                core::Instant now) {
    if (config_.machine.kind == MachineKind::demo) {
        return;
    }
    // The way back has its time: what is not over by then is stopped. Never longer than was asked
    // for: the wall clock may have been set back.
    const microseconds longest = config_.apply.way_back + config_.apply.confirm_wait;
    const auto until =
        steady_clock::now() + std::clamp<microseconds>(deadline - now, seconds(0), longest);
    for (const char* act : acts) {
        const TransientUnit unit = unit_of(nonce, act);
        if (unit.look()) {
            unit.wait(until);
            unit.forget();
        }
    }
}

bool Switcher::is_at_work(const std::string& nonce) const {
    if (config_.machine.kind == MachineKind::demo) {
        return true;
    }
    for (const char* name : {"test", "act"}) { // the others start no unit
        const auto state = unit_of(nonce, name).look();
        if (state && !state->over) {
            return true;
        }
    }
    return false;
}

std::string Switcher::this_boot() const {
    const bool demo = config_.machine.kind == MachineKind::demo;
    return core::boot_id() + (demo ? "" : " " + userspace_began());
}

void Switcher::sync_file_system(const std::string& path) {
    const core::Fd fd = core::open_file(path, O_RDONLY | O_DIRECTORY);
    if (::syncfs(fd.get()) != 0) {
        throw core::system_failure("cannot sync the file system", path, errno);
    }
}

core::Result<core::Done> Switcher::set_profile(const std::string& nonce,
                                               const core::StorePath& toplevel) {
    // Nix syncs neither what it built nor the profile's link: after a power cut the profile could
    // name a system of empty files.
    sync_file_system("/nix/store");
    const std::string profile = machine_.on_host(machine_.profile());
    auto command = nix_.nix_store(evaluator::NixPurpose::query, {});
    command.program = (std::filesystem::path(command.program).parent_path() / "nix-env").string();
    command.arguments = {"--profile", profile, "--set", toplevel.str()};
    command.environment.erase("NIX_REMOTE"); // root's own way to the store: no daemon has to be up
    const Verb done = carry_out(nonce, "profile", std::move(command));
    if (done.exit_status != 0) {
        return core::Problem{.code = "profile",
                             .message = "nix-env could not set the system profile: " + done.said,
                             .where = profile};
    }
    core::sync_directory(std::filesystem::path(profile).parent_path().string());
    return core::Done{};
}

} // namespace agentd::applyd
