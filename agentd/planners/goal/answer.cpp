#include "agentd/planners/goal/answer.hpp"

#include "agentd/core/text.hpp"
#include "agentd/planners/goal/request_text.hpp"
#include "agentd/planners/goal/title.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace agentd::planners::goal {

namespace {

using core::Json;
using core::Problem;
using core::Result;
using proposals::plan::Request;

constexpr const char* schema = "agentd.goal/1";
constexpr std::size_t longest_folder = 512;

std::vector<std::string> in_words(const Request& request) {
    std::vector<std::string> out;
    for (const auto& wish : request.operations) {
        out.push_back(describe(wish));
    }
    if (request.every_host) {
        out.emplace_back("on every host");
    } else if (!request.hosts.empty()) {
        out.push_back("on " + core::join(request.hosts, ", "));
    }
    return out;
}

Problem other(std::string why) {
    return {.code = "bad_value", .message = "an answer to a goal " + std::move(why)};
}

Result<Goal> reading_from_json(const Json& value) {
    core::ObjectReader in(value, "reading");
    auto request = proposals::plan::request_from_json(in.any("request"));
    const auto flake = in.text("flake", longest_folder);
    if (const auto done = in.finish(); !done || !request) {
        return !done ? done.problem() : request.problem();
    }
    if (request->operations.empty()) {
        return other("asks for nothing");
    }
    return goal_of(std::move(request).value(), flake);
}

} // namespace

Goal goal_of(Request request, std::string flake) {
    Goal out{.request = std::move(request), .flake = std::move(flake)};
    out.understood = in_words(out.request);
    out.title = title_of(out.request);
    return out;
}

Problem problem_of(const Question& question) {
    std::vector<std::string> meant;
    std::vector<std::string> said;
    for (const Goal& one : question.readings) {
        const std::string number = "(" + std::to_string(meant.size() + 1) + ") ";
        meant.push_back(number + core::join(one.understood, ", "));
        said.push_back(number + say(one.request));
    }
    return {.code = "two_readings",
            .message = "the goal can be read in " + std::to_string(meant.size()) +
                       " ways: " + core::join(meant, "; "),
            .hint = "say " + core::join(said, " or ")};
}

Json readings_of(const Question& question) {
    Json out = Json::array();
    for (const Goal& one : question.readings) {
        Json understood = Json::array();
        for (const std::string& line : one.understood) {
            understood.push_back(core::to_utf8(line));
        }
        out.push_back(
            {{"say", core::to_utf8(say(one.request))}, {"understood", std::move(understood)}});
    }
    return out;
}

Json to_json(const Answer& answer) {
    Json readings = Json::array();
    const auto put = [&](const Goal& goal) {
        readings.push_back({{"request", to_json(goal.request)}, {"flake", goal.flake}});
    };
    if (const auto* goal = std::get_if<Goal>(&answer)) {
        put(*goal);
    } else {
        for (const Goal& one : std::get<Question>(answer).readings) {
            put(one);
        }
    }
    return {{"schema", schema}, {"readings", std::move(readings)}};
}

Result<Answer> answer_from_json(const Json& value) {
    core::ObjectReader in(value, "answer");
    const bool ours = in.text("schema", 32) == schema;
    const Json& list = in.any("readings");
    if (const auto done = in.finish(); !done) {
        return done.problem();
    }
    if (!ours || !list.is_array() || list.empty() || list.size() > Question::max_readings) {
        return other(ours ? "has one reading, or some" : "is of another schema");
    }
    Question out;
    for (const Json& one : list) {
        auto reading = reading_from_json(one);
        if (!reading) {
            return reading.problem();
        }
        out.readings.push_back(std::move(reading).value());
    }
    return out.readings.size() == 1 ? Answer(std::move(out.readings.front()))
                                    : Answer(std::move(out));
}

} // namespace agentd::planners::goal
