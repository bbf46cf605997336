#include "agentd/machine/machine.hpp"

#include "agentd/core/clock.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <unistd.h>

namespace agentd::machine {

namespace {

/// Follows links by hand, so that an absolute link of a demo machine stays inside its root.
std::optional<core::StorePath> store_path_at(const std::string& root, std::string path) {
    constexpr int most_links = 8;
    for (int i = 0; i < most_links; ++i) {
        if (auto found = core::StorePath::parse(path)) {
            return found;
        }
        std::error_code error;
        const auto target = std::filesystem::read_symlink(root + path, error);
        if (error) {
            return std::nullopt;
        }
        path = target.is_absolute()
                   ? target.string()
                   : (std::filesystem::path(path).parent_path() / target).lexically_normal().string();
    }
    return std::nullopt;
}

std::string find_nsenter() {
    constexpr std::array places{"/usr/bin/nsenter", "/run/current-system/sw/bin/nsenter"};
    for (const char* place : places) {
        if (::access(place, X_OK) == 0) {
            return place;
        }
    }
    throw core::Failure(core::FailureKind::misconfigured,
                        "nsenter (util-linux) is needed to enter the demo machine");
}

} // namespace

const UnitState* find_unit(const std::vector<UnitState>& units, std::string_view name) noexcept {
    const auto it = std::lower_bound(
        units.begin(), units.end(), name,
        [](const UnitState& unit, std::string_view wanted) { return unit.name < wanted; });
    return it != units.end() && it->name == name ? &*it : nullptr;
}

Machine::Machine(MachineOptions options) : options_(std::move(options)) {
    units_ = options_.kind == MachineOptions::Kind::systemd
                 ? systemd_units()
                 : demo_units(options_.folder + "/root/run/systemd/private.sock");
}

std::string Machine::on_host(const std::string& path) const {
    return options_.kind == MachineOptions::Kind::demo ? options_.folder + "/root" + path : path;
}

SystemLinks Machine::links() const {
    const std::string root =
        options_.kind == MachineOptions::Kind::demo ? options_.folder + "/root" : "";
    return {.running = store_path_at(root, "/run/current-system"),
            .booted = store_path_at(root, "/run/booted-system"),
            .profile = store_path_at(root, options_.profile)};
}

std::string Machine::machine_id() const {
    return core::machine_id(options_.kind == MachineOptions::Kind::demo ? options_.folder + "/root"
                                                                        : "");
}

sandbox::Command Machine::inside(std::string program, std::vector<std::string> arguments) const {
    return enter({"--mount", "--pid", "--uts", "--ipc", "--net", "--root", "--wd=/"},
                 std::move(program), std::move(arguments));
}

sandbox::Command Machine::in_network(std::string program,
                                     std::vector<std::string> arguments) const {
    return enter({"--net"}, std::move(program), std::move(arguments));
}

sandbox::Command Machine::enter(std::vector<std::string> namespaces, std::string program,
                                std::vector<std::string> arguments) const {
    sandbox::Command command;
    command.environment["PATH"] = "/run/current-system/sw/bin";
    if (options_.kind == MachineOptions::Kind::systemd) {
        command.program = std::move(program);
        command.arguments = std::move(arguments);
        return command;
    }
    const auto pid = core::read_file_if_exists(options_.folder + "/init.pid", 32);
    const auto number = pid ? core::parse_integer(core::trim(*pid)) : std::nullopt;
    if (!number || *number <= 1) {
        throw core::Failure(core::FailureKind::unavailable, "the demo machine is not running",
                            options_.folder + "/init.pid");
    }
    command.program = find_nsenter();
    command.arguments = {"--target", std::to_string(*number)};
    std::move(namespaces.begin(), namespaces.end(), std::back_inserter(command.arguments));
    command.arguments.insert(command.arguments.end(), {"--", std::move(program)});
    std::move(arguments.begin(), arguments.end(), std::back_inserter(command.arguments));
    return command;
}

} // namespace agentd::machine
