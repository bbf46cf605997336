/// @file
/// Settings of the kernel that guard the machine, and which way of them guards more.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator::effects {

/// What a change of one setting means.
enum class Guarding {
    none, ///< it is no guard
    more, ///< it guards as much as before, or more
    less, ///< a guard goes, becomes weaker, or becomes something that is not known
};

/// A parameter of the kernel's command line that comes (`added`) or goes, beside all those of the
/// new system. Sources: kernel-parameters.txt, kernel-command-line(7).
Guarding guarding_of_parameter(std::string_view parameter, bool added,
                               const std::vector<std::string>& now);

/// A key of sysctl as people write it. Without a value the kernel's own default counts, which is
/// taken for the weakest that a kernel of today starts with. Source:
/// Documentation/admin-guide/sysctl.
Guarding guarding_of_sysctl(std::string_view key, const std::optional<std::string>& before,
                            const std::optional<std::string>& after);

} // namespace agentd::evaluator::effects
