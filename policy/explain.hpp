/// @file
/// A decision in words, for a terminal.
#pragma once

#include "policy/decide.hpp"

#include <string>

namespace agentd::policy {

/// At most 8 KiB: the verdict, what holds it, every rule with the fact that decided about it, and
/// what would have to be different. Safe to print.
std::string explain(const Policy& policy, const Facts& facts, const Decision& decision);

/// Why `trace` came out as it did: `change.kinds any_in ["port_opened"], and it is ["unit_added"]`.
std::string because(const Rule& rule, const Trace& trace, const Facts& facts);

/// The table of facts with their types and tests, as Markdown.
std::string facts_as_markdown();

} // namespace agentd::policy
