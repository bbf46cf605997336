/// @file
/// The rows of the projection as plain values. Every `index` is the number of a log entry.
#pragma once

#include "agentd/core/clock.hpp"
#include "proposals/evidence.hpp"
#include "proposals/presence.hpp"
#include "proposals/proposal.hpp"
#include "proposals/state.hpp"
#include "proposals/verdict.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace agentd::store {

using Index = std::uint64_t;

struct Refusal {
    std::string stage{}, code{}, message{};
    std::optional<std::string> where{}, hint{};
};

/// What a list of proposals shows.
struct ProposalRow {
    std::string id{};
    std::int64_t number = 0;
    std::string kind = "change"; ///< change, act or rollback
    proposals::State state = proposals::State::drafted;
    std::string title{}, host{};
    proposals::Source source = proposals::Source::words;
    proposals::Proposer proposer{};
    core::Instant created{}, updated{};
    std::int64_t round = 0; ///< how often it went to `checking`
    std::optional<proposals::Level> level{};
    std::optional<proposals::PresenceMethod> presence{};
    std::optional<std::string> risk{};
    std::string headline{};
    bool landed = false;
    std::optional<std::string> outcome{};
    std::optional<Refusal> refusal{};
    std::string base_commit{}, base_branch{}, candidate_commit{}; ///< "" where there is no commit
};

/// What was built or found (`proposal.verified`), one for each round that got that far. An act builds
/// nothing; a rollback has a toplevel and no derivation.
struct RevisionRow {
    Index index = 0;
    std::int64_t round = 0;
    std::optional<std::string> drv{}, toplevel{}, toplevel_nar_hash{}, closure_manifest_sha256{};
    std::int64_t closure_paths = 0, closure_bytes = 0;
    std::string from_path{}, from_nar_hash{}, effects_sha256{}, effects_blob{};
    std::vector<std::string> warnings{}, notes{}; ///< notes: told beside the effects
    core::Instant at{};
};

struct EvidenceRow {
    Index index = 0;
    std::int64_t round = 0;
    proposals::Evidence evidence{};
};

struct DecisionRow {
    Index index = 0;
    std::int64_t round = 0;
    proposals::Verdict verdict{};
    std::string verdict_blob{}, policy_sha256{}, effects_sha256{}, page_sha256{};
    core::Instant at{};
};

struct ApprovalRow {
    Index index = 0;
    std::string proposal{};
    std::int64_t round = 0;
    std::string statement{}, statement_sha256{}, approver{};
    proposals::Presence presence{}; ///< method none: by policy alone
    std::string missing{};          ///< who else had to, then: canonical JSON, a list of `{n, role}`
    core::Instant at{};
    std::optional<Index> used_by{}; ///< the apply.intent that used it up
};

struct AnnouncedRow {
    std::string statement{}, statement_sha256{};
    core::Instant at{};
};
struct StepRow {
    Index index = 0;
    std::string step{}, detail{};
    core::Instant at{};
    std::optional<std::string> confirm{}; ///< canonical JSON of `Confirm`
};

/// `body` is the canonical JSON of the entry's body.
struct OutcomeRow {
    Index index = 0;
    std::string outcome{}, reason{}, body{};
    bool settled = false;
    core::Instant at{};
};

/// One try at applying. `from` and `to` are the text of the entry, or its canonical JSON.
struct ApplyRow {
    Index index = 0;
    std::string proposal{}, statement_sha256{}, nonce{}, mode{};
    std::optional<std::string> from{}, to{}, deadline{};
    core::Instant at{};
    std::vector<StepRow> steps{};
    std::optional<OutcomeRow> outcome{}; ///< the last one told
};

struct LandingRow {
    Index index = 0;
    bool done = false;
    std::string branch{}, commit{}, how{}, reason{}, hint{};
    core::Instant at{};
};

} // namespace agentd::store
