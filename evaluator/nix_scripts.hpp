/// @file
/// The Nix expressions agentd evaluates, each a constant file of evaluator/nix, and how one is
/// called.
#pragma once

#include "proposals/nix_text.hpp"

#include <string_view>

namespace agentd::evaluator {

extern const std::string_view declared_script; ///< the function `declare` of evaluate_script
extern const std::string_view evaluate_script;
extern const std::string_view check_script; ///< of one of the flake's own checks its derivation
extern const std::string_view checks_script;
extern const std::string_view host_script; ///< of one host its derivation
extern const std::string_view hosts_script;
extern const std::string_view unit_script;
extern const std::string_view index_script;
extern const std::string_view options_of_script;
extern const std::string_view options_script; ///< the function `tell` of other scripts

using proposals::nix_string;

} // namespace agentd::evaluator
