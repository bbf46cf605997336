#include "agentd/rehearsal/theatre.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/line_socket.hpp"
#include "agentd/core/text.hpp"
#include "agentd/rehearsal/rehearsal.hpp"
#include "sandbox/run.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

namespace agentd::rehearsal {

namespace {

using core::Problem;
using core::Result;
using namespace std::chrono;

constexpr seconds beyond{75}; ///< to make the container, look at it and end it

/// No container is made and lost in that: nobody read the question.
constexpr milliseconds at_once{500};

Problem cancelled() {
    return {.code = "cancelled", .message = "stopped on request"};
}

Problem broken(const std::string& how) {
    return {.code = "rehearsal_broken", .message = "agentd-rehearse " + how};
}

/// What only it can know is no reason to doubt the change.
Result<Rehearsal> read_answer(std::string_view line, const core::StorePath& system) {
    const auto json = core::parse_json(line, {.bytes = core::LineChannel::max_line, .depth = 8});
    if (!json || !json->is_object()) {
        return broken("answered nonsense");
    }
    if (json->contains("error") && json->at("error").is_object()) {
        core::ObjectReader in(json->at("error"), "error");
        const bool tried = in.text("code", 64) == "not_started";
        const std::string message = in.text("message", 4'000);
        const std::string hint = in.optional_text("hint", 1'000).value_or("");
        return Problem{
            .code = tried ? "not_started" : "not_tried", .message = message, .hint = hint};
    }
    if (!json->contains("result")) {
        return broken("answered nonsense");
    }
    auto seen = rehearsal_from_json(json->at("result"));
    if (!seen) {
        return broken("answered nonsense: " + seen.problem().message);
    }
    if (seen->system != system.str()) {
        return broken("answered about another system");
    }
    return seen;
}

Result<Rehearsal> ask_socket(const Theatre& theatre, const Question& question,
                             const std::stop_token& stop) {
    try {
        const auto asked = steady_clock::now();
        auto channel = core::connect_to(theatre.socket);
        channel.write_line(core::canonical(to_json(question)));
        const auto read = channel.read_line(question.seconds + beyond, stop);
        switch (read.end) {
        case core::LineChannel::End::line:
            return read_answer(read.line, question.system);
        case core::LineChannel::End::stopped:
            return cancelled();
        case core::LineChannel::End::timeout:
            return broken("did not answer in time");
        case core::LineChannel::End::closed:
            if (steady_clock::now() - asked < at_once) {
                return Problem{.code = "not_tried",
                               .message = "root's helper for rehearsals took no question: as many "
                                          "as it may run do",
                               .where = theatre.socket,
                               .hint = "journalctl -u agentd-rehearse.socket -u "
                                       "'agentd-rehearse@*'"};
            }
            [[fallthrough]];
        case core::LineChannel::End::too_long:
            return broken("ended without an answer");
        }
    } catch (const core::Failure& failure) {
        return Problem{.code = "not_tried",
                       .message = std::string("root's helper for rehearsals does not answer: ") +
                                  failure.what(),
                       .where = theatre.socket,
                       .hint = "systemctl status agentd-rehearse.socket"};
    }
    return broken("ended without an answer");
}

Result<Rehearsal> start(const Theatre& theatre, const Question& question,
                        const std::stop_token& stop) {
    if (::geteuid() != 0) {
        return Problem{.code = "not_tried",
                       .message = "only root can boot a system in a container",
                       .hint = "the same command with sudo"};
    }
    if (theatre.program.empty()) {
        return Problem{.code = "not_tried",
                       .message = "the program agentd-rehearse is not there",
                       .hint = "it belongs beside agentctl, or name it: programs.rehearse"};
    }
    std::vector<std::string> words;
    for (const std::string& folder : theatre.lent) {
        words.insert(words.end(), {"--lend", folder});
    }
    const auto outcome = sandbox::run(
        {.program = theatre.program,
         .arguments = std::move(words),
         .input = core::canonical(to_json(question)) + "\n",
         .deadline = question.seconds + beyond,
         .out = {.bytes = core::LineChannel::max_line, .above = sandbox::Cap::Above::stop},
         .err = {.bytes = 4096},
         .profile = sandbox::Profile{.umask = 022, .no_new_privileges = false}},
        stop);
    if (std::holds_alternative<sandbox::Cancelled>(outcome.ending)) {
        return cancelled();
    }
    if (const auto line = core::trim(outcome.out.bytes); !line.empty()) {
        return read_answer(line, question.system);
    }
    return broken(sandbox::describe(outcome.ending) + " " +
                  core::printable(core::shorten(core::trim(outcome.err.bytes), 400)));
}

} // namespace

Result<Rehearsal> rehearse(const Theatre& theatre, Question question, const std::stop_token& stop) {
    question.seconds = theatre.patience;
    return theatre.socket.empty() ? start(theatre, question, stop)
                                  : ask_socket(theatre, question, stop);
}

} // namespace agentd::rehearsal
