/// @file
/// What operations ask for, as a person would say it.
#pragma once

#include "proposals/plan/request.hpp"

#include <string>

namespace agentd::planners::goal {

/// One line of at most 120 bytes that begins with a capital: `Install ripgrep and fd on web`. It
/// follows from the request alone; what has no plain name is said by its option.
std::string title_of(const proposals::plan::Request& request);

} // namespace agentd::planners::goal
