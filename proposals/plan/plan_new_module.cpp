// A new module, and its import.
#include "proposals/plan/new_file.hpp"
#include "proposals/plan/planner.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix/check.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using core::Problem;
using core::Result;

namespace {

/// `x.nix`, or `x/default.nix` where the modules of that folder are folders.
std::string named_in(Workspace& space, const std::string& folder, const std::string& name) {
    std::size_t files = 0;
    std::size_t folders = 0;
    for (const std::string& file : space.files().nix_files()) {
        const bool entry = map::name_of(file) == "default.nix";
        files += !entry && map::folder_of(file) == folder ? 1 : 0;
        folders += entry && map::folder_of(map::folder_of(file)) == folder ? 1 : 0;
    }
    const std::string stem = name.substr(0, name.size() - 4);
    const std::string start = folder.empty() ? "" : folder + "/";
    return start + (folders > files ? stem + "/default.nix" : name);
}

/// The folder of the host's own files, where no other host has its own; "" where there is none.
std::string own_folder(const Workspace& space, const std::vector<Candidate>& candidates,
                       const HostNames& hosts) {
    const Candidate* best = nullptr;
    for (const Candidate& at : candidates) {
        const bool fits = at.own() && at.hosts == hosts && !map::folder_of(at.file).empty() &&
                          (space.is_home_of(at, hosts) || at.distance == 0);
        if (fits && (best == nullptr || at.distance < best->distance)) {
            best = &at;
        }
    }
    const std::string folder = best == nullptr ? "" : map::folder_of(best->file);
    const auto others = [&](const map::Host& host) {
        return hosts.count(host.name) == 0 &&
               std::any_of(host.modules.begin(), host.modules.end(),
                           [&](const auto& use) { return map::folder_of(use.file) == folder; });
    };
    return std::any_of(space.map().hosts.begin(), space.map().hosts.end(), others) ? "" : folder;
}

/// Where most modules lie that the hosts import one beside the other.
std::string usual_folder(const Workspace& space, const HostNames& hosts) {
    std::map<std::string, std::set<std::string>> found;
    for (const map::Host& host : space.map().hosts) {
        for (const map::ModuleUse& use : host.modules) {
            const bool entry = map::name_of(use.file) == "default.nix";
            const std::string folder = map::folder_of(entry ? map::folder_of(use.file) : use.file);
            if (hosts.count(host.name) > 0 && !folder.empty() && !use.by.empty()) {
                found[folder].insert(use.file);
            }
        }
    }
    const auto most =
        std::max_element(found.begin(), found.end(), [](const auto& a, const auto& b) {
            return a.second.size() < b.second.size();
        });
    return most == found.end() || most->second.size() < 2 ? "" : most->first;
}

/// A name alone: beside the one host's own files, else where the others lie.
std::string place_of_new(Workspace& space, const Ask& ask, const std::vector<Candidate>& candidates,
                         const std::string& name) {
    if (space.map().nix_files > 0 && ask.wish.in.empty()) {
        std::string folder =
            ask.targets.size() == 1 ? own_folder(space, candidates, ask.targets) : "";
        folder = folder.empty() ? usual_folder(space, ask.targets) : folder;
        return named_in(space, folder, name);
    }
    return name;
}

/// The folder is known by the end of its path.
Result<std::string> path_of_new(Workspace& space, const Ask& ask,
                                const std::vector<Candidate>& candidates) {
    const std::string& wanted = ask.wish.module;
    std::string path = wanted.ends_with(".nix") ? wanted : wanted + ".nix";
    const std::string folder = map::folder_of(path);
    if (folder.empty()) {
        return place_of_new(space, ask, candidates, path);
    }
    std::set<std::string> folders;
    bool above = false; // a folder of its own beside others
    for (const std::string& file : space.files().nix_files()) {
        const std::string here = map::folder_of(file);
        if (here == folder) {
            return path;
        }
        above = above || (!map::folder_of(folder).empty() &&
                          (here + "/").starts_with(map::folder_of(folder) + "/"));
        if (!folder.empty() && here.ends_with("/" + folder)) {
            folders.insert(here);
        }
    }
    if (folders.empty() && above) {
        return path;
    }
    if (folders.size() != 1) {
        return Problem{.code = folders.empty() ? "no_place" : "several_places",
                       .message =
                           (folders.empty() ? "there is no folder " : "several folders are ") +
                           core::printable(folder),
                       .hint = "name the whole path of the new file"};
    }
    return *folders.begin() + "/" + map::name_of(path);
}

bool of_the_system(const map::Host* host, const std::string& path) {
    return host != nullptr && std::any_of(host->modules.begin(), host->modules.end(),
                                          [&](const auto& use) { return use.file == path; });
}

/// Whether the targets are made of the new file without anybody importing it: folders are read.
Result<bool> by_being_there(Workspace& space, const Ask& ask, const std::string& path,
                            const std::string& text) {
    const auto after = map_after(space, path, text);
    if (!after) {
        return after.problem();
    }
    const auto names = after->hosts_of(path);
    const HostNames hosts(names.begin(), names.end());
    for (const auto& name : names) {
        if (!ask.wish.user.empty() && of_the_system(after->host(name), path)) {
            return Problem{.code = "shared",
                           .message = "its folder is read by the system of " + name +
                                      ": the new file would be no part of the home of " +
                                      core::printable(ask.wish.user),
                           .where = path,
                           .hint = "name a folder of that user's own files"};
        }
    }
    const bool all =
        std::includes(hosts.begin(), hosts.end(), ask.targets.begin(), ask.targets.end());
    if (!hosts.empty() && (!all || (ask.named() && hosts != ask.targets))) {
        return Problem{.code = "shared",
                       .message = "its folder is read by " + core::join(names, ", ") +
                                  ": the new file would be of these hosts",
                       .where = path,
                       .hint = "name another folder, or those hosts"};
    }
    return !hosts.empty();
}

} // namespace

Steps plan_module(Workspace& space, const Ask& ask) {
    auto candidates = space.candidates(ask.wish, ask.targets);
    if (!candidates) {
        return candidates.problem();
    }
    const auto path = path_of_new(space, ask, *candidates);
    if (!path) {
        return path.problem();
    }
    if (space.exists(*path)) {
        return Problem{.code = "exists", .message = *path + " is there already", .where = *path};
    }
    std::vector<nix::NewBinding> bindings;
    std::vector<std::string> arguments;
    for (const Setting& setting : ask.wish.settings) {
        if (std::holds_alternative<PackageAttr>(setting.value)) {
            arguments = {"pkgs"};
        }
        bindings.push_back({.path = setting.option.parts(),
                            .expression = expression_of(setting.value, space.map().style)});
    }
    auto text = nix::create_file(arguments, bindings, heading_in(space, map::folder_of(*path)));
    if (!text) {
        return text.problem();
    }
    const auto wrong = nix::check(std::get<nix::Tree>(nix::parse(*text)));
    if (wrong) {
        return Problem{.code = "bad_text", .message = wrong->message(), .where = *path};
    }
    auto found = by_being_there(space, ask, *path, *text);
    if (!found) {
        return found.problem();
    }
    Steps made = *found ? Steps(std::vector<Step>{})
                        : import_into(space, ask, *candidates, *path, ask.targets);
    if (!made) {
        return made.problem();
    }
    space.put(*path, *text);
    made.value().push_back(
        step_at(ask, {.file = *path, .hosts = ask.targets}, true,
                *found ? "it is read by being in that folder" : "with what is set there"));
    made.value().front().notes.push_back(*path + " is new: a flake sees it once git knows of it");
    return made;
}

} // namespace agentd::proposals::plan
