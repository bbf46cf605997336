/// @file
/// An answer that is longer than a line of a socket may be.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::core {

/// What who asks puts together at most (bytes).
inline constexpr std::size_t longest_answer = 64U << 20;

/// An answer, as JSON, in lines of a LineChannel: itself where it fits; else `{"part":text}` for
/// each part of its text and, last, `{"ok":true,"parts":N}`.
std::vector<std::string> lines_of_answer(std::string answer);

} // namespace agentd::core
