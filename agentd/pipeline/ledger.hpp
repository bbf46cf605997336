/// @file
/// Nothing is done before it is written down: entries into the log first, then into the rows.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/id.hpp"
#include "agentd/core/json.hpp"
#include "agentd/pipeline/trust_log.hpp"
#include "audit/client.hpp"
#include "store/projection.hpp"
#include "web/events.hpp"

#include <optional>
#include <string>

namespace agentd::pipeline {

/// Used by the sequencer thread only: the one writer of rows.
class Ledger {
  public:
    Ledger(std::string append_socket, store::Projection& projection, web::EventHub& events,
           const core::Clock& clock);

    /// Durable and signed in the log, and folded, when it returns. A draft that the rows would
    /// refuse (a transition that is not in the table) is refused before it is written.
    /// @throws core::Failure unavailable when the log cannot be written: then nothing may be done;
    ///         busy when somebody else's entry came first, behind which it does not fit: the log
    ///         has it, and it changed nothing.
    void record(std::string type, std::string subject, const core::Json& body,
                const audit::Actor& actor = {}, std::optional<std::string> cause = std::nullopt);
    /// Folds what others (the helper) have written.
    void catch_up() { fold_new({}); }
    /// The same for whoever only shows what there is: a log that is gone has nothing new to fold.
    void catch_up_if_it_answers();
    store::RebuildReport rebuild();

    audit::Client& log() { return client_; }
    store::Projection& projection() { return projection_; }
    /// Folded up to what the rows know.
    TrustLog& trust();
    store::Queries queries() const { return projection_.queries(); }

  private:
    void fold_new(const store::OnMisfit& on_misfit);
    std::vector<std::string> read(store::Index from, std::size_t limit);
    audit::Client client_;
    store::Projection& projection_;
    web::EventHub& events_;
    const core::Clock& clock_;
    TrustLog trust_;
};

} // namespace agentd::pipeline
