/// @file
/// What the pipeline, the watch and the API work with, and who acts.
#pragma once

#include "agentd/analysis/analysis.hpp"
#include "agentd/config.hpp"
#include "agentd/inbox.hpp"
#include "agentd/machine/machine.hpp"
#include "agentd/pipeline/ledger.hpp"
#include "evaluator/catalog.hpp"
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
    evaluator::CatalogShelf& catalogs;
    machine::MachineOptions machine;
    analysis::Worker worker;
    web::EventHub& events;
    Ledger& ledger;
    Inbox& sequencer; ///< writes rows
    Inbox& tests;     ///< evaluates and builds, one proposal at a time
    Inbox& applies;   ///< talks to the helper
};

/// Who acts.
struct Actor {
    audit::ActorKind kind = audit::ActorKind::human;
    std::string id{};
    /// Whom the kernel named; nullopt for a browser and for the daemon itself. Never assumed to be root.
    std::optional<std::uint32_t> uid{};
};

} // namespace agentd::pipeline
