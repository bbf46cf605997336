/// @file
/// What is asked of `agentd-rehearse`: one built system to boot and look at (docs/contracts.md).
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace agentd::rehearsal {

struct Question {
    static constexpr std::size_t max_bytes = 4096;

    core::StorePath system;           ///< a toplevel
    std::chrono::seconds seconds{60}; ///< when it is looked at, come up or not; 1 to 600
    /// When it is up, it is asked what a switch to this one would do: the latter's own dry
    /// activation. Nothing else is looked at then.
    std::optional<core::StorePath> dry_activate{};
    /// An answer to the same in the same place, not older than an hour, will do (kept.hpp).
    bool kept = false;
};

core::Json to_json(const Question& question);
/// One line from whoever asks. Refused: what is not exactly a question.
core::Result<Question> question_from(std::string_view line);

} // namespace agentd::rehearsal
