/// @file
/// The types of entry that exist, and who may ask for one (docs/contracts.md, section 2).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace agentd::audit {

enum class Origin {
    writer, ///< only the writer of the log itself: `log.*`, `audit.*`
    apply,  ///< only the apply helper: root, or the writer's own uid where separation is off
    any,    ///< every peer that may append
};

struct EntryType {
    std::string_view name;
    Origin origin;
};

std::span<const EntryType> entry_types() noexcept;
/// nullptr when there is no such type.
const EntryType* find_entry_type(std::string_view name) noexcept;

} // namespace agentd::audit
