#include "agentd/applyd/trust_records.hpp"

#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::applyd {

namespace {

using core::Json;
using core::Problem;
using core::Result;
using policy::trust::AgreedBy;
using policy::trust::Event;
using policy::trust::EventKind;
using policy::trust::Identity;
using policy::trust::Key;
using policy::trust::Ladder;
using policy::trust::Standing;
using policy::trust::TrustLevel;

constexpr std::size_t longest_reason = 500;
constexpr std::size_t longest_target = 128;

Identity identity_of(const proposals::Proposer& author) {
    return {.kind = author.kind.empty() ? "system" : author.kind,
            .id = author.id.empty() ? "unknown" : author.id,
            .binding = author.binding.value_or("")};
}

/// What is kept is read back strictly, whatever it came from.
std::string kept(const std::string& text) {
    return core::shorten(core::printable(core::to_utf8(text)), longest_reason);
}

} // namespace

std::set<std::string> targets_of(const proposals::Effects& effects) {
    std::set<std::string> out;
    for (const auto& effect : effects.effects) {
        const bool named = effect.area == "units" || effect.area == "packages";
        if (named && out.size() < Event::max_targets) {
            out.insert(core::shorten(kept(effect.subject), longest_target));
        }
    }
    return out;
}

TrustRecords::TrustRecords(const Config& config, const core::Clock& clock)
    : config_(config), clock_(clock), folder_(config.apply.directory + "/trust") {}

Event TrustRecords::event(EventKind kind) const {
    return {.kind = kind,
            .at = clock_.now(),
            .boot_id = core::boot_id(),
            .mono_us = clock_.monotonic_us(),
            .host_class = config_.host.str()};
}

Ladder TrustRecords::ladder(const std::vector<Event>& events) const {
    Ladder ladder;
    for (const Event& event : events) {
        ladder.take(event);
    }
    return ladder;
}

policy::trust::Moment TrustRecords::moment(const std::string& policy_sha256, bool readable) const {
    return {.at = clock_.now(),
            .policy_sha256 = policy_sha256,
            .agentd_version = AGENTD_VERSION,
            .verified = readable};
}

Standing TrustRecords::standing(const Key& key, const std::string& policy_sha256) const {
    const auto all = events();
    return ladder(all.value_or(std::vector<Event>{}))
        .standing(key, moment(policy_sha256, all.has_value()));
}

std::vector<Standing> TrustRecords::standings(const std::string& policy_sha256) const {
    const auto all = events();
    const auto folded = ladder(all.value_or(std::vector<Event>{}));
    std::vector<Standing> out;
    for (const Key& key : folded.keys()) {
        out.push_back(folded.standing(key, moment(policy_sha256, all.has_value())));
    }
    return out;
}

void TrustRecords::tell(policy::Context& context, const proposals::Proposer& author,
                        policy::EffectClass effect_class, const std::string& policy_sha256) const {
    const Key key{
        .who = identity_of(author), .effect_class = effect_class, .host_class = config_.host.str()};
    const auto all = events();
    const auto folded = ladder(all.value_or(std::vector<Event>{}));
    const auto own = folded.standing(key, moment(policy_sha256, all.has_value())).level;
    // Names are agentd's word: a fault in a class is everybody's here.
    const bool revoked = folded.anybody_revoked(effect_class, clock_.now());
    context.proposer_trust =
        std::string(to_string(revoked ? TrustLevel::revoked : policy::trust::without_proof(own)));
    if (all) {
        const auto distance = policy::trust::since_a_person(*all);
        context.class_since_person = distance.highest;
        context.steps_since_person = distance.steps;
    }
}

Result<core::Done> TrustRecords::may_begin(policy::EffectClass effect_class) const {
    const auto all = events();
    if (!all) {
        return Problem{.code = "budget",
                       .message = "what root remembers of earlier changes cannot be read",
                       .where = folder_,
                       .hint =
                           "a person may approve it; with the next change it is remembered anew"};
    }
    const auto now = event(EventKind::other);
    return policy::trust::may_begin(*all, effect_class,
                                    {.at = now.at, .boot_id = now.boot_id, .mono_us = now.mono_us});
}

Result<core::Done> TrustRecords::may_act() const {
    const auto all = events();
    const auto now = event(EventKind::other);
    return all ? policy::trust::may_act(
                     *all, {.at = now.at, .boot_id = now.boot_id, .mono_us = now.mono_us})
               : Problem{.code = "budget",
                         .message = "what root remembers of earlier acts cannot be read",
                         .where = folder_,
                         .hint = "a person may approve it"};
}

void TrustRecords::acted(const std::string& proposal) {
    Event act = event(EventKind::acted);
    act.proposal = proposal;
    append(std::move(act));
}

void TrustRecords::settle(const std::vector<std::string>& faults) noexcept {
    const auto all = events();
    if (!all) {
        return;
    }
    std::string open;
    for (const Event& one : *all) {
        if (one.kind == EventKind::begun) {
            open = one.proposal;
        } else if ((one.kind == EventKind::confirmed || one.kind == EventKind::rolled_back ||
                    one.kind == EventKind::dropped) &&
                   one.proposal == open) {
            open.clear();
        }
    }
    if (!open.empty()) {
        const bool fault = std::find(faults.begin(), faults.end(), open) != faults.end();
        ended(open, fault ? EventKind::rolled_back : EventKind::dropped,
              fault ? "it was taken back" : "it was interrupted before anything was touched");
    }
}

void TrustRecords::begun(const std::string& proposal, const TrustNote& note) {
    Event begins = event(EventKind::begun);
    begins.proposal = proposal;
    begins.who = identity_of(note.author);
    begins.effect_class = note.effect_class;
    begins.by = note.by;
    begins.trial = note.trial;
    begins.targets = note.targets;
    append(std::move(begins));
}

Json TrustRecords::note_of(const std::string& proposal) const {
    const auto all = events();
    if (all) {
        for (auto it = all->rbegin(); it != all->rend(); ++it) {
            if (it->kind == EventKind::begun && it->proposal == proposal) {
                const Json binding = it->who.binding.empty() ? Json() : Json(it->who.binding);
                return {
                    {"author", {{"id", it->who.id}, {"kind", it->who.kind}, {"binding", binding}}},
                    {"class", to_string(it->effect_class.value_or(policy::EffectClass::system))},
                    {"host_class", it->host_class},
                    {"agreed", to_string(it->by)},
                    {"targets", it->targets}};
            }
        }
    }
    return {};
}

void TrustRecords::ended(const std::string& proposal, EventKind kind,
                         const std::string& because) noexcept {
    try {
        const auto all = events();
        const bool began = all && std::any_of(all->begin(), all->end(), [&](const Event& one) {
                               return one.kind == EventKind::begun && one.proposal == proposal;
                           });
        if (!began) {
            return;
        }
        Event end = event(kind);
        end.proposal = proposal;
        end.because = kept(because);
        append(std::move(end));
    } catch (const std::exception& error) {
        core::log(core::Level::error, error.what());
    }
}

void TrustRecords::glass_broken() {
    append(event(EventKind::glass));
}

void TrustRecords::revoked(const Identity& who, std::optional<policy::EffectClass> effect_class,
                           const std::string& because) {
    Event down = event(EventKind::withdrawn);
    down.who = who;
    down.effect_class = effect_class;
    down.because = kept(because);
    append(std::move(down));
}

} // namespace agentd::applyd
