/// @file
/// Rows as the JSON of docs/contracts.md: Summary, Detail, Observation.
#pragma once

#include "agentd/core/json.hpp"
#include "store/blobs.hpp"
#include "store/queries.hpp"

namespace agentd::api {

core::Json summary(const store::ProposalRow& row);
/// Who agreed and who has to besides, and when it happens by itself; null before policy spoke.
core::Json agreement(const store::ProposalRow& row, const store::Queries& queries);
core::Json observation(const store::ObservationRow& row);
/// Everything about one proposal; reads effects from the blobs.
core::Json detail(const store::ProposalRow& row, const store::Queries& queries,
                  const store::Blobs& blobs, const core::Json& so_far);

} // namespace agentd::api
