/// @file
/// What stands on the worker's stdin: a line of JSON that says what is wanted, and a repository.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/packed_tree.hpp"

#include <string_view>

namespace agentd::analyze {

/// Bytes of it.
inline constexpr std::size_t max_question = 200U << 20;

/// Views of the text, which lives longer.
struct Question {
    std::string_view wanted{};
    proposals::PackedTree tree{};
};
/// Problem `bad_value` where it is no line, LF, and a tree.
core::Result<Question> read_question(std::string_view text);

} // namespace agentd::analyze
