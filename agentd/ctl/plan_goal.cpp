#include "agentd/ctl/plan_goal.hpp"

#include "agentd/ctl/patch_input.hpp"
#include "agentd/planners/goal/request_text.hpp"
#include "agentd/planners/index_view.hpp"
#include "agentd/planners/ruled_out.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace agentd::ctl {

namespace {

using proposals::plan::Request;

constexpr const char* example = "agentctl plan --repo DIR --host H --ops FILE.json";

/// nullopt, or why --host and the hosts of the request do not go together.
std::optional<Trouble> with_host(const std::string& host, Request& request, const char* what) {
    if (host.empty()) {
        return std::nullopt;
    }
    if (request.every_host ||
        (!request.hosts.empty() && request.hosts != std::vector<std::string>{host})) {
        return usage(std::string("--host names another host than ") + what);
    }
    request.hosts = {host};
    return std::nullopt;
}

Trouble trouble_of(const planners::goal::Question& question) {
    Trouble out{.problem = problem_of(question), .exit = status::usage};
    for (const auto& one : question.readings) {
        out.readings.push_back(
            {.say = planners::goal::say(one.request), .understood = one.understood});
    }
    return out;
}

} // namespace

std::variant<Request, Trouble> request_of_file(Context& context) {
    const std::string name = context.asked().value("--ops").value_or("");
    auto text = read_input(context, name, example);
    if (auto* trouble = std::get_if<Trouble>(&text)) {
        return std::move(*trouble);
    }
    const auto json = core::parse_json(std::get<std::string>(text));
    auto request =
        json ? proposals::plan::request_from_json(*json) : core::Result<Request>(json.problem());
    if (!request) {
        return Trouble{.problem = request.problem(), .exit = status::usage};
    }
    if (auto trouble = with_host(context.asked().value("--host").value_or(""), *request,
                                 "the file of operations")) {
        return *std::move(trouble);
    }
    return std::move(request).value();
}

std::variant<planners::goal::Goal, Trouble> goal_of(Context& context, const KnownPlace& place) {
    std::optional<planners::IndexView> view;
    if (place.index != nullptr) {
        view.emplace(*place.index);
    }
    std::string host = context.asked().value("--host").value_or("");
    if (const auto* known = host.empty() ? nullptr : place.map.host(host)) {
        host = known->name;
    }
    const planners::goal::Sayings said(place.files, place.map);
    auto answer = planners::goal::read_goal(context.asked().argument("GOAL"),
                                            {.map = place.map,
                                             .files = place.files.all(),
                                             .host = host,
                                             .catalog = view ? &*view : nullptr,
                                             .said = &said});
    if (!answer) {
        return Trouble{.problem = answer.problem(), .exit = status::usage};
    }
    if (place.index != nullptr) {
        answer = planners::without_ruled_out(std::move(answer).value(), *place.index);
    }
    if (const auto* question = std::get_if<planners::goal::Question>(&*answer)) {
        return trouble_of(*question);
    }
    auto& goal = std::get<planners::goal::Goal>(answer.value());
    if (auto trouble = with_host(host, goal.request, "the goal")) {
        return *std::move(trouble);
    }
    return std::move(goal);
}

std::string host_to_ask(Context& context, const proposals::map::RepoMap& map,
                        const Request& request) {
    if (const auto given = context.asked().value("--host")) {
        return *given;
    }
    const auto is_name = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    auto named = request.hosts;
    std::string word;
    for (const char c : context.asked().argument("GOAL") + " ") {
        if (is_name(c)) {
            word += c;
        } else if (!word.empty()) {
            named.push_back(std::exchange(word, {}));
        }
    }
    std::string first;
    for (const auto& host : map.hosts) {
        if (host.kind != "nixos") {
            continue;
        }
        first = first.empty() ? host.name : first;
        if (std::find(named.begin(), named.end(), host.name) != named.end()) {
            return host.name;
        }
    }
    return first;
}

} // namespace agentd::ctl
