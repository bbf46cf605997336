/// @file
/// Whether the machine still runs the kernel of an older system: only a reboot changes that.
#pragma once

#include "agentd/observers/observer.hpp"

#include <string>
#include <vector>

namespace agentd::observers {

/// Kind `reboot_needed`: kernel, initrd, kernel modules or parameters of what was booted are not
/// those of what runs (or of what the next boot takes).
class Reboot final : public Observer {
  public:
    std::vector<std::string> kinds() const override { return {"reboot_needed"}; }
    Schedule schedule() const override { return {.on = topics({Topic::links}), .passes = 10}; }
    Findings look(Sight& sight) override;

    /// The parts in which two toplevels differ; both are folders.
    static std::vector<std::string> parts_that_differ(const std::string& booted,
                                                      const std::string& running);
};

} // namespace agentd::observers
