/// @file
/// Approve: the statement that names bytes, who signed it, and the only maker of `Approved`.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/result.hpp"
#include "policy/rule.hpp"
#include "proposals/approvers.hpp"
#include "proposals/presence.hpp"
#include "proposals/proposal.hpp"
#include "proposals/statement.hpp"
#include "store/rows.hpp"

#include <chrono>
#include <span>
#include <string>
#include <vector>

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
    proposals::Told told{};
    std::vector<std::string> passed{}; ///< levels of evidence whose newest of this round passed
};

/// Agreed to by enough people, or by policy alone. Only the desk makes one.
class Approved {
  public:
    const proposals::Statement& statement() const noexcept { return statement_; }
    const std::string& bytes() const noexcept { return bytes_; } ///< what was signed
    /// Empty: nobody signed, policy lets it happen.
    const std::vector<proposals::Presence>& presences() const noexcept { return presences_; }
    const std::string& approver() const noexcept { return approver_; } ///< `alice, bob`

  private:
    friend class ApprovalDesk;
    Approved(proposals::Statement statement, std::string bytes,
             std::vector<proposals::Presence> presences, std::string approver)
        : statement_(std::move(statement)), bytes_(std::move(bytes)),
          presences_(std::move(presences)), approver_(std::move(approver)) {}
    proposals::Statement statement_;
    std::string bytes_;
    std::vector<proposals::Presence> presences_;
    std::string approver_;
};

/// `policy` where nobody signed.
std::string names_of(const std::vector<store::ApprovalRow>& rows);

/// A change is tried, switched to or booted; an act and a rollback have one mode each.
bool fits(const proposals::Draft& draft, proposals::Mode mode) noexcept;
proposals::Mode usual_mode(const proposals::Draft& draft) noexcept;

/// Who lets it happen: people who sign, policy alone, or root by its own hand.
enum class Agreement { people, policy, glass };
/// How long it waits once it is agreed to, from when root's helper was told. Who signs what would
/// happen by itself after a while lets it happen now.
std::chrono::seconds delay_of(const proposals::Verdict& verdict, Agreement how) noexcept;

/// Who may agree at this moment.
struct People {
    std::span<const proposals::Approver> approvers{};
    const policy::Policy& policy;
};

/// One person agreed to exactly these bytes.
struct Agreed {
    std::string name{};
    std::vector<proposals::ApproversNeeded> missing{}; ///< who else has to
};

class ApprovalDesk {
  public:
    ApprovalDesk(const core::Clock& clock, std::chrono::minutes lifetime)
        : clock_(clock), lifetime_(lifetime) {}

    /// A fresh statement to sign, with a nonce of its own. The mode has to fit the draft. Problems:
    /// `window` (it does not open within a year), `tests`.
    core::Result<proposals::Statement> prepare(const Decided& decided, proposals::Mode mode,
                                               const policy::Policy& policy, Agreement how) const;
    /// @param before those who signed the same bytes before. Problems: `mismatch` (other bytes than
    /// what is decided now), `expired`, `tests`, `presence` (policy wants a stronger one), `used`
    /// (he agreed already), those of verify_presence and of policy::may_agree. Breaking the glass
    /// carries no signature: the caller has made sure that it was root, and root's helper will make
    /// sure again.
    core::Result<Agreed> agree(const Decided& decided, const std::string& statement_bytes,
                               const proposals::Presence& presence, const People& people,
                               std::span<const store::ApprovalRow> before) const;
    /// Approvals from the log become one again only if everything still holds, and nobody is
    /// missing. Problems besides those of agree:, `more_approvers`.
    core::Result<Approved> restore(const Decided& decided,
                                   const std::vector<store::ApprovalRow>& rows,
                                   const People& people) const;

  private:
    struct Times {
        core::Instant from{}, until{};
    };
    core::Result<Times> times(const proposals::Verdict& verdict, const policy::Policy& policy,
                              Agreement how) const;
    core::Result<proposals::Statement> check(const Decided& decided, const std::string& bytes,
                                             const policy::Policy& policy, Agreement how) const;
    const core::Clock& clock_;
    std::chrono::minutes lifetime_;
};

} // namespace agentd::stages
