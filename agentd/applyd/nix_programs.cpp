#include "agentd/applyd/nix_programs.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"

#include <unistd.h>

namespace agentd::applyd {

namespace {

std::string old_system(const Journal& journal) {
    try {
        const auto in_flight = journal.in_flight();
        return in_flight ? in_flight->from : "";
    } catch (const core::Failure& failure) { // said again by whoever has to settle it
        core::log(core::Level::error, failure.what());
        return {};
    }
}

} // namespace

evaluator::NixPrograms nix_programs(const Config& config, const Journal& journal) {
    evaluator::NixPrograms programs{
        .nix = config.nix.nix, .nix_store = config.nix.nix_store, .git = "/proc/self/exe"};
    // The demo machine has a store of this machine's, and no Nix of its own.
    const std::string old = config.machine.kind == MachineKind::demo ? "" : old_system(journal);
    for (auto& [program, name] : {std::pair(&programs.nix, "/sw/bin/nix"),
                                  std::pair(&programs.nix_store, "/sw/bin/nix-store")}) {
        if (program->empty() && !old.empty() && ::access((old + name).c_str(), X_OK) == 0) {
            *program = old + name;
        }
    }
    return programs;
}

} // namespace agentd::applyd
