#include "policy/trust/ladder.hpp"

#include <algorithm>

namespace agentd::policy::trust {

namespace {

using core::Instant;
using std::chrono::microseconds;

/// Such a fault wipes out what was earned, so that the later of two is the one to remember.
template <class Fall> void keep_later(std::optional<Fall>& fall, Fall found) {
    if (!fall || fall->at <= found.at) {
        fall = std::move(found);
    }
}

bool overlap(const std::set<std::string>& a, const std::set<std::string>& b) {
    return std::any_of(a.begin(), a.end(), [&](const auto& one) { return b.contains(one); });
}

} // namespace

void Ladder::take(const Event& event) {
    check_order(event);
    switch (event.kind) {
    case EventKind::other:
    case EventKind::acted:
        break;
    case EventKind::begun:
        begin(event);
        break;
    case EventKind::confirmed:
    case EventKind::rolled_back:
    case EventKind::dropped:
        end(event);
        break;
    case EventKind::ill:
        if (const auto it = applied_as_.find(event.proposal); it != applied_as_.end()) {
            keep_later(books_[it->second].fall, Fall{.at = event.at, .because = event.because});
        }
        break;
    case EventKind::dangerous:
    case EventKind::mismatch: {
        std::optional<Fall> fall(Fall{.at = event.at, .because = event.because});
        if (event.kind == EventKind::dangerous && event.effect_class) {
            keep_later(books_[{event.who, *event.effect_class, event.host_class}].fall, *fall);
        } else if (const auto [it, added] = identities_.try_emplace(event.who, *fall);
                   !added && it->second.at <= event.at) {
            it->second = *fall;
        }
        break;
    }
    case EventKind::host_fault:
        keep_later(host_, Fall{.at = event.at, .because = event.because});
        break;
    case EventKind::glass:
        glass_ = std::max(glass_.value_or(event.at), event.at);
        break;
    case EventKind::granted:
        grant(event);
        break;
    case EventKind::withdrawn:
        withdraw(event);
        break;
    }
    last_ = Event{.at = event.at, .boot_id = event.boot_id, .mono_us = event.mono_us};
}

/// Numbers that are missing or out of order, and clocks that do not agree.
void Ladder::check_order(const Event& event) {
    if (event.index != next_ && broken_.empty()) {
        broken_ = "entries of the log are missing or out of order: " + std::to_string(next_) +
                  " was expected and " + std::to_string(event.index) + " came";
    }
    next_ = event.index + 1;
    if (!last_) {
        return;
    }
    const bool same_boot = last_->boot_id == event.boot_id;
    if (same_boot && event.mono_us < last_->mono_us && broken_.empty()) {
        broken_ = "entries of the log are out of order: of one boot, and the later is the earlier";
    }
    const auto passed = event.at - last_->at;
    const microseconds meant(same_boot ? event.mono_us - last_->mono_us : 0);
    const bool jumped = same_boot
                            ? passed - meant > clock_tolerance || meant - passed > clock_tolerance
                            : passed < -microseconds(clock_tolerance);
    if (jumped) {
        // The later of the two: evidence must not get older by a clock that runs ahead.
        keep_later(host_, Fall{.at = std::max(event.at, last_->at),
                               .because = "the machine's clock jumped"});
    }
}

bool Ladder::repairs_own_damage(const Key& key, const Event& event) const {
    return std::any_of(damage_.begin(), damage_.end(), [&](const auto& one) {
        return one.first + revoked_for > event.at && one.second.first == key.who &&
               overlap(one.second.second, event.targets);
    });
}

void Ladder::begin(const Event& event) {
    if (open_) {
        taken_back(open_->key, event.at, "how an earlier change ended is not on record");
        open_.reset();
    }
    if (event.by == AgreedBy::root) {
        glass_ = std::max(glass_.value_or(event.at), event.at);
    }
    // What nobody classified is of the system.
    const Key key{event.who, event.effect_class.value_or(EffectClass::system), event.host_class};
    open_ = Open{.proposal = event.proposal,
                 .key = key,
                 .applied = {.by = event.by,
                             .targets = event.targets,
                             .credit = !event.targets.empty() && !repairs_own_damage(key, event)}};
    books_.try_emplace(key);
}

void Ladder::end(const Event& event) {
    if (!open_ || open_->proposal != event.proposal) {
        // Found later: the first boot into it did not go well.
        const auto it = applied_as_.find(event.proposal);
        if (event.kind == EventKind::rolled_back && it != applied_as_.end()) {
            taken_back(it->second, event.at, event.because);
        }
        return;
    }
    const Open open = std::move(*open_);
    open_.reset();
    Book& book = books_[open.key];
    if (event.kind == EventKind::dropped) {
        return;
    }
    if (event.kind == EventKind::rolled_back) {
        damage_.emplace_back(event.at, std::pair(open.key.who, open.applied.targets));
        taken_back(open.key, event.at, event.because);
        return;
    }
    std::erase_if(book.applied,
                  [&](const Applied& one) { return one.at + evidence_lasts < event.at; });
    std::erase_if(damage_, [&](const auto& one) { return one.first + revoked_for < event.at; });
    book.applied.push_back(open.applied);
    book.applied.back().at = event.at;
    applied_as_[event.proposal] = open.key;
}

void Ladder::taken_back(const Key& key, Instant at, const std::string& because) {
    const auto another = [&](const auto& one) {
        return one.second.fall && one.second.fall->at + soak > at;
    };
    const bool second = std::any_of(books_.begin(), books_.end(), another);
    keep_later(books_[key].fall, Fall{.at = at, .because = because});
    if (second) {
        keep_later(host_, Fall{.at = at, .because = "two changes went wrong within a day"});
    }
}

void Ladder::grant(const Event& event) {
    if (!event.grant) {
        return;
    }
    Book& book = books_[event.grant->key];
    if (!book.held || book.held->at <= event.at) {
        book.held = Held{
            .grant = *event.grant, .at = event.at, .earned = earned(event.grant->key, event.at)};
    }
}

void Ladder::withdraw(const Event& event) {
    const Fall fall{.at = event.at, .because = event.because};
    if (event.who.id.empty()) {
        keep_later(host_, fall);
    } else if (event.effect_class) {
        keep_later(books_[{event.who, *event.effect_class, event.host_class}].fall, fall);
    } else {
        auto& found = identities_.try_emplace(event.who, fall).first->second;
        found = found.at <= fall.at ? fall : found;
    }
}

std::optional<Ladder::Fall> Ladder::fall_of(const Key& key) const {
    std::optional<Fall> found = host_;
    if (const auto it = identities_.find(key.who); it != identities_.end()) {
        keep_later(found, it->second);
    }
    if (const auto it = books_.find(key); it != books_.end() && it->second.fall) {
        keep_later(found, *it->second.fall);
    }
    return found;
}

bool Ladder::lifted(const Key& key, const Fall& fall) const {
    const auto it = books_.find(key);
    return it != books_.end() && it->second.held &&
           std::min(it->second.held->at, it->second.held->grant.not_before) > fall.at;
}

bool Ladder::anybody_revoked(EffectClass effect_class, Instant at) const {
    const auto holds = [&](const Fall& fall) { return at < fall.at + revoked_for; };
    const bool of_class = std::any_of(books_.begin(), books_.end(), [&](const auto& one) {
        return one.first.effect_class == effect_class && one.second.fall &&
               holds(*one.second.fall) && !lifted(one.first, *one.second.fall);
    });
    return of_class || std::any_of(identities_.begin(), identities_.end(), [&](const auto& one) {
               const bool signed_since =
                   std::any_of(books_.begin(), books_.end(), [&](const auto& book) {
                       return book.first.who == one.first && lifted(book.first, one.second);
                   });
               return holds(one.second) && !signed_since;
           });
}

std::vector<Key> Ladder::keys() const {
    std::vector<Key> out;
    for (const auto& [key, book] : books_) {
        out.push_back(key);
    }
    return out;
}

} // namespace agentd::policy::trust
