/// @file
/// What has to be done besides agreeing: who has to, how long to wait, when, and what has to be
/// shown.
#pragma once

#include "agentd/core/json.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

/// What a person may do, least first. An admin is an approver too; a viewer never approves.
enum class Role { viewer, approver, admin };

std::string_view to_string(Role role) noexcept;
std::optional<Role> parse_role(std::string_view text) noexcept;

/// So many different people, each of this role or a higher one.
struct ApproversNeeded {
    static constexpr std::int64_t most = 16;

    std::int64_t n = 1;         ///< 1 to `most`
    Role role = Role::approver; ///< approver or admin
    friend bool operator==(const ApproversNeeded&, const ApproversNeeded&) = default;
};

struct Obligations {
    static constexpr std::size_t max_names = 16;
    static constexpr std::chrono::seconds longest_delay = std::chrono::hours(30 * 24);

    std::vector<ApproversNeeded> approvers{}; ///< at most one for each role, least role first
    std::chrono::seconds delay{0};            ///< from when it was announced
    std::vector<std::string> windows{};       ///< open together, sorted
    std::vector<std::string> tests{};         ///< evidence that has to be `passed`, sorted
    bool typed_host = false;                  ///< whoever approves types the name of the host

    bool empty() const { return *this == Obligations{}; }
    /// All that both ask for: most people for each role, the longest delay, every window and test.
    Obligations& operator+=(const Obligations& other);
    friend bool operator==(const Obligations&, const Obligations&) = default;
};

/// Evidence that an obligation may name: `checks`, `dry_activate`, `rehearsal`, `hosts`.
const std::vector<std::string>& obligation_tests();

/// `approved by 2 people, one of them an admin, waits 2 h, only in the window night`; "" when
/// empty.
std::string describe(const Obligations& obligations);
/// `2 h`, `90 min`, `1 d`.
std::string describe_delay(std::chrono::seconds delay);

core::Json to_json(const Obligations& obligations);
core::Result<Obligations> obligations_from_json(const core::Json& value);

} // namespace agentd::proposals
