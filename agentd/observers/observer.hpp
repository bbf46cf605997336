/// @file
/// What can be wrong with a machine, and the pass that turns it into observations with a life.
#pragma once

#include "store/machine_rows.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::observers {

enum class Severity { info, warning, critical };
std::string_view to_string(Severity severity) noexcept;

/// One condition as it is now. Two with the same key are the same condition.
struct Condition {
    std::string key{};     ///< `unit_failed:nginx.service`
    std::string kind{};    ///< `unit_failed`
    std::string subject{}; ///< `nginx.service`
    std::string title{};
    std::string detail{};
    Severity severity = Severity::warning;
    bool trusted = true; ///< false where title or detail hold text from outside
    std::optional<std::string> remedy{};
};

/// The difference between what is open and what is so now.
struct Changes {
    std::vector<Condition> opened{};
    std::vector<Condition> changed{};
    std::vector<store::ObservationRow> resolved{};
};

/// @param looked_at the kinds this pass looked for: an open observation of another kind is left alone.
Changes compare(const std::vector<store::ObservationRow>& open,
                const std::vector<Condition>& now, const std::vector<std::string>& looked_at);

} // namespace agentd::observers
