/// @file
/// What is asked of `agentd-fetch`: one input as a lock names it, or a lock with newer ones
/// (docs/contracts.md).
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"
#include "evaluator/lock.hpp"
#include "evaluator/lock_maker.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace agentd::fetching {

struct Question {
    std::string name{};             ///< of the input, for messages
    evaluator::LockedSource source; ///< as the reader of locks judged it
    std::chrono::seconds seconds{}; ///< when it is given up; 1 to 604800
    std::uint64_t bytes = 0;        ///< most that may come, and be unpacked
};

/// For the newest revisions of inputs.
struct LockQuestion {
    evaluator::LockWanted wanted{};
    std::chrono::seconds seconds{}; ///< when it is given up; 1 to 604800
    std::uint64_t bytes = 0;        ///< most that may come
};

using Asked = std::variant<Question, LockQuestion>;
constexpr std::size_t most_asked = 1U << 20; ///< bytes of a line

core::Json to_json(const Question& question);
core::Json to_json(const LockQuestion& question);
/// One line from whoever asks. Refused: what is not exactly a question, and every input that a lock
/// may not name (`input_type`, `unlocked_input`).
core::Result<Asked> asked_from(std::string_view line);

} // namespace agentd::fetching
