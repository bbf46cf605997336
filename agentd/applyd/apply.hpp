/// @file
/// One apply from its intent to its outcome: each thing that can be done, with what has to be
/// written down before it.
#pragma once

#include "agentd/applyd/activation.hpp"

namespace agentd::applyd {

/// The caller holds the journal's lock.
class Apply {
  public:
    Apply(InFlight in_flight, const Tools& tools, OnStep on_step)
        : in_flight_(std::move(in_flight)), tools_(tools), on_step_(std::move(on_step)) {}

    const InFlight& in_flight() const noexcept { return in_flight_; }

    /// On disk, then in the log; whatever happens in between, `settle` finds it. When the log says
    /// no, all is as before and the statement still good (Failure{unavailable}); when it is silent,
    /// it may have it or not.
    void intend();
    /// False when the log did not take it. @param more fields of the entry besides.
    bool step(std::string_view name, std::string_view detail, const core::Json& more);
    bool step(std::string_view name, std::string_view detail);
    void reach(Phase phase);
    /// What keeps the new system from being tried again, on disk before it is tried: a rollback
    /// may find the disk full. Failure when there is no room even now.
    void prepare_brake();

    /// The last word, to disk and then to the log; nothing is in flight any more.
    Outcome end(std::string outcome, std::string reason, std::vector<CheckResult> checks,
                bool settled);
    /// Nothing is in flight any more once the log has taken it.
    void send(const audit::Draft& outcome);
    /// Interrupted with the intent on disk, and perhaps not in the log: there it is once.
    Outcome nothing_touched();
    /// To exactly the system from before. @throws core::Failure when not even that can be tried:
    /// the journal and the way back stay as they are.
    Outcome take_back(const std::string& reason, std::vector<CheckResult> checks, bool settled);
    /// Healthy: make it last. Also picks up after an interruption, so each act may be repeated.
    Outcome make_lasting(std::vector<CheckResult> checks, bool settled);
    /// A person wants it back: no fault of the system's.
    void cancelled() noexcept { cancelled_ = true; }
    /// Something that should work did not, between the intent and the outcome.
    Outcome broken(const std::string& what);

    /// The system profile names the new system, and did not before.
    bool profile_moved() const;

  private:
    std::optional<core::StorePath> somebody_elses() const;
    bool booted_again() const;
    bool never_left() const;
    std::string run_again(const core::StorePath& from);
    std::string restore_profile();
    void put_aside(const std::string& reason) noexcept;
    void acquit() noexcept;
    audit::Draft intent() const;
    /// What root remembers of who had it done, and in the log where trust is taken back.
    void remember(policy::trust::EventKind how, const std::string& because) noexcept;

    InFlight in_flight_;
    const Tools& tools_;
    OnStep on_step_;
    bool log_answers_ = true;
    bool cancelled_ = false;
    bool unwell_ = false; ///< the new system was not to be kept, however taking it back goes
};

} // namespace agentd::applyd
