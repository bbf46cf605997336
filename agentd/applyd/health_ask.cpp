#include "agentd/applyd/health_ask.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"
#include "sandbox/run.hpp"

#include <algorithm>
#include <filesystem>

namespace agentd::applyd {

namespace {

using sandbox::Need;
using namespace std::chrono;

constexpr sandbox::Identity nobody{.uid = 65'534, .gid = 65'534};
constexpr int cannot = 64; ///< agentd-probe's status for what nobody can find out

/// What a question of agentd-probe may use: no file of anybody, no child.
sandbox::Profile for_probe(HealthKind kind) {
    sandbox::Profile profile;
    profile.limits = {.address_space = std::uint64_t{512} << 20,
                      .cpu_seconds = 30,
                      .file_size = 0,
                      .open_files = 64};
    profile.ipc_namespace = Need::required;
    if (kind == HealthKind::disk) { // root, to look below anybody's folder; it asks for numbers
        profile.network_namespace = Need::required;
    } else if (kind != HealthKind::ssh) { // ssh becomes nobody by itself, before it is answered
        profile.run_as = nobody;
    }
    return profile;
}

/// What a command of the configuration may use: the network and files that everybody may read.
sandbox::Profile for_command(const HealthCheck& check) {
    sandbox::Profile profile;
    profile.run_as = nobody;
    profile.ipc_namespace = Need::required;
    profile.process_namespace = Need::required;
    profile.mount_namespace = Need::required;
    profile.hidden = {"/root", "/home", "/run/secrets", "/run/secrets.d", "/run/agenix"};
    profile.limits = {.address_space = std::uint64_t{4} << 30,
                      .cpu_seconds = static_cast<std::uint64_t>(check.timeout.count()) + 1,
                      .file_size = std::uint64_t{16} << 20,
                      .open_files = 256};
    return profile;
}

std::string seconds_of(const HealthCheck& check) {
    return std::to_string(check.timeout.count());
}

std::vector<std::string> words_for(const HealthCheck& check, const CheckWay& way,
                                   const machine::Machine& machine) {
    switch (check.kind) {
    case HealthKind::tcp:
        return {"tcp", check.target, seconds_of(check)};
    case HealthKind::http:
        return {"http", check.target, seconds_of(check)};
    case HealthKind::dns:
        return {"dns", check.target};
    case HealthKind::disk:
        return {"disk", machine.on_host(check.target), std::to_string(check.free_mb),
                std::to_string(check.free_inodes)};
    case HealthKind::ssh: {
        std::vector<std::string> words{way.from_inside ? "ssh" : "ssh-from-outside", check.target,
                                       seconds_of(check)};
        if (!check.ssh_user.empty()) {
            words.insert(words.end(), {check.ssh_user, machine.on_host(check.ssh_key)});
        }
        return words;
    }
    case HealthKind::unit:
    case HealthKind::command:
        break;
    }
    return check.arguments;
}

/// The file in the store that the path leads to now: what a switch puts in its place judges
/// nothing. Not further, because many a program looks at the name it was called by. "" when there
/// is none.
std::string as_it_is_now(const std::string& path, const machine::Machine& machine) {
    namespace fs = std::filesystem;
    constexpr std::string_view current = "/run/current-system/";
    const auto running = machine.links().running;
    fs::path now = path.starts_with(current) && running
                       ? running->str() + path.substr(current.size() - 1)
                       : machine.on_host(path);
    std::error_code error;
    constexpr int most_links = 8;
    for (int i = 0; i < most_links && !now.string().starts_with("/nix/store/"); ++i) {
        now = fs::weakly_canonical(now.parent_path(), error) / now.filename();
        const fs::path target = fs::read_symlink(now, error);
        if (error) {
            break;
        }
        now = target.is_absolute() ? target : now.parent_path() / target;
    }
    return fs::exists(now, error) ? now.string() : "";
}

std::string first_line(const std::string& bytes) {
    const std::string_view text = core::trim(bytes);
    return core::shorten(core::printable(text.substr(0, text.find('\n'))), 200);
}

Asked result_of(const HealthCheck& check, const sandbox::Outcome& outcome) {
    const auto* exited = std::get_if<sandbox::Exited>(&outcome.ending);
    const std::string& said =
        outcome.succeeded() || outcome.err.bytes.empty() ? outcome.out.bytes : outcome.err.bytes;
    std::string detail = check.target + ": ";
    if (exited == nullptr) {
        detail += sandbox::describe(outcome.ending);
    } else if (check.kind == HealthKind::command) {
        detail += sandbox::describe(outcome.ending);
        detail += core::trim(said).empty() ? "" : ": " + first_line(said);
    } else {
        detail += first_line(said);
    }
    return {.ok = outcome.succeeded(),
            .impossible =
                exited != nullptr && exited->code == cannot && check.kind != HealthKind::command,
            .detail = std::move(detail)};
}

} // namespace

Asker::First Asker::ask_first(const HealthCheck& check, const std::stop_token& stop) {
    First first;
    if (check.kind == HealthKind::command) {
        first.way.program = as_it_is_now(check.target, machine_);
    }
    HealthCheck soon = check;
    if (check.kind == HealthKind::ssh) { // it may have to be asked twice
        soon.timeout = std::min(check.timeout, seconds(3));
    }
    first.asked = ask(soon, first.way, stop);
    if (check.kind == HealthKind::ssh && !first.asked.ok) {
        const CheckWay inside{.from_inside = true, .why_inside = first.asked.detail};
        Asked there = ask(soon, inside, stop);
        if (there.ok || first.asked.impossible) { // else it answers nobody
            first = {.way = inside, .asked = std::move(there)};
        }
    }
    return first;
}

sandbox::Command Asker::command_for(const HealthCheck& check, const CheckWay& way) const {
    const bool own = check.kind == HealthKind::command;
    std::string program = own ? way.program : probe_;
    auto words = words_for(check, way, machine_);
    const auto profile = own ? for_command(check) : for_probe(check.kind);
    sandbox::Command command;
    if (config_.machine.kind == MachineKind::demo) { // in from outside first, as root
        auto inner = sandbox::confine_arguments(profile);
        inner.insert(inner.end(), {"--", std::move(program)});
        inner.insert(inner.end(), words.begin(), words.end());
        command = machine_.in_network(sandbox::confine_program(), std::move(inner));
    } else {
        command = machine_.in_network(std::move(program), std::move(words));
        command.profile = profile;
    }
    command.deadline = check.timeout + (own ? seconds(0) : seconds(2));
    command.out.bytes = 4096;
    command.err.bytes = 4096;
    return command;
}

Asked Asker::ask(const HealthCheck& check, const CheckWay& way, const std::stop_token& stop) {
    if (check.kind == HealthKind::unit) {
        return ask_unit(check);
    }
    if (check.kind == HealthKind::command && way.program.empty()) {
        return {.impossible = true, .detail = check.target + ": there is no such program"};
    }
    Asked asked = result_of(check, sandbox::run(command_for(check, way), stop));
    if (!way.why_inside.empty()) {
        asked.detail += " (asked from inside; from outside: " + way.why_inside + ")";
    }
    return asked;
}

Asked Asker::ask_unit(const HealthCheck& check) {
    try {
        const auto units = machine_.units().list();
        const auto* unit = machine::find_unit(units, check.target);
        return {.ok = unit != nullptr && unit->active == "active",
                .detail = check.target + ": " +
                          (unit == nullptr ? "there is no such unit"
                                           : unit->active + " (" + unit->sub + ")")};
    } catch (const core::Failure& failure) {
        return {.detail = failure.what()};
    }
}

} // namespace agentd::applyd
