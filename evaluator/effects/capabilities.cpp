#include "evaluator/effects/capabilities.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

constexpr std::array<std::string_view, 12> tame{
    "cap_net_bind_service", "cap_net_raw",       "cap_net_admin",    "cap_net_broadcast",
    "cap_sys_nice",         "cap_ipc_lock",      "cap_sys_resource", "cap_syslog",
    "cap_wake_alarm",       "cap_block_suspend", "cap_sys_time",     "cap_audit_write"};

bool is_tame_clause(std::string_view clause) {
    const auto names = core::split(clause.substr(0, clause.find_first_of("=+-")), ',');
    return std::all_of(names.begin(), names.end(), is_tame_capability);
}

} // namespace

bool is_tame_capability(std::string_view name) {
    return std::find(tame.begin(), tame.end(), core::to_lower(name)) != tame.end();
}

bool are_tame(std::string_view text) {
    const auto clauses = core::split(text, ' ');
    return std::all_of(clauses.begin(), clauses.end(), [](std::string_view clause) {
        return core::trim(clause).empty() || is_tame_clause(core::trim(clause));
    });
}

} // namespace agentd::evaluator::effects
