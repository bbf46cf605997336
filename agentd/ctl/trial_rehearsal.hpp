/// @file
/// The rehearsal of a trial: the base and the candidate boot in containers of their own.
#pragma once

#include "agentd/ctl/trial.hpp"
#include "agentd/stages/rehearse.hpp"

namespace agentd::ctl {

/// What comes of it is noted down in `explained`, and with the beginning of what it has to say in
/// `tried`.
void rehearse_both(stages::Explained& explained, const TrialTools& tools, store::Blobs& blobs,
                   const stages::Reporter& report, const std::stop_token& stop, Tried& tried);

/// The line of its evidence; "" where there is none.
std::string rehearsal_summary(const Tried& tried);

} // namespace agentd::ctl
