#include "evaluator/evaluation_refusal.hpp"

#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/room.hpp"

#include <algorithm>

namespace agentd::evaluator {
namespace {

constexpr std::size_t most_log = 64U << 10;
constexpr std::size_t most_warnings = 200;
constexpr std::size_t most_text = 2048;

/// The place of the first file of the repository that a text names, e.g. In
/// `/nix/store/…-source/a.nix'.
std::string first_file_in(std::string_view text) {
    for (const std::string_view start : {"/nix/store/", "«"}) {
        for (auto at = text.find(start); at != text.npos; at = text.find(start, at + 1)) {
            auto place = text.substr(at, text.substr(at).find_first_of(" '`\"\n,)"));
            const std::string short_form = in_repository(place);
            if (short_form.size() != place.size()) {
                return short_form.ends_with(':') ? short_form.substr(0, short_form.size() - 1)
                                                 : short_form;
            }
        }
    }
    return "";
}

bool says(std::string_view text, std::string_view words) {
    return core::to_lower(text).find(words) != std::string::npos;
}

EvaluationRefused limit(std::string message, std::string hint) {
    return {.problem = {.code = "evaluation_limit",
                        .message = std::move(message),
                        .hint = std::move(hint)}};
}

EvaluationRefused out_of_memory(const NixSettings& settings) {
    return limit("the evaluation needed more memory than it may have (" +
                     std::to_string(settings.evaluation_memory >> 20) + " MiB)",
                 "look for a list or string that grows without end, or raise the limit");
}

std::string hint_for(std::string_view message, bool has_place) {
    if (says(message, "does not exist") && says(message, "option")) {
        return "look the option up with `agentctl options`";
    }
    if (says(message, "infinite recursion")) {
        return "a value asks for itself: look for a definition that reads the option it sets";
    }
    if (says(message, "forbidden in") || says(message, "access to")) {
        return "a configuration may read only its own repository and its locked inputs";
    }
    return has_place ? "correct that line and propose again" : "read the log of the evaluation";
}

/// Nix answered with an error of its own.
EvaluationRefused from_error(const NixMessage& error) {
    EvaluationRefused out;
    const std::string text = in_repository(core::trim(error.text));
    out.failed_assertions = assertions_in(text);
    out.problem.where = position_of(error);
    if (!out.failed_assertions.empty()) {
        out.problem.code = "assertion_failed";
        out.problem.message =
            "the configuration fails its own checks: " + core::join(out.failed_assertions, "; ");
        out.problem.hint = "each line names what the configuration must satisfy";
    } else if (says(text, "flake input") && says(text, "cannot update")) {
        out.problem.code = "unlocked_input";
        out.problem.message = text;
        out.problem.where = "flake.lock";
        out.problem.hint =
            "lock the input first: every input must be in flake.lock at a fixed revision";
    } else {
        out.problem.code = "evaluation_failed";
        out.problem.message = text.empty() ? "Nix gave no reason" : text;
        out.problem.hint = hint_for(text, !out.problem.where.empty());
    }
    out.problem.message = core::shorten(out.problem.message, 4 * most_text);
    return out;
}

EvaluationRefused from_ending(const sandbox::Outcome& outcome, const EvaluationSpeech& speech,
                              const NixSettings& settings) {
    const auto seconds =
        std::chrono::ceil<std::chrono::seconds>(settings.evaluation_deadline).count();
    if (std::holds_alternative<sandbox::TimedOut>(outcome.ending)) {
        return {.problem = {.code = "evaluation_timeout",
                            .message = "the evaluation did not end within " +
                                       std::to_string(seconds) + " s",
                            .hint = "look for a recursion without end, or raise the limit"}};
    }
    if (const auto* over = std::get_if<sandbox::OutputLimit>(&outcome.ending)) {
        return over->stream == sandbox::Stream::err
                   ? limit("the evaluation wrote more than " +
                               std::to_string(settings.evaluation_log >> 10) + " KiB of messages",
                           "remove the traces that flood the log")
                   : limit("the answer of the evaluation is too large", "");
    }
    if (std::holds_alternative<sandbox::Unwanted>(outcome.ending)) {
        return {.problem = no_room("evaluation_limit")};
    }
    const bool starved = says(speech.log, "out of memory") || says(speech.log, "bad_alloc") ||
                         says(speech.log, "failed to expand heap") ||
                         says(speech.log, "cannot allocate memory");
    if (starved) {
        return out_of_memory(settings);
    }
    if (!speech.errors.empty()) {
        return from_error(speech.errors.front());
    }
    if (std::holds_alternative<sandbox::Signalled>(outcome.ending)) {
        return limit("the evaluation " + sandbox::describe(outcome.ending),
                     "Nix itself broke on this configuration: look for very deep nesting");
    }
    return {
        .problem = {.code = "evaluation_failed",
                    .message = "Nix " + sandbox::describe(outcome.ending) + " and gave no reason",
                    .hint = "read the log of the evaluation"}};
}

} // namespace

EvaluationSpeech hear(std::string_view stderr_bytes, std::string_view hidden) {
    EvaluationSpeech out;
    for (const auto line : core::lines(stderr_bytes)) {
        if (!hidden.empty() && line.find(hidden) != std::string_view::npos) {
            continue;
        }
        auto message = parse_nix_message(line);
        std::string shown = message ? message->full : without_colours(line);
        if (message && message->action != NixMessage::Action::message) {
            continue;
        }
        if (out.log.size() + shown.size() < most_log) {
            out.log += shown + "\n";
        }
        if (!message) {
            continue;
        }
        if (auto warning = warning_of(*message)) {
            if (out.warnings.size() < most_warnings) {
                out.warnings.push_back(core::shorten(in_repository(*warning), most_text));
            }
        } else if (message->level == 0 && message->text != message->full) {
            out.errors.push_back(
                std::move(*message)); // only an error has a text beside what is shown
        }
    }
    return out;
}

EvaluationRefused refusal_of(const sandbox::Outcome& outcome, EvaluationSpeech speech,
                             const NixSettings& settings) {
    EvaluationRefused out = from_ending(outcome, speech, settings);
    out.warnings = std::move(speech.warnings);
    out.log = std::move(speech.log);
    return out;
}

EvaluationRefused unknown_host(const core::HostName& host, std::vector<std::string> hosts) {
    auto near = core::nearest(host.str(), hosts, hosts.size());
    for (auto& other : hosts) {
        if (std::find(near.begin(), near.end(), other) == near.end()) {
            near.push_back(std::move(other));
        }
    }
    EvaluationRefused out;
    out.problem = {.code = "unknown_host",
                   .message = near.empty() ? "the flake has no nixosConfigurations"
                                           : "the flake has no host " + host.str(),
                   .where = "nixosConfigurations." + host.str()};
    if (!near.empty()) {
        const std::vector<std::string> first(
            near.begin(),
            near.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(near.size(), 10)));
        out.problem.hint = "it has: " + core::join(first, ", ");
    }
    out.hosts = std::move(near);
    return out;
}

std::vector<std::string> assertions_in(std::string_view text) {
    std::vector<std::string> out;
    const auto start = text.find("Failed assertions:");
    if (start == text.npos) {
        return out;
    }
    for (const auto line : core::lines(text.substr(start))) {
        const auto trimmed = core::trim(line);
        if (trimmed.starts_with("- ")) {
            if (out.size() == most_warnings) {
                break;
            }
            out.push_back(core::shorten(trimmed.substr(2), most_text));
        } else if (!out.empty() && !trimmed.empty()) {
            out.back() = core::shorten(out.back() + " " + std::string(trimmed), most_text);
        }
    }
    return out;
}

std::string position_of(const NixMessage& error) {
    if (error.file.empty() || error.line == 0) {
        return core::shorten(first_file_in(error.text), 512);
    }
    std::string place = ":" + std::to_string(error.line) + ":" + std::to_string(error.column);
    std::string_view file = error.file; // newer versions say the place there already
    if (file.ends_with(place)) {
        file.remove_suffix(place.size());
    }
    return core::shorten(in_repository(file), 512) + place;
}

} // namespace agentd::evaluator
