/// @file
/// What root itself remembers of who had what done here: its own account, beside the log.
#pragma once

#include "agentd/config.hpp"
#include "agentd/core/clock.hpp"
#include "policy/join.hpp"
#include "policy/trust/automatic.hpp"
#include "policy/trust/ladder.hpp"
#include "proposals/presence.hpp"
#include "proposals/proposer.hpp"

#include <optional>
#include <string>
#include <vector>

namespace agentd::applyd {

/// Who had a change done, what it was about, and who agreed.
struct TrustNote {
    proposals::Proposer author{};
    policy::EffectClass effect_class = policy::EffectClass::system;
    bool trial = false; ///< until the next boot only
    policy::trust::AgreedBy by = policy::trust::AgreedBy::policy;
    std::set<std::string> targets{}; ///< units and packages, at most Event::max_targets
};

/// Units and packages that effects touch.
std::set<std::string> targets_of(const proposals::Effects& effects);

/// One file of root's own, `<apply>/trust/events`, replaced whole, and beside it the digest of what
/// is in it. It is folded as the log is by everybody else; who agentd says has proposed something
/// is its word, so that a fault in a class is everybody's here. A file that is not the one that was
/// written, or is gone where there was one, is never written over: everybody is revoked until root
/// removes the folder `<apply>/trust`, and then a grant from before counts no more.
class TrustRecords {
  public:
    TrustRecords(const Config& config, const core::Clock& clock);

    /// @param policy_sha256 of the policy that counts now.
    policy::trust::Standing standing(const policy::trust::Key& key,
                                     const std::string& policy_sha256) const;
    std::vector<policy::trust::Standing> standings(const std::string& policy_sha256) const;
    /// Trust and distance, as facts know them.
    void tell(policy::Context& context, const proposals::Proposer& author,
              policy::EffectClass effect_class, const std::string& policy_sha256) const;
    /// Whether one more change may happen by itself: one at a time, soaked, within the budget.
    core::Result<core::Done> may_begin(policy::EffectClass effect_class) const;
    /// The same for an act, which moves no system.
    core::Result<core::Done> may_act() const;
    void acted(const std::string& proposal);

    /// Durable before anything moves. @throws core::Failure when there is no room.
    void begun(const std::string& proposal, const TrustNote& note);
    /// What is in the log's intent about it; null when nothing is known.
    core::Json note_of(const std::string& proposal) const;
    /// confirmed, rolled_back, dropped; or ill, for what was found later. What never began is left
    /// out. A full disk is only said: what has no end lets nothing happen by itself.
    void ended(const std::string& proposal, policy::trust::EventKind kind,
               const std::string& because) noexcept;
    /// Nothing is under way: what began and has no end here was interrupted before it did anything,
    /// but for proposals of `faults`, whose systems are in quarantine.
    void settle(const std::vector<std::string>& faults) noexcept;
    void glass_broken();

    /// A person's grant: signed by an approver for this host, machine, policy and agentd, in time,
    /// and not kept before. Problems: those of parse_grant and verify_grant, `wrong_host`,
    /// `wrong_machine`, `policy_changed`, `wrong_version`, `not_yet`, `expired`, `used`.
    /// @return who signed it, and the grant; nothing is kept yet.
    struct Signed {
        policy::trust::Grant grant{};
        std::string by{};
    };
    core::Result<Signed> check(const std::string& bytes, const proposals::Presence& presence,
                               const std::string& machine_id) const;
    void granted(const Signed& what);
    /// Downwards anybody may: of one proposer, or (with an empty id) of everybody.
    void revoked(const policy::trust::Identity& who,
                 std::optional<policy::EffectClass> effect_class, const std::string& because);

  private:
    std::optional<std::vector<policy::trust::Event>> events() const;
    policy::trust::Event event(policy::trust::EventKind kind) const;
    /// False when what is there cannot be read: then nothing is written.
    bool append(policy::trust::Event event);
    void write(std::vector<policy::trust::Event>& events);
    policy::trust::Ladder ladder(const std::vector<policy::trust::Event>& events) const;
    policy::trust::Moment moment(const std::string& policy_sha256, bool readable) const;

    const Config& config_;
    const core::Clock& clock_;
    std::string folder_;
};

} // namespace agentd::applyd
