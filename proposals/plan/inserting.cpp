// A binding where there was none: in the best place that takes it.
#include "proposals/plan/planner.hpp"

#include "proposals/nix/names.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals::plan {

using core::Problem;

std::vector<std::string> doubts(const Workspace& space, const HostNames& hosts) {
    std::vector<std::string> out;
    for (const map::Host& host : space.map().hosts) {
        if (host.whole()) {
            continue; // Nix has told what could not be followed
        }
        for (const std::string& lost : host.unresolved) {
            if (hosts.count(host.name) > 0 && out.size() < 3 &&
                std::find(out.begin(), out.end(), lost) == out.end()) {
                out.push_back(lost);
            }
        }
    }
    return out;
}

namespace {

/// The line of a binding whose names end as the option's do, whatever is around it; 0 for none.
std::size_t line_that_says(const nix::Tree& tree, const OptionPath& option) {
    const auto& wanted = option.parts();
    const auto parents = nix::parents_of(tree);
    for (nix::NodeId node = 0; node < tree.size(); ++node) {
        if (tree.kind(node) != nix::NodeKind::binding ||
            nix::path_texts(tree, tree.first(node)).back() != wanted.back()) {
            continue;
        }
        std::vector<std::optional<std::string>> names;
        for (nix::NodeId up = node; up != nix::no_node && names.size() < wanted.size();
             up = parents[up]) {
            if (tree.kind(up) == nix::NodeKind::binding) {
                const auto here = nix::path_texts(tree, tree.first(up));
                names.insert(names.begin(), here.begin(), here.end());
            }
        }
        const auto extra = names.size() - std::min(names.size(), wanted.size());
        if (std::equal(names.begin() + static_cast<std::ptrdiff_t>(extra), names.end(),
                       wanted.begin(), wanted.end()) &&
            (extra == 0 || names[0] != "options")) {
            return tree.position(node).line;
        }
    }
    return 0;
}

/// Without those of whom Nix has told who defines the option.
HostNames not_told(const Workspace& space, const OptionPath& option, HostNames hosts) {
    const std::string path = option.str();
    std::erase_if(hosts, [&](const std::string& name) {
        const map::Host* host = space.map().host(name);
        const auto told = [&](const std::string& user) {
            const auto part = host->evaluated.find(user);
            return part != host->evaluated.end() && part->second.unknown.count(path) == 0;
        };
        return host != nullptr && told("") &&
               std::all_of(host->homes.begin(), host->homes.end(),
                           [&](const auto& home) { return home.first == "*" || told(home.first); });
    });
    return hosts;
}

} // namespace

std::optional<Problem> unread(Workspace& space, const OptionPath& option, const HostNames& hosts) {
    const auto lost = doubts(space, not_told(space, option, hosts));
    for (const std::string& file : space.files().nix_files()) {
        const nix::Tree* tree =
            !lost.empty() && space.map().hosts_of(file).empty() ? space.tree(file) : nullptr;
        const std::size_t line = tree == nullptr ? 0 : line_that_says(*tree, option);
        if (line != 0) {
            const std::string where = file + ":" + std::to_string(line);
            return Problem{.code = "unread",
                           .message = option.str() + " is set at " + where +
                                      ", and whether those hosts are made of that file cannot be "
                                      "told: " +
                                      lost.front(),
                           .where = where,
                           .hint = "name that file (`in`), if it is meant"};
        }
    }
    return std::nullopt;
}

