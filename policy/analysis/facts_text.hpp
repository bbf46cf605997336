/// @file
/// Facts as people write them.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"
#include "policy/facts.hpp"

#include <string>

namespace agentd::policy {

/// As in an `example` of `policy.toml`: `{ "change.kinds" = ["port_opened"], "change.lines" = 3 }`.
/// What is unknown is left out. Safe to print; a long set is cut short with `…`.
std::string as_example(const Facts& facts);

/// One object: `{"change.kinds": ["port_opened"], "change.lines": 3}`, or as to_json() writes them.
/// Problems: `unknown_fact`, `wrong_type`, with the name in `where`.
core::Result<Facts> facts_from_json(const core::Json& value);

} // namespace agentd::policy
