#include "evaluator/build_watch.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::evaluator {
namespace {

// Nix's numbers for activities and results (libutil/logging.hh), the same since 2.0.
constexpr std::int64_t activity_builds = 104;
constexpr std::int64_t activity_build = 105;
constexpr std::int64_t result_log_line = 101;
constexpr std::int64_t result_progress = 105;

constexpr std::size_t most_errors = 32;
constexpr std::size_t most_ended = 64;
constexpr std::size_t most_reserved = 64U << 20;
constexpr std::size_t beginning = 64U << 10;

/// `nginx-1.26.2` of `/nix/store/<hash>-nginx-1.26.2.drv`.
std::string short_name(std::string_view derivation) {
    if (const auto slash = derivation.rfind('/'); slash != derivation.npos) {
        derivation.remove_prefix(slash + 1);
    }
    if (const auto dash = derivation.find('-'); dash != derivation.npos) {
        derivation.remove_prefix(dash + 1);
    }
    if (derivation.ends_with(".drv")) {
        derivation.remove_suffix(4);
    }
    return std::string(derivation);
}

int count(std::int64_t value) {
    return static_cast<int>(std::clamp<std::int64_t>(value, 0, 1'000'000));
}

} // namespace

BuildWatch::BuildWatch(const BuildCallback& on_event, std::size_t log_limit)
    : on_event_(on_event), log_limit_(log_limit) {
    // Addresses, not memory: a log that grows, or is given a beginning, is never held twice.
    log_.text.reserve(std::min(log_limit, most_reserved) + beginning);
}

void BuildWatch::line(std::string_view line) {
    const auto message = parse_nix_message(line);
    if (!message) {
        note("nix", line.starts_with("@nix ") ? "(a line too long to show)" : line);
        return;
    }
    switch (message->action) {
    case NixMessage::Action::message:
        return said(*message);
    case NixMessage::Action::start:
        return started(*message);
    case NixMessage::Action::stop:
        return stopped(*message);
    case NixMessage::Action::result:
        return result(*message);
    }
}

void BuildWatch::started(const NixMessage& message) {
    if (message.type == activity_builds) {
        builds_ = message.id;
    } else if (message.type == activity_build && !message.texts.empty()) {
        running_[message.id] = core::shorten(message.texts.front(), 512);
        tell(BuildEvent::Kind::started, running_[message.id]);
    }
}

void BuildWatch::stopped(const NixMessage& message) {
    const auto it = running_.find(message.id);
    if (it == running_.end()) {
        return;
    }
    const std::string derivation = it->second;
    running_.erase(it);
    said_.erase(derivation);
    // Nix does not say how a build ended: it counts a failure before, and names it before or after.
    if (failures_ == 0 && failed_.empty()) {
        built_.push_back(derivation);
        tell(BuildEvent::Kind::finished, derivation);
    }
    ended_.push_back(derivation);
    if (ended_.size() > most_ended) {
        if (ended_.front() != failed_) {
            tails_.erase(ended_.front());
        }
        ended_.pop_front();
    }
}

void BuildWatch::result(const NixMessage& message) {
    if (message.type == result_log_line && !message.texts.empty()) {
        const auto it = running_.find(message.id);
        const std::string who = it == running_.end() ? "" : it->second;
        for (const auto part : core::lines(message.texts.front())) {
            note(who, part);
        }
    } else if (message.type == result_progress && message.id == builds_ &&
               message.numbers.size() >= 4) {
        done_ = count(message.numbers[0]);
        expected_ = count(message.numbers[1]);
        busy_ = count(message.numbers[2]);
        failures_ = count(message.numbers[3]);
        tell(BuildEvent::Kind::progress, "");
    }
}

void BuildWatch::said(const NixMessage& message) {
    if (message.level != 0) {
        return; // what is planned and copied is told by the counts
    }
    if (errors_.size() < most_errors) {
        errors_.push_back(core::shorten(core::trim(message.text), most_line));
    }
    note("nix", message.full);
    std::deque<std::string> suspects = ended_;
    for (const auto& [id, derivation] : running_) {
        suspects.push_back(derivation);
    }
    for (const auto& derivation : suspects) {
        // By the path, never by the words around it: those differ by version.
        if (failed_.empty() && message.text.find(derivation) != std::string::npos) {
            failed_ = derivation;
            std::erase(built_, derivation);
            tell(BuildEvent::Kind::failed, derivation);
        }
    }
}

void BuildWatch::note(const std::string& who, std::string_view text) {
    const std::string clean = core::shorten(without_colours(text), most_line);
    const std::string entry = short_name(who) + "> " + clean + "\n";
    if (log_.text.size() + entry.size() <= log_limit_) {
        log_.text += entry;
    } else {
        log_.truncated = true;
    }
    auto& size = said_[who];
    size += entry.size();
    flooded_ = flooded_ || size > log_limit_ + log_limit_ / 2; // Nix's own limit comes first
    auto& tail = tails_[who];
    tail.push_back(clean);
    if (tail.size() > last_lines_kept) {
        tail.pop_front();
    }
    tell(BuildEvent::Kind::log, who == "nix" ? "" : who, clean);
}

std::vector<std::string> BuildWatch::last_lines(const std::string& derivation) const {
    const auto it = tails_.find(derivation);
    return it == tails_.end() ? std::vector<std::string>{}
                              : std::vector<std::string>(it->second.begin(), it->second.end());
}

void BuildWatch::tell(BuildEvent::Kind kind, const std::string& derivation, std::string line) {
    if (on_event_) {
        on_event_({.kind = kind,
                   .derivation = derivation,
                   .line = std::move(line),
                   .done = done_,
                   .expected = expected_,
                   .running = busy_});
    }
}

} // namespace agentd::evaluator
