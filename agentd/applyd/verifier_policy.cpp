// What root's own policy says about a statement, and the statements that hold no system: acts.
#include "agentd/applyd/last_good.hpp"
#include "agentd/applyd/trusted_file.hpp"
#include "agentd/applyd/verifier.hpp"
#include "agentd/core/crypto.hpp"
#include "agentd/core/zone_file.hpp"
#include "agentd/machine/generations.hpp"
#include "evaluator/builder.hpp"
#include "policy/decide.hpp"
#include "policy/join.hpp"
#include "policy/load.hpp"
#include "policy/quorum.hpp"
#include "policy/unsigned.hpp"
#include "policy/window.hpp"

#include <algorithm>

namespace agentd::applyd {

using core::Done;
using core::Problem;
using core::Result;
using proposals::Level;
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

/// Root's own copy, where it is the one that the statement was made under.
Result<policy::Policy> own_policy(const std::string& file, const Statement& statement,
                                  core::Instant now) {
    const std::string text = read_trusted(file);
    if (core::sha256(text).hex() != statement.policy_sha256) {
        return Problem{.code = "policy_changed",
                       .message = "the policy changed since this was approved",
                       .where = file,
                       .hint = "verify the proposal again and approve it under the new policy"};
    }
    auto loaded = policy::load_policy(text, {.file = file,
                                             .today = std::chrono::floor<std::chrono::days>(now),
                                             .zones = core::zone_file});
    return loaded.policy ? Result<policy::Policy>(std::move(*loaded.policy))
                         : loaded.problems.front();
}

Result<Done> check_level(const proposals::Verdict& verdict, const Statement& statement,
                         bool signed_by_people) {
    const auto needed = signed_by_people                          ? Level::approve
                        : statement.required_level == Level::veto ? Level::veto
                                                                  : Level::automatic;
    if (verdict.level >= needed) {
        return Done{};
    }
    return Problem{.code = "denied",
                   .message = "policy allows this change only as far as `" +
                              std::string(proposals::to_string(verdict.level)) + "`",
                   .where = verdict.reasons.empty() ? "" : verdict.reasons.front().rule};
}

bool must_wait(const proposals::Verdict& verdict) {
    return verdict.level == Level::veto || verdict.obligations.delay.count() > 0;
}

/// Everybody showed to be there as policy wants, may agree, and is one of enough.
Result<Done> check_people(const policy::Vote& vote, const Presences& presences,
                          const std::vector<std::string>& names,
                          proposals::PresenceMethod weakest) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!proposals::satisfies(presences[i].method, weakest)) {
            return Problem{.code = "presence",
                           .message = "policy wants a stronger proof of presence: " +
                                      std::string(proposals::to_string(weakest))};
        }
        if (const auto may = policy::may_agree(vote, names[i]); !may) {
            return may;
        }
    }
    const auto missing = policy::still_needed(vote, names);
    return missing.empty()
               ? Result<Done>(Done{})
               : Problem{.code = "more_approvers", .message = policy::describe(missing)};
}

/// What root can see by itself; what it cannot see holds only where people signed that they saw it.
Result<Done> check_obligations(const policy::Policy& policy, const proposals::Verdict& verdict,
                               const Statement& statement, bool signed_by_people,
                               core::Instant now) {
    const auto& obligations = verdict.obligations;
    if (obligations.typed_host && !statement.typed_host) {
        return Problem{.code = "typed_host",
                       .message = "policy wants the name of the host typed for this"};
    }
    for (const std::string& name : obligations.windows) {
        const policy::Window* window = policy::find_window(policy, name);
        if (window == nullptr || !policy::is_open(*window, now)) {
            return Problem{.code = "window",
                           .message = "policy lets this happen only in the window " + name};
        }
    }
    if (!signed_by_people && !obligations.tests.empty()) {
        return Problem{.code = "tests",
                       .message = "policy wants tests passed that root's helper cannot see: a "
                                  "person has to approve it"};
    }
    return Done{};
}

} // namespace

