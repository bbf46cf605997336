/// @file
/// What a change does to one option of a host's merged configuration: a hint for people, never for
/// policy.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace agentd::proposals {

/// The path goes into the value as far as the two values agree that they are sets:
/// `users.users.alice.extraGroups`. A list that stays one tells what came and went; everything else
/// `before` and `after`, each nullopt when there is nothing on that side.
struct OptionChange {
    static constexpr std::size_t max_text = 1024;

    std::vector<std::string> path{};
    std::optional<std::string> before{}; ///< as Nix would write it, on one line
    std::optional<std::string> after{};
    std::vector<std::string> added{}; ///< elements of a list, as Nix would write them
    std::vector<std::string> removed{};
    bool secret = false;                ///< it looks like a secret: none of the four above is told
    std::optional<std::string> file{};  ///< of the change, where it is defined
    std::optional<std::int64_t> line{}; ///< there; nullopt when it is not plain which
    std::optional<std::int64_t>
        priority{}; ///< of the definition, where it is none of the usual: 50 is mkForce
    friend bool operator==(const OptionChange&, const OptionChange&) = default;
};

/// What could be compared, or why nothing could.
struct OptionChanges {
    static constexpr std::size_t max_changes = 200;

    std::vector<OptionChange> changes{}; ///< sorted by path
    bool more = false;                   ///< there are more than are listed
    std::string trouble{};               ///< "" when both sides could be read
    friend bool operator==(const OptionChanges&, const OptionChanges&) = default;
};

/// A path as it would stand on the left of `=` in Nix.
std::string option_name(const std::vector<std::string>& path);

core::Json to_json(const OptionChanges& changes);

} // namespace agentd::proposals
