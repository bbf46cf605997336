/// @file
/// Where the options of a system and the system that was built of them say different things: the
/// built system counts, and a person is told.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace agentd::proposals {

struct Disagreement {
    static constexpr std::size_t max_text = 1'024;

    std::string topic{};                  ///< `port`, `unit`, `user`, …: of docs/contracts.md
    std::string subject{};                ///< what it is about
    std::optional<std::string> options{}; ///< what the options say; nullopt: nothing of it
    std::optional<std::string> built{};   ///< what the built system says
    std::string text{};                   ///< a sentence for people, no full stop
    friend bool operator==(const Disagreement&, const Disagreement&) = default;
    friend auto operator<=>(const Disagreement&, const Disagreement&) = default;
};

/// Of what a change touches.
struct Disagreements {
    static constexpr std::size_t max_items = 200;

    std::vector<Disagreement> items{};       ///< sorted
    bool more = false;                       ///< there are more than are listed
    std::vector<std::string> not_compared{}; ///< topics that change and that one side does not tell
    std::string trouble{};                   ///< "" when both sides could be read
    friend bool operator==(const Disagreements&, const Disagreements&) = default;
};

/// For policy: nullopt where nobody can say that there is none.
std::optional<bool> disagree(const Disagreements& found) noexcept;

core::Json to_json(const Disagreements& found);
/// Refused: anything of another form, and anything above the limits.
core::Result<Disagreements> disagreements_from_json(const core::Json& value);

} // namespace agentd::proposals
