/// @file
/// Approve: the statement that names bytes, and the only maker of `Approved`.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/result.hpp"
#include "proposals/approvers.hpp"
#include "proposals/presence.hpp"
#include "proposals/proposal.hpp"
#include "proposals/statement.hpp"
#include "store/rows.hpp"

#include <chrono>
#include <span>
#include <string>

namespace agentd::stages {

/// All that an approval of one proposal binds, as the rows have it now.
struct Decided {
    proposals::Draft draft;
    std::string proposal{};
    store::RevisionRow revision{};
    store::DecisionRow decision{};
    std::string base_tree_sha256{};
    std::optional<std::string> flake_lock_sha256{};
    std::string machine_id{};
};

/// Agreed to by a named person (or by policy alone). Only the desk makes one.
class Approved {
  public:
    const proposals::Statement& statement() const noexcept { return statement_; }
    const std::string& bytes() const noexcept { return bytes_; } ///< what was signed
    const proposals::Presence& presence() const noexcept { return presence_; }
    const std::string& approver() const noexcept { return approver_; }

  private:
    friend class ApprovalDesk;
    Approved(proposals::Statement statement, std::string bytes, proposals::Presence presence,
             std::string approver)
        : statement_(std::move(statement)), bytes_(std::move(bytes)),
          presence_(std::move(presence)), approver_(std::move(approver)) {}
    proposals::Statement statement_;
    std::string bytes_;
    proposals::Presence presence_;
    std::string approver_;
};

/// A change is tried, switched to or booted; an act and a rollback have one mode each.
bool fits(const proposals::Draft& draft, proposals::Mode mode) noexcept;
proposals::Mode usual_mode(const proposals::Draft& draft) noexcept;

class ApprovalDesk {
  public:
    ApprovalDesk(const core::Clock& clock, std::chrono::minutes lifetime)
        : clock_(clock), lifetime_(lifetime) {}

    /// A fresh statement to sign, with a nonce of its own. The mode has to fit the draft.
    proposals::Statement prepare(const Decided& decided, proposals::Mode mode) const;
    /// Problems: `mismatch` (other bytes than what is decided now), `expired`, `presence` (policy
    /// wants a stronger one), and those of verify_presence. Breaking the glass carries no
    /// signature: the caller has made sure that it was root, and root's helper will make sure
    /// again.
    core::Result<Approved> approve(const Decided& decided, const std::string& statement_bytes,
                                   const proposals::Presence& presence,
                                   std::span<const proposals::Approver> approvers) const;
    /// An approval from the log becomes one again only if everything still holds.
    core::Result<Approved> restore(const Decided& decided, const store::ApprovalRow& row,
                                   std::span<const proposals::Approver> approvers) const;

  private:
    core::Result<Approved> break_glass(proposals::Statement statement, const std::string& bytes,
                                       const proposals::Presence& presence) const;
    const core::Clock& clock_;
    std::chrono::minutes lifetime_;
};

} // namespace agentd::stages
