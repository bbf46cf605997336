/// @file
/// Facts under which some rules count and others do not.
#pragma once

#include "policy/rule.hpp"

#include <optional>
#include <span>

namespace agentd::policy {

struct Demand {
    const Rule* rule = nullptr;
    bool counts = true; ///< as decide() sees it: unknown helps no grant and stops no cap
};

struct FoundFacts {
    std::optional<Facts> facts{};
    bool decided = true; ///< false: none were found, and there may be some
};

/// What is not asked for stays unknown. Of the facts that hang together, areas follow kinds.
/// Exact, but for find_value()'s limits and a bound of 4,000 steps; what is found is held against
/// the rules themselves.
FoundFacts find_facts(std::span<const Demand> demands);

/// Does the rule count under these facts?
bool counts(const Rule& rule, const Facts& facts);

} // namespace agentd::policy
