/// @file
/// One fact by itself: a value for which its conditions come out as wanted.
#pragma once

#include "policy/rule.hpp"

#include <optional>
#include <span>

namespace agentd::policy {

/// A condition of a known fact that has to hold, or must not.
struct Wish {
    const Condition* condition = nullptr;
    bool holds = true;
};

struct FoundValue {
    std::optional<FactValue> value{}; ///< never unknown
    bool decided = true;              ///< false: none was found, and there may be one
};

/// All wishes are about the fact `fact` (an index into known_facts()). Exact but for patterns with
/// more states than find_words() looks at.
FoundValue find_value(std::size_t fact, std::span<const Wish> wishes);

} // namespace agentd::policy
