/// @file
/// The tests that stand in `policy.toml` itself.
#pragma once

#include "agentd/core/toml.hpp"
#include "policy/load.hpp"

namespace agentd::policy {

/// Reads every `[[test]]` and asks the policy; one that does not come out as wanted is a problem
/// (`test_fails`).
std::vector<PolicyTest> run_tests(core::TomlReader& root, const Policy& policy);

} // namespace agentd::policy
