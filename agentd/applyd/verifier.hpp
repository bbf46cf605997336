/// @file
/// Root makes sure of a statement by itself; only what passed can be activated.
#pragma once

#include "agentd/analysis/analysis.hpp"
#include "agentd/applyd/announced.hpp"
#include "agentd/applyd/journal.hpp"
#include "agentd/applyd/trust_records.hpp"
#include "agentd/core/line_socket.hpp"
#include "agentd/machine/machine.hpp"
#include "evaluator/store_info.hpp"
#include "proposals/act.hpp"
#include "proposals/statement.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::applyd {

/// A statement that this process checked against the machine, the store and its own root-owned
/// files.
class VerifiedStatement {
  public:
    const proposals::Statement& statement() const noexcept { return statement_; }
    const std::string& sha256() const noexcept { return sha256_; }
    const core::StorePath& from() const noexcept { return from_; }
    const core::StorePath& to() const noexcept { return to_; }
    const proposals::Effects& effects() const noexcept { return effects_; }
    /// Who signed; none: policy alone.
    const std::vector<std::string>& approvers() const noexcept { return approvers_; }
    /// It was announced, and nobody objected for as long as policy wants.
    bool waited() const noexcept { return waited_; }
    /// Set when it is an act: then `to` is `from`, and nothing is switched.
    const std::optional<proposals::Act>& act() const noexcept { return act_; }

  private:
    friend class Verifier;
    VerifiedStatement(proposals::Statement statement, std::string sha256, core::StorePath from,
                      core::StorePath to, proposals::Effects effects,
                      std::vector<std::string> approvers)
        : statement_(std::move(statement)), sha256_(std::move(sha256)), from_(std::move(from)),
          to_(std::move(to)), effects_(std::move(effects)), approvers_(std::move(approvers)) {}
    proposals::Statement statement_;
    std::string sha256_;
    core::StorePath from_;
    core::StorePath to_;
    proposals::Effects effects_;
    std::vector<std::string> approvers_;
    std::optional<proposals::Act> act_{};
    bool waited_ = false;
};

/// Of everybody who signed the same bytes; none where nobody did.
using Presences = std::vector<proposals::Presence>;
inline constexpr std::size_t most_presences = 32;
bool is_by_hand(const Presences& presences) noexcept;

/// Problems, in the order of the checks: those of parse_statement; `wrong_host`, `wrong_machine`,
/// `not_yet`, `expired`, `used`, `frozen`; those of verify_presence,
/// `presence`; `from_mismatch`, `not_ours`, `not_a_toplevel`, `quarantined`, `not_in_store`,
/// `wrong_nar_hash`, `wrong_manifest`, `store_damaged`, `wrong_effects`, `policy_changed`,
/// `denied`, `presence`, those of policy::may_agree, `more_approvers`, `typed_host`, `window`,
/// `tests`, `in_flight`, `soaking`, `budget`, those of Announcements::waited.
class Verifier {
  public:
    Verifier(const Config& config, const core::Clock& clock, const Journal& journal,
             const evaluator::Nix& nix, machine::Machine& machine, const Announcements& announced,
             analysis::Worker worker);

    core::Result<VerifiedStatement> verify(const std::string& statement_bytes,
                                           const Presences& presences, const core::Peer& peer,
                                           const std::stop_token& stop);
    /// Whether the store still has under its name what was looked at. To be asked once it is kept:
    /// until then anybody who may build can have it deleted and built again, not always the same.
    core::Result<core::Done> still_the_same(const VerifiedStatement& verified,
                                            const std::stop_token& stop) const;

  private:
    core::Result<VerifiedStatement> verify_rest(const std::string& statement_bytes,
                                                proposals::Statement statement,
                                                const Presences& presences, const core::Peer& peer,
                                                const std::stop_token& stop);
    core::Result<core::Done> check_fields(const proposals::Statement& statement) const;
    core::Result<std::vector<std::string>> check_presence(const std::string& bytes,
                                                          const proposals::Statement& statement,
                                                          const Presences& presences,
                                                          const core::Peer& peer) const;
    core::Result<std::vector<std::string>> break_glass(const proposals::Statement& statement,
                                                       const Presences& presences,
                                                       const core::Peer& peer) const;
    core::Result<proposals::Effects> check_store(const proposals::Statement& statement,
                                                 const core::StorePath& from,
                                                 const core::StorePath& to,
                                                 const std::stop_token& stop) const;
    core::Result<VerifiedStatement> verify_act(proposals::Statement statement, std::string sha256,
                                               const core::StorePath& running,
                                               std::vector<std::string> approvers,
                                               const Presences& presences,
                                               const std::stop_token& stop) const;
    core::Result<core::Done> check_ours(const core::StorePath& system) const;
    bool was_good(const std::string& system) const;
    /// True where it had to wait, and did.
    core::Result<bool> check_policy(const proposals::Statement& statement,
                                    const proposals::Effects& effects, const std::string& sha256,
                                    const Presences& presences,
                                    const std::vector<std::string>& approvers) const;

    const Config& config_;
    const core::Clock& clock_;
    const Journal& journal_;
    const evaluator::Nix& nix_;
    machine::Machine& machine_;
    const Announcements& announced_;
    analysis::Worker worker_;
    TrustRecords trust_;
};

} // namespace agentd::applyd
