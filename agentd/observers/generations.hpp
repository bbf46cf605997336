/// @file
/// Generations of the system profile, and whether the boot loader knows what the profile says.
#pragma once

#include "agentd/observers/observer.hpp"

#include <optional>
#include <string>
#include <vector>

namespace agentd::observers {

/// What the boot loader would start, as far as its files can be read.
struct BootEntries {
    enum class Loader { none, systemd_boot, grub, unreadable };
    Loader loader = Loader::none;
    /// Store paths of toplevels (`init=<path>/init`) that have an entry.
    std::vector<std::string> systems{};
    std::optional<std::string> default_system{}; ///< of the default entry
};
/// @param boot the folder /boot as this process sees it.
BootEntries read_boot_entries(const std::string& boot);

/// Kinds `generations_many` (more than 60), `boot_entry_missing` (the next boot does not take the
/// profile, or could not).
class Generations final : public Observer {
  public:
    static constexpr std::size_t many = 60;
    explicit Generations(std::string profile) : profile_(std::move(profile)) {}
    std::vector<std::string> kinds() const override;
    Schedule schedule() const override { return {.on = topics({Topic::links}), .passes = 5}; }
    Findings look(Sight& sight) override;

  private:
    void look_at_profile(Sight& sight, Findings& findings) const;
    void look_at_boot(Sight& sight, Findings& findings) const;
    std::string profile_;
};

} // namespace agentd::observers
