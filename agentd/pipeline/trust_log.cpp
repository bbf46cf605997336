#include "agentd/pipeline/trust_log.hpp"

#include "agentd/core/text.hpp"
#include "audit/entry.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace agentd::pipeline {

namespace {

using core::Json;
using policy::trust::AgreedBy;
using policy::trust::Event;
using policy::trust::EventKind;
using policy::trust::Identity;
using policy::trust::Ladder;

constexpr std::size_t most_applies = 4096;
constexpr std::string_view failed_unit = "unit_failed:";

/// What root refuses because the machine or the store is not as the daemon said.
constexpr std::array mismatches{"wrong_effects", "wrong_manifest", "wrong_nar_hash",
                                "store_damaged", "not_a_toplevel", "not_ours"};

std::string text_of(const Json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

bool is_one_of(const auto& list, std::string_view word) {
    return std::any_of(list.begin(), list.end(), [&](const char* one) { return word == one; });
}

/// What root says of an apply beside its intent, where it does.
void read_trust(const Json& trust, Event& event) {
    if (!trust.is_object()) {
        return;
    }
    if (const auto who = proposals::proposer_from_json(trust.value("author", Json()))) {
        event.who = identity_of(*who);
    }
    event.effect_class = policy::parse_effect_class(text_of(trust, "class"));
    event.host_class = text_of(trust, "host_class");
    const std::string agreed = text_of(trust, "agreed");
    for (const auto by :
         {AgreedBy::person, AgreedBy::root, AgreedBy::objection_period, AgreedBy::policy}) {
        event.by = agreed == to_string(by) ? by : event.by;
    }
    for (const auto& target : trust.value("targets", Json::array())) {
        if (target.is_string() && event.targets.size() < Event::max_targets) {
            event.targets.insert(target.get<std::string>());
        }
    }
}

/// `trust.changed`, which is root's.
void read_changed(const Json& body, Event& event) {
    const std::string what = text_of(body, "what");
    event.because = text_of(body, "because");
    event.proposal = text_of(body, "proposal");
    if (what == "granted") {
        if (auto grant = policy::trust::parse_grant(text_of(body, "grant"))) {
            event.kind = EventKind::granted;
            event.grant = std::move(*grant);
        }
        return;
    }
    if (const auto who = policy::trust::identity_from_json(body.value("proposer", Json()))) {
        event.who = *who;
    }
    event.effect_class = policy::parse_effect_class(text_of(body, "class"));
    event.host_class = text_of(body, "host_class");
    event.kind = EventKind::withdrawn;
}

} // namespace

Identity identity_of(const proposals::Proposer& proposer) {
    return {.kind = proposer.kind,
            .id = proposer.id.empty() ? "unknown" : proposer.id,
            .binding = proposer.binding.value_or("")};
}

/// How an apply goes, as root says it.
void TrustLog::read_apply(const audit::Entry& entry, Event& event) {
    const Json body = entry.body();
    event.proposal = entry.subject();
    if (entry.type() == "apply.intent") {
        // What moves no system says nothing about who moves systems.
        if (text_of(body, "mode") != "act") {
            event.kind = EventKind::begun;
            event.who = who(entry.subject());
            cancelled_.clear();
            read_trust(body.value("trust", Json::object()), event);
        }
    } else if (entry.type() == "apply.step") {
        cancelled_ = text_of(body, "step") == "cancelled_by" ? entry.subject() : cancelled_;
    } else if (entry.type() == "apply.outcome") {
        const std::string outcome = text_of(body, "outcome");
        const bool fault = outcome == "rolled_back" && cancelled_ != entry.subject();
        event.kind = outcome == "confirmed" ? EventKind::confirmed
                     : fault                ? EventKind::rolled_back
                                            : EventKind::dropped;
        event.because = text_of(body, "reason");
    } else if (text_of(body, "brake") == "glass_broken") {
        event.kind = EventKind::glass;
    }
}

/// What takes trust away, whoever says it.
void TrustLog::read_fault(const audit::Entry& entry, Event& event) const {
    const Json body = entry.body();
    const std::string& type = entry.type();
    if (type == "approval.rejected" &&
        core::to_lower(text_of(body, "reason")).starts_with("dangerous")) {
        event.kind = EventKind::dangerous;
        event.because = "a person refused it as dangerous: " + text_of(body, "reason");
    } else if (type == "statement.refused" && is_one_of(mismatches, text_of(body, "code"))) {
        event.kind = EventKind::mismatch;
        event.because = "what was to be applied is not what was shown: " + text_of(body, "message");
    } else if (type == "audit.loss_accepted") {
        event.kind = EventKind::host_fault;
        event.because = "the log lost entries that were signed";
    } else if (type == "observation.opened" && entry.subject().starts_with(failed_unit)) {
        const std::string unit = entry.subject().substr(failed_unit.size());
        for (const auto& [proposal, applied] : soaking_) {
            if (applied.at + Ladder::soak > event.at && applied.targets.contains(unit)) {
                event.kind = EventKind::ill;
                event.proposal = proposal;
                event.because = unit + " failed within a day of it";
            }
        }
        return;
    }
    event.who = who(entry.subject());
}

Identity TrustLog::who(const std::string& proposal) const {
    const auto it = proposers_.find(proposal);
    return it == proposers_.end() ? Identity{.kind = "system", .id = "unknown"} : it->second;
}

void TrustLog::take(std::uint64_t index, std::string_view line) {
    next_ = index + 1;
    const auto entry = audit::parse_line(line);
    if (!entry) {
        return; // the next number shows that one is missing
    }
    Event event{.index = index,
                .at = entry->stamp.time,
                .boot_id = entry->stamp.boot_id,
                .mono_us = entry->stamp.mono_us};
    if (entry->type() == "proposal.drafted") {
        const auto by = proposals::proposer_from_json(entry->body().value("proposer", Json()));
        if (by) {
            proposers_[entry->subject()] = identity_of(*by);
        }
    } else if (entry->type().starts_with("apply.")) {
        read_apply(*entry, event);
    } else if (entry->type() == "trust.changed") {
        read_changed(entry->body(), event);
    } else {
        read_fault(*entry, event);
    }
    ladder_.take(event);
    remember(std::move(event));
}

/// What is still watched, and what happened by itself.
void TrustLog::remember(Event event) {
    constexpr std::size_t most_faults = 16;
    if (event.kind == EventKind::ill || event.kind == EventKind::dangerous) {
        Event fault = event;
        if (const auto it = soaking_.find(event.proposal); it != soaking_.end()) {
            fault.who = it->second.who;
            fault.effect_class = it->second.effect_class;
        }
        faults_.push_back(std::move(fault));
        faults_.erase(faults_.begin(), faults_.end() - static_cast<std::ptrdiff_t>(
                                                           std::min(most_faults, faults_.size())));
    }
    if (event.kind == EventKind::begun) {
        soaking_[event.proposal] = event; // a unit may die before the end is on record
    } else if (event.kind == EventKind::confirmed && soaking_.contains(event.proposal)) {
        soaking_[event.proposal].at = event.at;
    }
    std::erase_if(soaking_,
                  [&](const auto& one) { return one.second.at + Ladder::soak < event.at; });
    const bool applies = event.kind == EventKind::begun || event.kind == EventKind::confirmed ||
                         event.kind == EventKind::rolled_back || event.kind == EventKind::dropped;
    if (applies) {
        applies_.push_back(std::move(event));
    }
    if (applies_.size() > 2 * most_applies) {
        applies_.erase(applies_.begin(), applies_.begin() + most_applies);
    }
}

std::vector<Event> TrustLog::take_faults(core::Instant since) {
    auto out = std::exchange(faults_, {});
    std::erase_if(out, [&](const Event& one) { return one.at < since || one.who.id.empty(); });
    return out;
}

policy::trust::Distance TrustLog::since_a_person() const {
    return policy::trust::since_a_person(applies_);
}

void add_trust(policy::Facts& facts, const TrustLog& log, const proposals::Proposer& proposer,
               const std::string& host_class, const policy::trust::Moment& moment) {
    const auto* name = std::get_if<std::string>(&facts.get("change.class"));
    const auto own = name == nullptr ? std::nullopt : policy::parse_effect_class(*name);
    if (!own) {
        return;
    }
    const policy::trust::Key key{
        .who = identity_of(proposer), .effect_class = *own, .host_class = host_class};
    // As root's helper sees it, which takes nobody's word for a name.
    const auto level = log.ladder().standing(key, moment).level;
    const bool revoked = log.ladder().anybody_revoked(*own, moment.at);
    facts.set("proposer.trust",
              std::string(to_string(revoked ? policy::trust::TrustLevel::revoked
                                            : policy::trust::without_proof(level))));
    const auto distance = log.since_a_person();
    facts.set("change.class_since_person",
              std::string(to_string(std::max(*own, distance.highest))));
    facts.set("change.steps_since_person", std::int64_t{distance.steps});
}

} // namespace agentd::pipeline
