#include "evaluator/fetch_watch.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/caches.hpp"

#include <algorithm>

namespace agentd::evaluator {
namespace {

// Nix's numbers for activities and results (libutil/logging.hh), the same since 2.0.
constexpr std::int64_t activity_copy = 100;
constexpr std::int64_t activity_substitute = 108;
constexpr std::int64_t result_progress = 105;
constexpr std::int64_t result_expected = 106;

constexpr std::size_t most_named = 200'000;
constexpr std::size_t most_complaints = 32;
constexpr std::size_t most_text = 2048;
/// What a cache may send above what it said, before it is ended: Nix looks at whole buffers.
constexpr std::int64_t slack = 1 << 20;

} // namespace

void FetchWatch::line(std::string_view line) {
    const auto message = parse_nix_message(line);
    if (!message) {
        note(without_credentials(core::shorten(without_colours(line), most_text)));
        return;
    }
    switch (message->action) {
    case NixMessage::Action::message:
        return said(*message);
    case NixMessage::Action::start:
        return started(*message);
    case NixMessage::Action::result:
        return progress(*message);
    case NixMessage::Action::stop:
        if (const auto it = copies_.find(message->id); it != copies_.end()) {
            ++done_;
            // Nix does not tell the last of it.
            bytes_ += static_cast<std::uint64_t>(
                std::max<std::int64_t>(0, std::min(it->second.said - it->second.done, slack)));
            tell(BuildEvent::Kind::fetched, it->second.path);
            copies_.erase(it);
        }
    }
}

void FetchWatch::started(const NixMessage& message) {
    if (message.texts.empty()) {
        return;
    }
    const std::string path = core::shorten(message.texts.front(), 512);
    if (message.type == activity_substitute && message.texts.size() > 1 &&
        caches_.size() < most_named) {
        caches_.insert_or_assign(
            path, without_credentials(core::printable(core::shorten(message.texts[1], 512))));
    } else if (message.type == activity_copy && copies_.size() < most_named) {
        copies_.insert_or_assign(message.id, Copy{.path = path});
        note("fetching " + core::printable(path));
        tell(BuildEvent::Kind::fetching, path);
    }
}

void FetchWatch::progress(const NixMessage& message) {
    if (message.type == result_expected && message.numbers.size() >= 2 &&
        message.numbers[0] == activity_copy) {
        limit(message.numbers[1]);
        return;
    }
    const auto it = copies_.find(message.id);
    if (message.type != result_progress || it == copies_.end() || message.numbers.size() < 2 ||
        message.numbers[0] <= it->second.done) {
        return;
    }
    Copy& copy = it->second;
    bytes_ += static_cast<std::uint64_t>(message.numbers[0] - copy.done);
    copy.done = message.numbers[0];
    copy.said = message.numbers[1];
    if (wrong_) {
        return;
    }
    if (message.numbers[1] >= 0 && copy.done - slack > message.numbers[1]) {
        const auto path = core::StorePath::parse(copy.path);
        const std::string cache = path ? cache_of(*path) : "";
        wrong_ = core::Problem{
            .code = "substitution_failed",
            .message = "the cache " + cache + " sends more of " + copy.path + " than the " +
                       std::to_string(message.numbers[1]) + " bytes it said",
            .where = copy.path,
            .hint = "take that cache out of nix.settings.substituters, or ask who runs it"};
    }
    limit(static_cast<std::int64_t>(bytes_));
}

void FetchWatch::limit(std::int64_t bytes) {
    if (!wrong_ && bytes > 0 && static_cast<std::uint64_t>(bytes) > most_) {
        wrong_ = core::Problem{.code = "fetch_limit",
                               .message = "more than " + std::to_string(most_ >> 20) +
                                          " MiB would have to be fetched",
                               .hint = "raise nix.fetch_mb if the change is meant to be that big"};
    }
}

void FetchWatch::said(const NixMessage& message) {
    const auto text = core::trim(message.text);
    if (auto path = core::StorePath::parse(text)) {
        if (named_.size() < most_named) {
            named_.push_back(std::move(*path));
        } else if (!wrong_) {
            wrong_ = core::Problem{.code = "fetch_limit",
                                   .message = "more than " + std::to_string(most_named) +
                                              " paths are missing",
                                   .hint = "that is no change of one machine: look at what it "
                                           "would build"};
        }
        return;
    }
    if (message.level <= 1) { // errors and warnings
        const std::string clean =
            without_credentials(core::printable(core::shorten(text, most_text)));
        // The last ones: a daemon first says of each setting that it takes none from us.
        if (complaints_.size() == most_complaints) {
            complaints_.erase(complaints_.begin());
        }
        complaints_.push_back(clean);
        note(clean);
        tell(BuildEvent::Kind::log, "", clean);
    }
}

void FetchWatch::phase(std::string text) {
    note(text);
    tell(BuildEvent::Kind::phase, "", std::move(text));
}

std::string FetchWatch::cache_of(const core::StorePath& path) const {
    const auto it = caches_.find(path.str());
    return it == caches_.end() ? "" : it->second;
}

void FetchWatch::ask_again() {
    named_.clear();
    complaints_.clear();
}

void FetchWatch::note(std::string text) {
    text += "\n";
    if (log_.text.size() + text.size() <= log_limit_) {
        log_.text += text;
    } else {
        log_.truncated = true;
    }
}

void FetchWatch::tell(BuildEvent::Kind kind, std::string path, std::string line) {
    if (on_event_) {
        on_event_({.kind = kind,
                   .derivation = std::move(path),
                   .line = std::move(line),
                   .done = done_,
                   .expected = expected_,
                   .running = static_cast<int>(copies_.size())});
    }
}

} // namespace agentd::evaluator
