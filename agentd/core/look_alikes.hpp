/// @file
/// What a reader of a line would not see, or would take for something else.
#pragma once

#include "agentd/core/text.hpp"

namespace agentd::core {

/// The hidden code points of one line (`hidden_code_points`), and those that are drawn as an ASCII
/// character is, in order. A letter of another script counts where its word has an ASCII letter, or
/// nothing that could not be one: a word of its own script is innocent. After the confusables of
/// Unicode's UTS 39, by hand and not all of them.
std::vector<HiddenCodePoint> deceiving_code_points(std::string_view line);

} // namespace agentd::core
