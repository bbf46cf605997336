/// @file
/// The machine as `agentd.toml` names it.
#pragma once

#include "agentd/config.hpp"
#include "agentd/machine/machine.hpp"

namespace agentd::machine {

inline MachineOptions options_from(const Config& config) {
    const bool demo = config.machine.kind == MachineKind::demo;
    return {.kind = demo ? MachineOptions::Kind::demo : MachineOptions::Kind::systemd,
            .folder = demo ? config.machine.root : "",
            .profile = config.apply.profile};
}

} // namespace agentd::machine
