/// @file
/// The questions of agentd-probe as words of its command line.
#pragma once

#include "agentd/probe/probe.hpp"

#include <string>
#include <vector>

namespace agentd::probe {

/// `tcp 127.0.0.1:80 3`. Becomes nobody for good where it was root and ssh is asked.
Answer ask(const std::vector<std::string>& words);

} // namespace agentd::probe
