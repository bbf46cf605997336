/// @file
/// What nobody signed, as root judges it.
#pragma once

#include "policy/rule.hpp"
#include "proposals/verdict.hpp"

namespace agentd::policy {

/// The lower of two verdicts: with what only the daemon can know, and with none of it. In the
/// second a limit in code about such a fact is the daemon's to hold, or nothing could ever happen
/// without a person; the rules of a file count as for anything unknown. What either asks for is
/// asked for.
proposals::Verdict decide_unsigned(const Policy& policy, const Facts& facts);

} // namespace agentd::policy
