#include "agentd/observers/observer.hpp"

#include <algorithm>

namespace agentd::observers {

std::string_view to_string(Severity severity) noexcept {
    switch (severity) {
    case Severity::info: return "info";
    case Severity::warning: return "warning";
    case Severity::critical: return "critical";
    }
    return "warning";
}

Changes compare(const std::vector<store::ObservationRow>& open, const std::vector<Condition>& now,
                const std::vector<std::string>& looked_at) {
    Changes changes;
    for (const Condition& condition : now) {
        const auto known = std::find_if(open.begin(), open.end(), [&](const auto& row) {
            return row.key == condition.key;
        });
        if (known == open.end()) {
            changes.opened.push_back(condition);
        } else if (known->detail != condition.detail ||
                   known->severity != to_string(condition.severity)) {
            changes.changed.push_back(condition);
        }
    }
    for (const auto& row : open) {
        const bool ours =
            std::find(looked_at.begin(), looked_at.end(), row.kind) != looked_at.end();
        const bool still = std::any_of(now.begin(), now.end(),
                                       [&](const auto& c) { return c.key == row.key; });
        if (ours && !still) {
            changes.resolved.push_back(row);
        }
    }
    return changes;
}

} // namespace agentd::observers
