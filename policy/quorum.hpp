/// @file
/// Whose agreement counts, and who else has to agree: one answer for the page, the terminal, the
/// sockets and root's helper.
#pragma once

#include "agentd/core/result.hpp"
#include "policy/rule.hpp"
#include "proposals/proposer.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::policy {

/// What people have to agree to.
struct Vote {
    const Policy& policy;
    const proposals::Proposer& author;
    const proposals::Obligations& obligations;
};

/// The same policy where nothing happens by itself. Who signs what would happen after a while lets it
/// happen now, and has to show and do no less for it than if he had been asked in the first place.
Policy asking(Policy policy);

/// Problems: `viewer` (who only looks approves nothing), `own_proposal` (the author's name, where
/// policy does not let him).
core::Result<core::Done> may_agree(const Vote& vote, std::string_view name);

/// Who is still missing once these people agreed; least role first, nobody twice. A name counts
/// once, however many keys it has; one whose agreement does not count is none. Without an
/// obligation one approver is needed.
std::vector<proposals::ApproversNeeded> still_needed(const Vote& vote,
                                                     std::span<const std::string> names);

/// More than one person has to agree.
bool needs_several(const proposals::Obligations& obligations) noexcept;

/// `one more admin has to approve`; "" when nobody has to.
std::string describe(const std::vector<proposals::ApproversNeeded>& needed);

} // namespace agentd::policy
