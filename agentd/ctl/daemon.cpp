#include "agentd/ctl/daemon.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/line_socket.hpp"
#include "agentd/core/long_answer.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

#include <sys/stat.h>
#include <unistd.h>

namespace agentd::ctl {

using core::Json;
using core::LineChannel;

namespace {

/// Who is asked, for messages.
struct Other {
    std::string name;
    std::string start;
    std::string who; ///< may speak to it
};

Trouble unreachable(const Other& other, const std::string& socket) {
    if (::access(socket.c_str(), F_OK) == 0 && ::access(socket.c_str(), R_OK | W_OK) != 0) {
        return {.problem = {.code = "denied",
                            .message = "you may not speak to " + other.name,
                            .where = socket,
                            .hint = other.who},
                .exit = status::denied};
    }
    struct stat file {};
    const bool there = ::stat(socket.c_str(), &file) == 0;
    if (there && !S_ISSOCK(file.st_mode)) {
        return {.problem = {.code = "usage",
                            .message = "that is no socket",
                            .where = socket,
                            .hint = "name the one that " + other.name +
                                    " listens on: --socket, or the file of settings"},
                .exit = status::usage};
    }
    return {.problem = {.code = "unavailable",
                        .message = other.name + " does not answer" +
                                   (there ? ": nobody listens" : ": there is no socket"),
                        .where = socket,
                        .hint = other.start},
            .exit = status::unreachable};
}

Trouble went_away(const Other& other, const std::string& socket) {
    return {.problem = {.code = "went_away",
                        .message = other.name + " went away before it answered",
                        .where = socket,
                        .hint = "what it was doing is in the log: agentctl audit tail"},
            .exit = status::unreachable};
}

Trouble strange(const Other& other, const std::string& why) {
    return {.problem = {.code = "failed",
                        .message = "the answer of " + other.name + " is not understood: " + why,
                        .hint = "are agentctl and agentd of one version? agentctl version; "
                                "agentctl status"}};
}

std::vector<Reading> readings_in(const Json& error) {
    std::vector<Reading> out;
    for (const Json& one : part(error, "readings")) {
        Reading& reading = out.emplace_back(Reading{.say = raw(one, "say")});
        for (const Json& line : part(one, "understood")) {
            reading.understood.push_back(line.is_string() ? line.get<std::string>() : "");
        }
    }
    return out;
}

Trouble trouble_in(const Json& answer) {
    const Json& error = part(answer, "error");
    Trouble trouble = trouble_of({.code = raw(error, "code"),
                                  .message = raw(error, "message"),
                                  .where = raw(error, "where"),
                                  .hint = raw(error, "hint")});
    trouble.readings = readings_in(error);
    const auto exit = number(error, "exit");
    if (exit > 0 && exit < 126) { // 126 and above belong to shells
        trouble.exit = static_cast<int>(exit);
    }
    if (trouble.problem.message.empty()) {
        trouble.problem.message = "it was refused without a reason";
    }
    return trouble;
}

/// Reads lines until the one that has `ok`; everything before it is an event.
Reply converse(const std::string& socket, const Other& other, const Json& request,
               const Hearing& hearing, const std::stop_token& stop) {
    const auto connect = [&]() -> std::variant<LineChannel, Trouble> {
        try {
            return core::connect_to(socket);
        } catch (const core::Failure& failure) {
            return unreachable(other, socket);
        }
    };
    auto connected = connect();
    if (auto* trouble = std::get_if<Trouble>(&connected)) {
        return std::move(*trouble);
    }
    LineChannel& channel = std::get<LineChannel>(connected);
    const std::string line = core::canonical(request);
    if (line.size() > LineChannel::max_line) {
        return usage("that is more than the 1 MiB that one message may have");
    }
    // Whoever is turned away finds the reason waiting, even when nothing can be sent any more.
    (void)channel.write_line(line);
    const auto wait = hearing.on_idle ? hearing.idle : std::chrono::milliseconds(-1);
    std::string gathered;
    for (;;) {
        const auto read = channel.read_line(wait, stop);
        switch (read.end) {
        case LineChannel::End::timeout:
            hearing.on_idle();
            continue;
        case LineChannel::End::closed:
            return went_away(other, socket);
        case LineChannel::End::too_long:
            return strange(other, "a line above 1 MiB");
        case LineChannel::End::stopped:
            return Trouble{.problem = {.code = "declined", .message = "stopped"},
                           .exit = status::declined};
        case LineChannel::End::line:
            break;
        }
        auto answer = core::parse_json(read.line);
        if (!answer || !answer->is_object()) {
            return strange(other, answer ? "not an object" : answer.problem().message);
        }
        if (answer->contains("part")) {
            gathered += raw(*answer, "part");
            if (gathered.size() > core::longest_answer) {
                return strange(other, "more than 64 MiB");
            }
            continue;
        }
        if (answer->contains("parts")) {
            answer = core::parse_json(gathered, {.bytes = core::longest_answer});
            if (!answer || !answer->is_object() || !answer->contains("ok")) {
                return strange(other, answer ? "not an answer" : answer.problem().message);
            }
        }
        if (!answer->contains("ok")) {
            if (hearing.on_event) {
                hearing.on_event(*answer);
            }
            continue;
        }
        return truth(*answer, "ok") ? Reply(std::move(*answer)) : Reply(trouble_in(*answer));
    }
}

} // namespace

Reply Daemon::call(std::string_view method, const Json& params, const Hearing& hearing) const {
    Hearing unwrapping = hearing;
    if (hearing.on_event) {
        unwrapping.on_event = [&](const Json& line) { hearing.on_event(part(line, "event")); };
    }
    Reply reply = converse(socket_,
                           {.name = "agentd",
                            .start = "systemctl start agentd",
                            .who = "join the socket's group (sockets.admin_group), or use sudo"},
                           {{"method", method}, {"params", params}}, unwrapping, stop_);
    if (const Json* answer = std::get_if<Json>(&reply)) {
        return Json(part(*answer, "result"));
    }
    return reply;
}

Reply ask_helper(const std::string& socket, const Json& request, std::stop_token stop,
                 const Hearing& hearing) {
    return converse(socket,
                    {.name = "agentd-applyd",
                     .start = "systemctl start agentd-applyd.socket",
                     .who = "only root and agentd may: the same command with sudo"},
                    request, hearing, stop);
}

} // namespace agentd::ctl
