/// @file
/// Which paths may be touched, and which are special.
#pragma once

#include "proposals/intake.hpp"

#include <string_view>
#include <vector>

namespace agentd::proposals {

/// Problems: `bad_path`, `path_escape`, `git_metadata`, `control_char`; `where` is empty.
core::Result<core::Done> check_path(std::string_view path, const IntakeLimits& limits);
/// Problems `too_many_files` and `too_large`, for whoever does not even read so much.
core::Problem too_many_files(const IntakeLimits& limits);
core::Problem too_large(std::string_view path, const IntakeLimits& limits);
/// What the path alone says, sorted.
std::vector<Flag> path_flags(std::string_view path);
/// Nix, TOML, JSON: text that is evaluated, where nothing may be hidden.
bool is_evaluated_text(std::string_view path);

} // namespace agentd::proposals
