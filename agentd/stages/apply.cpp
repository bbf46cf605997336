#include "agentd/stages/apply.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/line_socket.hpp"

#include <nlohmann/json.hpp>

namespace agentd::stages {

namespace {

using core::Json;
using core::Problem;
using End = core::LineChannel::End;

/// The helper bounds its own work; this is for one that hangs.
constexpr auto longest = std::chrono::hours(2);

Problem problem_of(const Json& answer) {
    const Json error = answer.value("error", Json::object());
    const auto text = [&](const char* key) {
        const auto it = error.find(key);
        return it != error.end() && it->is_string() ? it->get<std::string>() : std::string();
    };
    return {.code = text("code").empty() ? "failed" : text("code"),
            .message = text("message").empty() ? "the helper refused" : text("message"),
            .where = text("where"),
            .hint = text("hint")};
}

/// Reads until the last line; `on_step` hears the events.
core::Result<Json> converse(const std::string& socket, const Json& request, const OnStep& on_step,
                            const std::stop_token& stop, std::chrono::milliseconds patience) {
    core::LineChannel channel = core::connect_to(socket);
    channel.write_line(core::canonical(request));
    for (;;) {
        const auto read = channel.read_line(patience, stop);
        if (read.end == End::timeout) {
            return Problem{.code = "busy",
                           .message =
                               "agentd-applyd is busy and has not answered yet; it hears this "
                               "when what it does has ended",
                           .where = socket,
                           .hint = "`agentctl status` says what is under way"};
        }
        if (read.end != End::line) {
            throw core::Failure(core::FailureKind::unavailable,
                                "agentd-applyd went away before it answered", socket);
        }
        auto line = core::parse_json(read.line);
        if (!line || !line->is_object()) {
            throw core::Failure(core::FailureKind::corrupt, "agentd-applyd answers nonsense",
                                socket);
        }
        if (line->contains("event")) {
            if (on_step) {
                line->erase("event");
                on_step(*line);
            }
            continue;
        }
        if (!line->value("ok", false)) {
            return problem_of(*line);
        }
        return line;
    }
}

ApplyOutcome outcome_of(const Json& body) {
    return {.outcome = body.value("outcome", "failed"),
            .reason = body.value("reason", ""),
            .body = core::canonical(body)};
}

} // namespace

core::Result<ApplyOutcome> apply(const std::string& socket, const Approved& approved,
                                 const OnStep& on_step, const std::stop_token& stop) {
    Json presences = Json::array();
    for (const auto& presence : approved.presences()) {
        presences.push_back(proposals::to_json(presence));
    }
    const Json request{
        {"op", "apply"}, {"statement", approved.bytes()}, {"presence", std::move(presences)}};
    const auto answer = converse(socket, request, on_step, stop, longest);
    if (!answer) {
        return answer.problem();
    }
    return outcome_of(answer->at("outcome"));
}

core::Result<std::optional<ApplyOutcome>> settle(const std::string& socket,
                                                 const std::stop_token& stop) {
    const auto answer = converse(socket, {{"op", "settle"}}, {}, stop, longest);
    if (!answer) {
        return answer.problem();
    }
    const auto outcome = answer->find("outcome");
    if (outcome == answer->end() || outcome->is_null()) {
        return std::optional<ApplyOutcome>();
    }
    return std::optional(outcome_of(*outcome));
}

core::Result<Json> ask_applyd(const std::string& socket, const Json& request,
                              const std::stop_token& stop, std::chrono::milliseconds patience) {
    return converse(socket, request, {}, stop, patience);
}

} // namespace agentd::stages
