// The repository's own ways to an option: its switches, its modules.
#include "proposals/plan/planner.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using core::Problem;

Problem several(const OptionPath& option, const Definitions& found) {
    std::vector<std::string> places;
    for (const Definition* one : found) {
        places.push_back(one->where());
    }
    places.resize(std::min<std::size_t>(places.size(), 5));
    return {.code = "several_places",
            .message = option.str() + " is set at " + core::join(places, " and ") +
                       ": which of them is meant cannot be told",
            .where = places.front(),
            .hint = "name the host, or the module (`in`)"};
}

bool is_few(const Ask& ask, const HostNames& hosts) {
    return !ask.named() && ask.wish.in.empty() && hosts.size() * 2 < ask.targets.size();
}

Problem few(const Ask& ask, const HostNames& hosts, const std::string& where) {
    return {.code = "no_host_named",
            .message = ask.wish.option->str() + " is said at " + where + ", which is of " +
                       core::join(std::vector<std::string>(hosts.begin(), hosts.end()), ", ") +
                       " alone: which hosts are meant cannot be told",
            .where = where,
            .hint = "name the host, or say all hosts"};
}

Problem not_all(const Ask& ask, const HostNames& hosts, const std::string& where) {
    std::vector<std::string> missing;
    std::set_difference(ask.targets.begin(), ask.targets.end(), hosts.begin(), hosts.end(),
                        std::back_inserter(missing));
    return {.code = "no_host_named",
            .message = "some hosts say it each for itself, as at " + where + ", and not at " +
                       core::join(missing, ", ") + ": which hosts are meant cannot be told",
            .where = where,
            .hint = "name the hosts, or say all hosts"};
}

Problem of_others(const OptionPath& option, const Definition& at) {
    const auto& others = at.at->others;
    return {.code = "shared",
            .message = "it is in " + option.str() + " at " + at.where() +
                       ", which other users or hosts share: " +
                       core::join(std::vector<std::string>(others.begin(), others.end()), ", "),
            .where = at.where(),
            .hint = "change it there by hand for all of them: " + at.where()};
}

std::vector<Candidate> apart_from(const std::vector<Candidate>& all, const Workspace::Said& said) {
    std::vector<Candidate> out;
    for (const Candidate& at : all) {
        const auto here = [&](const Problem& one) { return one.where.starts_with(at.file + ":"); };
        const bool computed = std::any_of(said.hidden.begin(), said.hidden.end(), here);
        if (!computed) {
            out.push_back(at);
        }
    }
    return out;
}

Problem by_program(const OptionPath& option, const Definition& at) {
    return {.code = "generated",
            .message = option.str() + " is set at " + at.where() +
                       ", in a file that a program writes and may write anew",
            .where = at.where(),
            .hint = "change it there by hand: " + at.where()};
}

Problem forced(const OptionPath& option, const Definition& at) {
    return {.code = "forced",
            .message = option.str() + " is forced at " + at.where() + ", which other hosts share",
            .where = at.where(),
            .hint = "change it there by hand, for all of them: " + at.where()};
}

Problem conditional(const OptionPath& option, const Definition& at) {
    return {.code = "conditional",
            .message = option.str() + " is set at " + at.where() +
                       ", under a condition that cannot be told without Nix",
            .where = at.where(),
            .hint = "name that module (`in`) if the case under the condition is meant"};
}

namespace {

/// By a name of the option that is not shared by all of its kind: `openssh` of
/// services.openssh.enable.
bool is_called_for(const std::string& file, const OptionPath& option) {
    const auto& parts = option.parts();
    const std::string stem = map::stem_of(file);
    return stem != "enable" && std::find(parts.begin() + 1, parts.end(), stem) != parts.end();
}

/// It lies in a folder, or is a file, that is called like a host that is not meant.
bool is_of_another(const map::RepoMap& map, const std::string& file, const HostNames& hosts) {
    return std::any_of(map.hosts.begin(), map.hosts.end(), [&](const map::Host& host) {
        const auto parts = core::split(file, '/');
        return hosts.count(host.name) == 0 &&
               (map::stem_of(file) == host.name ||
                std::find(parts.begin(), parts.end(), host.name) != parts.end());
    });
}

} // namespace

const map::OwnOption* declared_above(const Workspace& space, const OptionPath& option) {
    const auto& own = space.map().own_options;
    const auto found = std::find_if(own.begin(), own.end(), [&](const map::OwnOption& one) {
        const auto path = OptionPath::parse(one.path);
        return path && (*path == option || path->is_prefix_of(option));
    });
    return found == own.end() ? nullptr : &*found;
}

std::optional<std::string> module_for(Workspace& space, const OptionPath& option,
                                      const HostNames& hosts) {
    std::vector<std::string> found;
    for (const std::string& file : space.files().nix_files()) {
        const bool called = is_called_for(file, option) && !is_of_another(space.map(), file, hosts);
        const auto users = space.map().hosts_of(file);
        const bool used = std::any_of(users.begin(), users.end(),
                                      [&](const auto& host) { return hosts.count(host) > 0; });
        if (!called || used) {
            continue;
        }
        const std::vector<Candidate> one{{.file = file}};
        for (const Definition& said : space.said(one, option).definitions) {
            if (!said.conditional && said.value == "true") {
                found.push_back(file);
            }
        }
    }
    return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
}

bool is_for(const Workspace& space, const Ask& ask, const Candidate& at) {
    const bool all = ask.request.every_host && ask.wish.user.empty() && !at.strangers;
    return at.own() ||
           (all && std::all_of(at.others.begin(), at.others.end(), [&](const std::string& name) {
                const map::Host* host = space.map().host(name);
                return host != nullptr && host->kind == "darwin";
            }));
}

} // namespace agentd::proposals::plan