namespace {

/// What another place may still take.
bool is_of_the_place(const Problem& problem) {
    constexpr std::array<std::string_view, 7> codes{
        "opaque",       "inherited",   "conditional", "closed_arguments",
        "no_arguments", "would_break", "exists"};
    return std::find(codes.begin(), codes.end(), problem.code) != codes.end();
}

/// What a host says of a user's home in its own file: `home-manager.users.bob.imports = …`.
std::optional<Steps> into_home_of(Workspace& space, const Ask& ask, const HostNames& group,
                                  const std::string& expression) {
    const auto option =
        ask.wish.user.empty() ? std::nullopt : for_host(*ask.wish.option, ask.wish.user);
    const auto candidates = option ? space.candidates({.kind = ask.wish.kind}, group)
                                   : core::Result<std::vector<Candidate>>(Problem{});
    if (!candidates) {
        return std::nullopt;
    }
    for (const Candidate& at : *candidates) {
        const nix::Tree* tree = space.tree(at.file);
        if (tree == nullptr || at.maybe || at.inline_only || !at.own() || at.hosts != group) {
            continue;
        }
        const auto names = space.names_in(at, *option);
        const std::span<const std::string> home(names.data(), at.prefix.size() + 3);
        const auto said = nix::locate(*tree, home, nix::FileKind::module);
        if (said.exact.empty() && said.below.empty()) {
            continue;
        }
        auto edit = nix::insert_binding(*tree, names, expression, space.style());
        if (take(space, at.file, std::move(edit), names)) {
            return Steps(std::vector{
                step_at(ask, at, true, "said there, where the host speaks of that user's home")});
        }
    }
    return std::nullopt;
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
        if (at->everybody && ask.wish.in.empty()) {
            continue; // not his alone
        }
        if (ask.wish.in.empty() && !takes(space, *at, *ask.wish.option, shared)) {
            continue;
        }
        const auto names = space.names_in(*at, *ask.wish.option);
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
    if (auto made = alone ? into_home_of(space, ask, group, expression) : std::nullopt) {
        return *std::move(made);
    }
    return Problem{.code = "no_place",
                   .message = whose,
                   .hint = "name the file (`in`), or make a module for it (`create_module`)"};
}

} // namespace

namespace {

/// Most of the hosts, where a file that they share, and nobody else has, is a place for it.
HostNames most_of(Workspace& space, const std::vector<Candidate>& candidates,
                  const OptionPath& option, const HostNames& hosts) {
    HostNames out;
    for (const Candidate& at : candidates) {
        const bool more = at.hosts.size() * 2 > hosts.size() && at.hosts.size() > out.size();
        if (more && std::includes(hosts.begin(), hosts.end(), at.hosts.begin(), at.hosts.end()) &&
            !places_for(space, {at}, option, at.hosts).empty() && takes(space, at, option, true)) {
            out = at.hosts;
        }
    }
    return out;
}

} // namespace

Steps insert(Workspace& space, const Ask& ask, const std::vector<Candidate>& candidates,
             const HostNames& hosts, const std::string& expression) {
    const bool alone = ask.named() && ask.wish.in.empty();
    const bool shared = !places_for(space, candidates, *ask.wish.option, hosts).empty();
    if (!alone || hosts.size() == 1 || shared) {
        Steps made = insert_for(space, ask, candidates, hosts, expression);
        const bool none = !made && made.problem().code == "no_place";
        if (!none || !alone || hosts.size() == 1 || !space.map().hosts_known) {
            return made;
        }
    }
    const auto lost = doubts(space, hosts);
    if (ask.request.every_host && !lost.empty()) {
        return Problem{.code = "unread",
                       .message = "what those hosts share cannot all be followed: " + lost.front(),
                       .where = lost.front().substr(0, lost.front().find(": ")),
                       .hint = "name the file that all of them share (`in`)"};
    }
    std::vector<HostNames> groups;
    const HostNames most = most_of(space, candidates, *ask.wish.option, hosts);
    if (!most.empty()) {
        groups.push_back(most);
    }
    for (const std::string& host : hosts) {
        if (most.count(host) == 0) {
            groups.push_back({host});
        }
    }
    std::vector<Step> out;
    for (const HostNames& group : groups) {
        Steps made = insert_for(space, ask, candidates, group, expression);
        if (!made) {
            return made.problem();
        }
        out.insert(out.end(), made->begin(), made->end());
    }
    return out;
}

} // namespace agentd::proposals::plan
