/// @file
/// Values of options as Nix tells them, held against what was wanted.
#pragma once

#include "agentd/core/json.hpp"
#include "evaluator/option_values.hpp"
#include "proposals/operations.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace agentd::stages {

/// What is no data: `{"is": what}`.
bool is(const core::Json& value, std::string_view what);

/// What stands for more than it tells: too much, no data, or nothing at all.
bool veiled(const core::Json& value);

/// The option that stands at a path or around it, and the value at the path; nullptr where it is
/// not told.
const evaluator::OptionValue* find_value(const evaluator::OptionValues& values,
                                         const std::vector<std::string>& path, core::Json& value);

/// What several definitions of one option come to: only what was wanted, that and more, or neither.
enum class Had { no, with_more, yes };
Had has(const core::Json& value, const proposals::Value& wanted);
bool has_element(const core::Json& value, const proposals::Value& wanted);

} // namespace agentd::stages
