/// @file
/// What a person is about to sign, checked against what that person was shown.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"
#include "proposals/statement.hpp"

#include <string_view>

namespace agentd::ctl {

/// The statement, if it binds exactly what `detail` (the Detail that was printed) says: proposal,
/// host, the effects by their digest, policy and level, the mode of its kind, and of a change
/// commits, derivation and toplevel, of an act the act, of a rollback where it goes; and if it is
/// valid at `now`. Problem `mismatch` names the field that differs.
core::Result<proposals::Statement> check_statement(std::string_view bytes, const core::Json& detail,
                                                   core::Instant now);

} // namespace agentd::ctl