bool is_by_hand(const Presences& presences) noexcept {
    return std::any_of(presences.begin(), presences.end(), [](const proposals::Presence& each) {
        return each.method == proposals::PresenceMethod::break_glass;
    });
}

/// By root alone, for one statement that is fresh: nothing to keep for later.
Result<std::vector<std::string>> Verifier::break_glass(const Statement& statement,
                                                       const Presences& presences,
                                                       const core::Peer& peer) const {
    if (peer.uid != 0 || presences.size() != 1) {
        return Problem{.code = "presence",
                       .message = "only root itself may break the glass, and alone",
                       .hint = "sudo agentctl approve --break-glass, on the machine"};
    }
    if (statement.expires > clock_.now() + std::chrono::hours(1)) {
        return Problem{.code = "expired",
                       .message = "the glass is broken for what is done within the hour"};
    }
    return std::vector<std::string>{std::string(proposals::glass_breaker)};
}

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
                                               std::vector<std::string> approvers,
                                               const Presences& presences,
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
    const auto waited = check_policy(statement, effects, sha256, presences, approvers);
    if (!waited) {
        return waited.problem();
    }
    VerifiedStatement verified(std::move(statement), std::move(sha256), running, running,
                               std::move(effects), std::move(approvers));
    verified.act_ = *act;
    verified.waited_ = *waited;
    return verified;
}

Result<bool> Verifier::check_policy(const Statement& statement, const proposals::Effects& effects,
                                    const std::string& sha256, const Presences& presences,
                                    const std::vector<std::string>& approvers) const {
    auto policy = own_policy(config_.policy.file, statement, clock_.now());
    if (!policy) {
        return policy.problem();
    }
    if (!presences.empty()) {
        *policy = policy::asking(std::move(*policy));
    }
    // What root can know by itself, and the few words of the daemon that are bound; the rest stays
    // unknown, and unknown never helps. What is a system of this store was built.
    const bool change = statement.mode != Mode::act && statement.mode != Mode::rollback;
    policy::Context context{.host = statement.host,
                            .proposer_kind = statement.author.kind,
                            .proposer_id = statement.author.id,
                            .source = statement.told.source,
                            .evidence_build =
                                change ? std::optional<std::string>("passed") : std::nullopt,
                            .evidence_checks = statement.told.checks,
                            .build_escapable = escapable(config_, nix_),
                            .options_disagree = statement.told.options_disagree,
                            .revision = kind_of(statement.mode)};
    const auto effect_class =
        class_of(effects, policy::Origin{.upstream_bump = context.upstream_bump.value_or(false)});
    trust_.tell(context, statement.author, effect_class, statement.policy_sha256);
    if (statement.mode == Mode::rollback) {
        context.confirmed_before = was_good(statement.rollback_to.value_or(""));
    }
    const auto facts = policy::facts_from(effects, context);
    const auto verdict = presences.empty() ? policy::decide_unsigned(*policy, facts)
                                           : policy::decide(*policy, facts);
    if (const auto why = never(verdict)) {
        return *why;
    }
    if (is_by_hand(presences)) {
        return false;
    }
    auto done = check_level(verdict, statement, !presences.empty());
    if (done && !presences.empty()) {
        done = check_people(
            {.policy = *policy, .author = statement.author, .obligations = verdict.obligations},
            presences, approvers, verdict.presence);
    }
    if (done) {
        done = check_obligations(*policy, verdict, statement, !presences.empty(), clock_.now());
    }
    const bool wait = must_wait(verdict);
    if (done && wait) {
        done = announced_.waited(statement, sha256, verdict.obligations.delay);
    }
    if (done && presences.empty()) { // one at a time, watched, and not many
        done = statement.mode == Mode::act ? trust_.may_act() : trust_.may_begin(effect_class);
    }
    return done ? Result<bool>(wait) : done.problem();
}

} // namespace agentd::applyd
