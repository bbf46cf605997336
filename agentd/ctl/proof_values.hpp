/// @file
/// Values of options as Nix tells them, held against what was wanted; for proof_judge.cpp alone.
#pragma once

#include "agentd/core/json.hpp"
#include "proposals/operations.hpp"

#include <string_view>

namespace agentd::ctl {

/// What is no data: `{"is": what}`.
bool is(const core::Json& value, std::string_view what);

/// What several definitions of one option come to: only what was wanted, that and more, or neither.
enum class Had { no, with_more, yes };
Had has(const core::Json& value, const proposals::Value& wanted);
bool has_element(const core::Json& value, const proposals::Value& wanted);

} // namespace agentd::ctl
