/// @file
/// How a call ends when it does not succeed: the contract's codes, with an exit status for
/// `agentctl`.
#pragma once

#include "agentd/config.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"
#include "web/control_plane.hpp"

namespace agentd::api {

web::Answer refused(const core::Problem& problem);
/// @param more an object: fields of the error object beside those of the problem.
web::Answer refused(const core::Problem& problem, const core::Json& more);
/// A breakage as whoever asked may read it. A part of agentd that is gone is called by its name:
/// who reads a socket's path knows little.
core::Problem problem_of(const core::Failure& failure, const Config& config);

} // namespace agentd::api
