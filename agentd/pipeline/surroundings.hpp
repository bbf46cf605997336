/// @file
/// What the pipeline, the watch and the API work with, and who acts.
#pragma once

#include "agentd/analysis/analysis.hpp"
#include "agentd/config.hpp"
#include "agentd/inbox.hpp"
#include "agentd/machine/machine.hpp"
#include "agentd/pipeline/ledger.hpp"
#include "agentd/rehearsal/theatre.hpp"
#include "evaluator/index/make_index.hpp"
#include "proposals/presence.hpp"
#include "store/blobs.hpp"
#include "web/events.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace agentd::pipeline {

/// What the pipeline works with. Everything outlives it; the ledger belongs to the sequencer thread.
struct Surroundings {
    const Config& config;
    const core::Clock& clock;
    store::Blobs& blobs;
    const evaluator::Nix& nix;
    evaluator::IndexShelf& indexes;
    machine::MachineOptions machine;
    analysis::Worker worker;
    rehearsal::Theatre theatre;
    web::EventHub& events;
    Ledger& ledger;
    Inbox& sequencer; ///< writes rows
    Inbox& tests;     ///< evaluates and builds, one proposal at a time
    Inbox& applies;   ///< talks to the helper
};

/// What the host can be asked for in a commit of the owner's branch; evaluated where it is not
/// known yet.
core::Result<std::unique_ptr<evaluator::OptionIndex>>
index_at(const Surroundings& in, const core::Commit& commit, const std::stop_token& stop);

/// Who acts.
struct Actor {
    audit::ActorKind kind = audit::ActorKind::human;
    std::string id{};
    /// Whom the kernel named; nullopt for a browser and for the daemon itself. Never assumed to be root.
    std::optional<std::uint32_t> uid{};
};

/// What somebody hands in to agree to a statement; method none: policy alone does.
struct Consent {
    std::string statement{};
    proposals::Presence presence{};
    std::string typed_host{}; ///< as the person typed it
};

} // namespace agentd::pipeline
