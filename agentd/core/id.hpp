/// @file
/// Ids that sort by the time they were made (ULID), one type for each kind of thing.
#pragma once

#include "agentd/core/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace agentd::core {

/// 26 characters of Crockford base 32: 48 bits of milliseconds, 80 random bits.
std::string make_ulid(Instant now);
bool is_ulid(std::string_view text) noexcept;

template <class Tag> class Id {
public:
    static Id make(Instant now) { return Id(make_ulid(now)); }
    static std::optional<Id> parse(std::string_view text) {
        return is_ulid(text) ? std::optional<Id>(Id(std::string(text))) : std::nullopt;
    }
    const std::string& str() const noexcept { return text_; }
    friend bool operator==(const Id&, const Id&) = default;
    friend auto operator<=>(const Id&, const Id&) = default;

private:
    explicit Id(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

using ProposalId = Id<struct ProposalTag>;
using EntryId = Id<struct EntryTag>;

} // namespace agentd::core
