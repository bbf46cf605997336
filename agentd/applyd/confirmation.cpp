#include "agentd/applyd/confirmation.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace agentd::applyd {

using core::Done;
using core::Problem;
using core::Result;

core::Json to_json(const Wanted& wanted) {
    return {{"nonce", wanted.nonce},
            {"since", core::format_instant(wanted.since)},
            {"until", core::format_instant(wanted.until)},
            {"because", wanted.because}};
}

void Confirmation::begin(std::string proposal) {
    const std::lock_guard lock(mutex_);
    proposal_ = std::move(proposal);
    wanted_.reset();
    word_.reset();
    lasting_ = false;
    cancelled_ = std::stop_source();
}

std::stop_token Confirmation::cancelled() const {
    const std::lock_guard lock(mutex_);
    return cancelled_.get_token();
}

std::optional<Word> Confirmation::wait(Wanted wanted, std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    wanted_ = std::move(wanted);
    said_.wait_for(lock, time, [&] { return word_.has_value(); });
    wanted_.reset(); // whoever comes later comes too late
    return word_;
}

std::optional<Word> Confirmation::make_lasting() {
    const std::lock_guard lock(mutex_);
    if (word_ && !word_->confirmed) {
        return word_;
    }
    lasting_ = true;
    return std::nullopt;
}

void Confirmation::finish() noexcept {
    const std::lock_guard lock(mutex_);
    proposal_.clear();
    wanted_.reset();
}

Result<Done> Confirmation::is_about(const std::string& proposal) const {
    if (proposal_.empty()) {
        return Problem{.code = "not_waiting",
                       .message = "nothing is being applied that this could be about",
                       .hint = "`agentctl show` says how it ended"};
    }
    if (proposal_ != proposal) {
        return Problem{.code = "other_proposal",
                       .message = "another proposal is being applied",
                       .where = proposal_};
    }
    return Done{};
}

Result<std::string> Confirmation::confirm(const std::string& proposal,
                                          const proposals::Presence& presence,
                                          std::span<const proposals::Approver> approvers) {
    const std::lock_guard lock(mutex_);
    if (const auto about = is_about(proposal); !about) {
        return about.problem();
    }
    if (!wanted_ || word_) {
        return Problem{.code = "not_waiting",
                       .message = word_ ? "somebody has spoken already"
                                        : "it does not wait for a confirmation now",
                       .hint = "`agentctl show` says how far it is"};
    }
    const auto approver = proposals::verify_confirmation(wanted_->nonce, presence, approvers);
    if (!approver) {
        return approver.problem();
    }
    word_ = Word{.confirmed = true, .name = approver->name, .presence = presence};
    said_.notify_all();
    return approver->name;
}

Result<Done> Confirmation::cancel(const std::string& proposal, Word word) {
    const std::lock_guard lock(mutex_);
    if (const auto about = is_about(proposal); !about) {
        return about.problem();
    }
    if (lasting_ || (word_ && word_->confirmed)) {
        return Problem{.code = "too_late",
                       .message = "it is well and is being made to last already",
                       .hint = "`agentctl rollback` goes back to the system from before"};
    }
    if (!word_) {
        word_ = std::move(word);
        cancelled_.request_stop();
        said_.notify_all();
    }
    return Done{};
}

std::vector<proposals::Approver> who_may_confirm(std::vector<proposals::Approver> approvers,
                                                 const policy::Policy& policy) {
    std::erase_if(approvers, [&](const proposals::Approver& approver) {
        return policy::role_of(policy, approver.name) == proposals::Role::viewer;
    });
    return approvers;
}

} // namespace agentd::applyd
