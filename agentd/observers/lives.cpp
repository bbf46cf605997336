#include "agentd/observers/lives.hpp"

#include <algorithm>

namespace agentd::observers {

namespace {

constexpr const char* left_out_kind = "observations_left_out";
/// Keys whose openings are remembered; the log is not the place to learn new ones without end.
constexpr std::size_t most_remembered = 1024;

} // namespace

void Lives::load(const std::vector<store::ObservationRow>& open) {
    open_.clear();
    for (const auto& row : open) {
        open_[row.key] = {.kind = row.kind, .detail = row.detail, .severity = row.severity};
    }
}

Changes Lives::compare(const std::vector<Condition>& now, const std::vector<std::string>& kinds,
                       std::int64_t mono_us) {
    Changes changes;
    for (const std::string& kind : kinds) {
        left_out_.erase(kind);
    }
    for (const Condition& condition : now) {
        look_at(condition, mono_us, changes);
    }
    for (auto& [key, life] : open_) {
        const bool ours = std::find(kinds.begin(), kinds.end(), life.kind) != kinds.end();
        const bool still = std::any_of(now.begin(), now.end(),
                                       [&, &k = key](const Condition& c) { return c.key == k; });
        if (!ours || still) {
            continue;
        }
        life.absent = life.absent.value_or(mono_us);
        if (!restless(key, mono_us) || mono_us - *life.absent >= limits_.calm.count()) {
            changes.resolved.push_back(key);
        }
    }
    std::size_t count = 0;
    for (const auto& [kind, n] : left_out_) {
        count += n;
    }
    if (count > 0) {
        const Condition many{.key = left_out_kind,
                             .kind = left_out_kind,
                             .title = "more is amiss than is listed",
                             .detail = "there are " + std::to_string(limits_.open) +
                                       " open observations; further ones are left out until some "
                                       "of these are mended"};
        look_at(many, mono_us, changes);
    } else if (open_.contains(left_out_kind)) {
        changes.resolved.emplace_back(left_out_kind);
    }
    return changes;
}

void Lives::look_at(const Condition& condition, std::int64_t mono_us, Changes& changes) {
    const auto known = open_.find(condition.key);
    if (known == open_.end()) {
        const bool twice = std::any_of(changes.opened.begin(), changes.opened.end(),
                                       [&](const Condition& c) { return c.key == condition.key; });
        if (twice) {
            return;
        }
        if (open_.size() + changes.opened.size() >= limits_.open &&
            condition.kind != left_out_kind) {
            ++left_out_[condition.kind];
            return;
        }
        changes.opened.push_back(condition);
        return;
    }
    Open& life = known->second;
    if (life.absent) {
        life.absent.reset();
        remember(condition.key, mono_us); // it was waited for, and came back
    }
    const bool graver = life.severity != to_string(condition.severity);
    const bool due = life.changed == 0 || mono_us - life.changed >= limits_.change.count();
    if (graver || (due && life.detail != condition.detail)) {
        changes.changed.push_back(condition);
    }
}

/// True for what came and went so often lately that its absence has to last before it is believed.
bool Lives::restless(const std::string& key, std::int64_t mono_us) {
    const auto found = opened_.find(key);
    if (found == opened_.end()) {
        return false;
    }
    auto& times = found->second;
    while (!times.empty() && mono_us - times.front() > limits_.memory.count()) {
        times.pop_front();
    }
    if (times.empty()) {
        opened_.erase(found);
        return false;
    }
    return times.size() >= limits_.lives;
}

void Lives::remember(const std::string& key, std::int64_t mono_us) {
    if (opened_.size() >= most_remembered && !opened_.contains(key)) {
        opened_.erase(opened_.begin());
    }
    auto& times = opened_[key];
    times.push_back(mono_us);
    if (times.size() > limits_.lives) {
        times.pop_front();
    }
}

void Lives::written(const Changes& changes, std::int64_t mono_us) {
    for (const Condition& c : changes.opened) {
        open_[c.key] = {.kind = c.kind,
                        .detail = c.detail,
                        .severity = std::string(to_string(c.severity)),
                        .changed = mono_us};
        remember(c.key, mono_us);
    }
    for (const Condition& c : changes.changed) {
        Open& life = open_[c.key];
        life.detail = c.detail;
        life.severity = to_string(c.severity);
        life.changed = mono_us;
    }
    for (const std::string& key : changes.resolved) {
        open_.erase(key);
    }
}

} // namespace agentd::observers
