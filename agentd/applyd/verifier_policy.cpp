// What root's own policy says about a statement, and the statements that hold no system: acts.
#include "agentd/applyd/last_good.hpp"
#include "agentd/applyd/trusted_file.hpp"
#include "agentd/applyd/verifier.hpp"
#include "agentd/core/crypto.hpp"
#include "agentd/machine/generations.hpp"
#include "evaluator/builder.hpp"
#include "policy/decide.hpp"
#include "policy/join.hpp"
#include "policy/load.hpp"

#include <algorithm>

namespace agentd::applyd {

using core::Done;
using core::Problem;
using core::Result;
using proposals::Mode;
using proposals::Statement;

namespace {

std::string kind_of(Mode mode) {
    return mode == Mode::act ? "act" : mode == Mode::rollback ? "rollback" : "change";
}

/// Of who built it for the daemon, which has no rights in the store; only a demo's has them.
std::optional<bool> escapable(const Config& config, const evaluator::Nix& nix) {
    const bool by_itself = !config.programs.separation && config.nix.daemon.empty();
    return evaluator::build_escapable(
        nix, evaluator::builder_of(
                 nix, by_itself ? "" : evaluator::daemon_of_others(config.nix.daemon)));
}

/// What the code itself forbids is not lifted by root breaking the glass either.
std::optional<Problem> never(const proposals::Verdict& verdict) {
    for (const auto& reason : verdict.reasons) {
        if (reason.effect == proposals::ReasonEffect::invariant &&
            reason.level == proposals::Level::forbid) {
            return Problem{.code = "denied",
                           .message = reason.why + ": " + reason.because,
                           .where = reason.rule};
        }
    }
    return std::nullopt;
}

} // namespace

bool Verifier::was_good(const std::string& system) const {
    const auto good = LastGood(journal_.directory()).list();
    return std::any_of(good.begin(), good.end(),
                       [&](const core::StorePath& path) { return path.str() == system; });
}

Result<Done> Verifier::check_ours(const core::StorePath& system) const {
    const auto generations = machine::list_generations(machine_);
    const bool listed =
        std::any_of(generations.begin(), generations.end(),
                    [&](const machine::Generation& each) { return each.path == system; });
    if (listed || was_good(system.str())) {
        return Done{};
    }
    return Problem{.code = "not_ours",
                   .message =
                       "no generation of the system profile and nothing that was applied here "
                       "is that system, so there is no going back to it",
                   .where = system.str(),
                   .hint = "agentctl rollback --list"};
}

Result<VerifiedStatement> Verifier::verify_act(Statement statement, std::string sha256,
                                               const core::StorePath& running,
                                               const std::string& approver,
                                               const std::optional<proposals::Presence>& presence,
                                               const std::stop_token& stop) const {
    const auto act = proposals::parse_act(statement.act.value_or(""));
    if (!act) {
        return act.problem();
    }
    if (const auto why = proposals::why_forbidden(*act)) {
        return Problem{.code = "denied", .message = *why};
    }
    const auto from = evaluator::path_info(nix_, running, stop);
    if (!from || from->nar_hash != statement.from.nar_hash) {
        return from ? Problem{.code = "from_mismatch",
                              .message = "the running system's NAR hash is another"}
                    : from.problem();
    }
    auto effects = proposals::effects_of(*act, running);
    if (proposals::digest(effects).hex() != statement.effects_sha256) {
        return Problem{.code = "wrong_effects",
                       .message = "the effects worked out here are not the approved ones"};
    }
    if (const auto done = check_policy(statement, effects, presence); !done) {
        return done.problem();
    }
    VerifiedStatement verified(std::move(statement), std::move(sha256), running, running,
                               std::move(effects), approver);
    verified.act_ = *act;
    return verified;
}

Result<Done> Verifier::check_policy(const Statement& statement, const proposals::Effects& effects,
                                    const std::optional<proposals::Presence>& presence) const {
    const std::string text = read_trusted(config_.policy.file);
    if (core::sha256(text).hex() != statement.policy_sha256) {
        return Problem{.code = "policy_changed",
                       .message = "the policy changed since this was approved",
                       .where = config_.policy.file,
                       .hint = "verify the proposal again and approve it under the new policy"};
    }
    const auto loaded =
        policy::load_policy(text, {.file = config_.policy.file,
                                   .today = std::chrono::floor<std::chrono::days>(clock_.now())});
    if (!loaded.policy) {
        return loaded.problems.front();
    }
    // Only what root can know by itself: who proposed and why stays unknown, and unknown never
    // helps.
    policy::Context context{.host = statement.host,
                            .build_escapable = escapable(config_, nix_),
                            .revision = kind_of(statement.mode)};
    if (statement.mode == Mode::rollback) {
        context.confirmed_before = was_good(statement.rollback_to.value_or(""));
    }
    const auto verdict = policy::decide(*loaded.policy, policy::facts_from(effects, context));
    if (const auto why = never(verdict)) {
        return *why;
    }
    const bool by_hand = presence && presence->method == proposals::PresenceMethod::break_glass;
    const auto needed = presence ? proposals::Level::approve : proposals::Level::automatic;
    if (verdict.level < needed && !by_hand) {
        return Problem{.code = "denied",
                       .message = "policy allows this change only as far as `" +
                                  std::string(proposals::to_string(verdict.level)) + "`",
                       .where = verdict.reasons.empty() ? "" : verdict.reasons.front().rule};
    }
    if (presence && !by_hand && !proposals::satisfies(presence->method, verdict.presence)) {
        return Problem{.code = "presence",
                       .message = "policy wants a stronger proof of presence: " +
                                  std::string(proposals::to_string(verdict.presence))};
    }
    return Done{};
}

} // namespace agentd::applyd
