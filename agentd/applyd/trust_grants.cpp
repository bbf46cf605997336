// A person's grant, made sure of by root.
#include "agentd/applyd/trust_records.hpp"
#include "agentd/applyd/trusted_file.hpp"
#include "agentd/core/crypto.hpp"
#include "policy/load.hpp"
#include "policy/rule.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::applyd {

using core::Problem;
using core::Result;
using policy::trust::Event;
using policy::trust::EventKind;
using policy::trust::Grant;

namespace {

Problem no(std::string code, std::string message) {
    return {.code = std::move(code),
            .message = std::move(message),
            .hint = "sign a fresh one: agentctl trust grant"};
}

/// What it was signed under is what is here now.
Result<core::Done> fits_here(const Grant& grant, const Config& config,
                             const std::string& machine_id, core::Instant now) {
    if (grant.host != config.host.str() || grant.key.host_class != config.host.str()) {
        return no("wrong_host", "the grant is for host " + grant.host);
    }
    if (grant.machine_id != machine_id) {
        return no("wrong_machine", "the grant is for another machine");
    }
    if (grant.policy_sha256 != core::sha256(read_trusted(config.policy.file)).hex()) {
        return no("policy_changed", "the policy changed since this was signed");
    }
    if (grant.agentd_version != AGENTD_VERSION) {
        return no("wrong_version", "the grant was signed under another version of agentd");
    }
    if (now < grant.not_before || now >= grant.expires) {
        return no(now < grant.not_before ? "not_yet" : "expired",
                  "the grant holds from " + core::format_instant(grant.not_before) + " to " +
                      core::format_instant(grant.expires));
    }
    return core::Done{};
}

/// An admin, where the owner's policy names any; never a viewer.
Result<core::Done> may_grant(const std::string& name, const Config& config, core::Instant now) {
    const auto loaded = policy::load_policy(
        read_trusted(config.policy.file),
        {.file = config.policy.file, .today = std::chrono::floor<std::chrono::days>(now)});
    if (!loaded.policy) {
        return loaded.problems.front();
    }
    const auto& roles = loaded.policy->roles;
    const bool admins = std::any_of(roles.begin(), roles.end(), [](const auto& one) {
        return one.second == proposals::Role::admin;
    });
    const auto least = admins ? proposals::Role::admin : proposals::Role::approver;
    if (policy::role_of(*loaded.policy, name) < least) {
        return Problem{.code = "denied",
                       .message = name + " may not grant trust: policy names others for that",
                       .where = config.policy.file};
    }
    return core::Done{};
}

} // namespace

Result<TrustRecords::Signed> TrustRecords::check(const std::string& bytes,
                                                 const proposals::Presence& presence,
                                                 const std::string& machine_id) const {
    auto grant = policy::trust::parse_grant(bytes);
    if (!grant) {
        return grant.problem();
    }
    const auto approvers = proposals::parse_approvers(read_trusted(config_.apply.approvers));
    auto by = policy::trust::verify_grant(bytes, presence, approvers.approvers);
    if (!by) {
        return by.problem();
    }
    if (const auto fits = fits_here(*grant, config_, machine_id, clock_.now()); !fits) {
        return fits.problem();
    }
    if (const auto may = may_grant(*by, config_, clock_.now()); !may) {
        return may.problem();
    }
    if (grant->key.who.id == *by) {
        return no("self", "nobody grants himself trust");
    }
    const auto all = events();
    const bool used = !all || std::any_of(all->begin(), all->end(), [&](const Event& one) {
        return one.grant && one.grant->nonce == grant->nonce;
    });
    if (used) {
        return no("used", "this grant was given before");
    }
    return Signed{.grant = std::move(*grant), .by = std::move(*by)};
}

void TrustRecords::granted(const Signed& what) {
    Event given = event(EventKind::granted);
    given.grant = what.grant;
    given.because = what.by;
    append(std::move(given));
}

} // namespace agentd::applyd
