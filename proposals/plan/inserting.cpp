// A binding where there was none: in the best place that takes it.
#include "proposals/plan/planner.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals::plan {

using core::Problem;

std::vector<std::string> doubts(const Workspace& space, const HostNames& hosts) {
    std::vector<std::string> out;
    for (const map::Host& host : space.map().hosts) {
        for (const std::string& lost : host.unresolved) {
            if (hosts.count(host.name) > 0 && out.size() < 3 &&
                std::find(out.begin(), out.end(), lost) == out.end()) {
                out.push_back(lost);
            }
        }
    }
    return out;
}

std::optional<Problem> unread(Workspace& space, const OptionPath& option, const HostNames& hosts) {
    const auto lost = doubts(space, hosts);
    std::vector<Candidate> loose;
    for (const std::string& file : space.files().nix_files()) {
        if (!lost.empty() && space.map().hosts_of(file).empty()) {
            loose.push_back({.file = file});
        }
    }
    const auto said = space.said(loose, option);
    if (said.definitions.empty()) {
        return std::nullopt;
    }
    const std::string where = said.definitions.front().where();
    return Problem{.code = "unread",
                   .message = option.str() + " is set at " + where +
                              ", and whether those hosts are made of that file cannot be told: " +
                              lost.front(),
                   .where = where,
                   .hint = "name that file (`in`), if it is meant"};
}

namespace {

/// What another place may still take.
bool is_of_the_place(const Problem& problem) {
    constexpr std::array<std::string_view, 7> codes{
        "opaque",       "inherited",   "conditional", "closed_arguments",
        "no_arguments", "would_break", "exists"};
    return std::find(codes.begin(), codes.end(), problem.code) != codes.end();
}

Steps insert_for(Workspace& space, const Ask& ask, const std::vector<Candidate>& candidates,
                 const HostNames& group, const std::string& expression) {
    const bool alone = ask.named() && ask.wish.in.empty();
    const bool shared =
        ask.wish.in.empty() && ask.targets.size() > 1 && (!alone || group.size() > 1);
    std::optional<Problem> why;
    for (const Candidate* at :
         places_for(space, candidates, *ask.wish.option, alone ? group : HostNames{})) {
        if (is_few(ask, at->hosts)) {
            why = why ? why : few(ask, at->hosts, at->file);
            continue;
        }
        if (ask.wish.in.empty() && !takes(*space.tree(at->file), *at, *ask.wish.option, shared)) {
            continue;
        }
        const auto names = names_in(*at, *ask.wish.option);
        auto edit = nix::insert_binding(*space.tree(at->file), names, expression, space.style());
        const auto done = take(space, at->file, std::move(edit), names);
        if (done) {
            Step step = step_at(ask, *at, true, "set there for the first time");
            step.notes = doubts(space, group);
            return std::vector{std::move(step)};
        }
        if (!is_of_the_place(done.problem())) {
            return done.problem();
        }
        why = why ? why : done.problem();
    }
    if (why) {
        return *why;
    }
    const std::string whose =
        shared ? "no file that all of these hosts share is about " + ask.wish.option->str() +
                     " or about nothing else"
               : "no file of " + *group.begin() + "'s own could take " + ask.wish.option->str();
    return Problem{.code = "no_place",
                   .message = whose,
                   .hint = "name the file (`in`), or make a module for it (`create_module`)"};
}

} // namespace

Steps insert(Workspace& space, const Ask& ask, const std::vector<Candidate>& candidates,
             const HostNames& hosts, const std::string& expression) {
    const bool alone = ask.named() && ask.wish.in.empty();
    if (!alone || hosts.size() == 1 ||
        !places_for(space, candidates, *ask.wish.option, hosts).empty()) {
        return insert_for(space, ask, candidates, hosts, expression);
    }
    const auto lost = doubts(space, hosts);
    if (ask.request.every_host && !lost.empty()) {
        return Problem{.code = "unread",
                       .message = "what those hosts share cannot all be followed: " + lost.front(),
                       .where = lost.front().substr(0, lost.front().find(": ")),
                       .hint = "name the file that all of them share (`in`)"};
    }
    std::vector<Step> out;
    for (const std::string& host : hosts) {
        Steps made = insert_for(space, ask, candidates, {host}, expression);
        if (!made) {
            return made.problem();
        }
        out.insert(out.end(), made->begin(), made->end());
    }
    return out;
}

} // namespace agentd::proposals::plan
