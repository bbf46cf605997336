/// @file
/// The names of the module system's types, by what they hold; for the sources of OptionType.
#pragma once

#include "agentd/core/json.hpp"

#include <string>
#include <string_view>

namespace agentd::evaluator {

/// `str`, `lines`, `strMatching "…"`, …
bool is_text(std::string_view name);
/// `int`, `unsignedInt16`, …
bool is_integer(std::string_view name);
/// Stands for the type in it: `nullOr`, `unique`, …
bool is_wrapper(std::string_view name);
/// One spelling for equal scalars; unlike the log's JSON it takes any integer.
std::string written(const core::Json& value);

} // namespace agentd::evaluator
