#include "proposals/plan/workspace.hpp"

#include "agentd/core/check.hpp"
#include "agentd/core/text.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using core::Problem;
using core::Result;
using map::Host;
using map::ModuleUse;

namespace {

std::string quoted(std::string_view text) {
    return "`" + core::printable(core::shorten(text, 120)) + "`";
}

/// By its path, the end of it, its name, or the name of its folder.
bool is_called(const std::string& file, std::string name) {
    while (name.ends_with('/')) {
        name.pop_back();
    }
    const auto ends = [&](const std::string& whole) {
        return whole == name || (whole.size() > name.size() && whole.ends_with("/" + name));
    };
    if (ends(file) || ends(file.ends_with(".nix") ? file.substr(0, file.size() - 4) : file)) {
        return true;
    }
    return file.ends_with("/default.nix") && ends(map::folder_of(file));
}

Problem no_candidate(const Wish& wish) {
    return {.code = "no_such_module",
            .message = wish.in.empty()
                           ? "no file is known that those hosts are made of"
                           : "no file that those hosts are made of is called " + quoted(wish.in),
            .hint = "agentctl context map --host H lists them"};
}

/// Files that hold modules of the host, or of its user, inside of something else.
void add_inlined(std::set<std::string>& out, const Host& host, const std::string& user) {
    for (const auto& [whose, files] : host.inlined) {
        if (whose == user || (whose == "*" && !user.empty())) {
            out.insert(files.begin(), files.end());
        }
    }
}

/// A home of its own is on one of the hosts: `bob@web`.
bool is_at(std::string_view home, const HostNames& hosts) {
    const auto at = home.find('@');
    return at != home.npos && hosts.count(std::string(home.substr(at + 1))) > 0;
}

/// A home of this user's own: `bob@web`, `bob-work`.
bool is_home_of_the_same(std::string_view home, const std::string& user) {
    return home == user || home.starts_with(user + "@") || home.starts_with(user + "-");
}

std::vector<std::string> first(std::vector<std::string> names) {
    constexpr std::size_t some = 8;
    names.resize(std::min(names.size(), some));
    return names;
}

bool is_known_file(map::Files& files, const std::string& path) {
    return files.kind(path) == map::Files::Kind::file;
}

} // namespace

const nix::Tree* Workspace::tree(const std::string& path) {
    if (const auto found = edited_.find(path); found != edited_.end()) {
        return &found->second;
    }
    const map::SourceFile* file = files_.parse(path);
    return file == nullptr ? nullptr : &file->tree;
}

bool Workspace::exists(const std::string& path) const {
    return edited_.count(path) > 0 || files_.kind(path) != map::Files::Kind::none;
}

void Workspace::put(const std::string& path, std::string text) {
    auto read = nix::parse(std::move(text));
    AGENTD_CHECK(std::holds_alternative<nix::Tree>(read)); // every edit was parsed before
    edited_.insert_or_assign(path, std::move(std::get<nix::Tree>(read)));
}

std::vector<FileEdit> Workspace::edits() const {
    std::vector<FileEdit> out;
    for (const auto& [path, tree] : edited_) {
        if (files_.read(path) != tree.source()) {
            out.push_back({.path = path, .mode = files_.mode(path), .bytes = tree.source()});
        }
    }
    return out;
}

Result<HostNames> Workspace::targets(const Request& request, const Wish& wish) const {
    HostNames out;
    for (const std::string& name : request.hosts) {
        const Host* host = map_.host(name);
        if (host == nullptr) {
            std::vector<std::string> known;
            for (const Host& one : map_.hosts) {
                known.push_back(one.name);
            }
            const std::string part = host_called_in_part(map_, name);
            const auto near =
                part.empty() ? core::nearest(name, known, 3) : std::vector<std::string>{part};
            return Problem{.code = "no_such_host",
                           .message = "no host " + quoted(name) + " is known" +
                                      (map_.hosts_known ? std::string()
                                                        : "; there may be others than those that "
                                                          "could be told without Nix"),
                           .hint = known.empty()  ? "no host could be told without Nix"
                                   : near.empty() ? "known are " + core::join(first(known), ", ")
                                                  : "did you mean " + core::join(near, ", ") + "?"};
        }
        out.insert(host->name);
    }
    if (request.hosts.empty()) {
        for (const Host& host : map_.hosts) {
            const bool fits = host.kind == "nixos" || (host.kind == "home" && !wish.user.empty());
            if (fits) {
                out.insert(host.name);
            }
        }
    }
    for (const Host& host : map_.hosts) {
        const bool open =
            host.in_part || (host.modules.empty() && host.homes.empty() && host.inside.empty());
        if (request.hosts.empty() && wish.in.empty() && open && out.count(host.name) > 0) {
            return Problem{.code = "hosts_unknown",
                           .message = "what " + host.name +
                                      " shares with the other hosts cannot be told without Nix",
                           .hint = "name one host, or the file that is meant (`in`)"};
        }
    }
    if (out.empty() && wish.in.empty()) {
        return Problem{.code = "no_hosts",
                       .message = "no host of the flake can be told without Nix",
                       .hint = "say which module is meant, by its name"};
    }
    return out;
}

void Workspace::add(std::map<std::string, Candidate>& out, const Host& host,
                    const map::Modules& modules, Whose whose) const {
    for (const ModuleUse& use : modules) {
        if (!is_known_file(files_, use.file)) {
            continue;
        }
        Candidate& here = out[use.file];
        const bool first = here.file.empty();
        here.file = use.file;
        if (whose != Whose::wanted) {
            here.homes = here.homes || whose == Whose::homes;
            if (whose == Whose::others) {
                here.others.insert(host.name);
            }
            continue;
        }
        here.distance =
            first || here.hosts.empty() ? use.distance : std::min(here.distance, use.distance);
        here.hosts.insert(host.name);
        here.maybe = here.maybe || use.maybe;
    }
}

Result<std::vector<Candidate>> Workspace::candidates(const Wish& wish, const HostNames& targets) {
    const bool all = targets.size() > 1 &&
                     std::all_of(map_.hosts.begin(), map_.hosts.end(), [&](const Host& host) {
                         return host.kind != "nixos" || targets.count(host.name) > 0;
                     });
    std::map<std::string, Candidate> found;
    std::set<std::string> inlined;
    bool user_known = wish.user.empty();
    for (const Host& host : map_.hosts) {
        const bool wanted = targets.count(host.name) > 0;
        const bool system = wish.user.empty();
        const bool home =
            !system && host.kind == "home" && is_home_of_the_same(host.name, wish.user);
        if (home && !wanted && (all || is_at(host.name, targets))) {
            user_known = true;
            continue; // the same home, without NixOS
        }
        add(found, host, host.modules, wanted && system ? Whose::wanted : Whose::others);
        for (const auto& [user, modules] : host.inside) {
            const bool his = user.empty() ? system : user == wish.user || (user == "*" && !system);
            add_inside(found, host, modules,
                       wanted && his      ? Whose::wanted
                       : wanted && system ? Whose::homes
                                          : Whose::others);
        }
        if (wanted && wish.in.empty()) {
            add_inlined(inlined, host, wish.user);
        }
        for (const auto& [user, modules] : host.homes) {
            const bool his = !system && (user == wish.user || user == "*" || home);
            const bool same = system && (wanted || is_at(host.name, targets));
            user_known = user_known || user == wish.user;
            if (all && !system && host.kind == "darwin" && user == wish.user) {
                continue; // his own, too
            }
            add(found, host, modules,
                wanted && his ? Whose::wanted
                : same        ? Whose::homes
                              : Whose::others);
            const bool everybody = wanted && his && user == "*" && host.homes.size() > 2;
            for (const ModuleUse& use : everybody ? modules : map::Modules{}) {
                found[use.file].everybody = true;
            }
        }
    }
    if (!user_known) {
        return Problem{.code = "no_such_user",
                       .message = "home-manager has no user " + quoted(wish.user) + " here"};
    }
    std::vector<Candidate> out;
    for (auto& [key, candidate] : found) {
        candidate.strangers = !map_.hosts_known && !all && !is_home_of(candidate, targets);
        if (!candidate.hosts.empty() && (wish.in.empty() || is_called(candidate.file, wish.in))) {
            inlined.erase(candidate.file);
            out.push_back(std::move(candidate));
        }
    }
    for (const std::string& file : inlined) {
        if (is_known_file(files_, file)) {
            out.push_back({.file = file, .inline_only = true});
        }
    }
    for (const map::Aspect& aspect : map_.aspects) {
        if (!wish.in.empty() && aspect.name == wish.in) {
            out.push_back({.file = aspect.file, .prefix = aspect.prefix});
        }
    }
    const auto named =
        out.empty() && !wish.in.empty() ? module(wish.in) : Result<std::string>(Problem{});
    if (named && map_.hosts_of(*named).empty() && is_known_file(files_, *named)) {
        out.push_back({.file = *named}); // of no host that is known: it was named
    }
    return out.empty() ? Result<std::vector<Candidate>>(no_candidate(wish)) : std::move(out);
}

bool Workspace::is_home_of(const Candidate& at, const HostNames& hosts) const {
    const auto parts = core::split(at.file, '/');
    return std::any_of(hosts.begin(), hosts.end(), [&](const std::string& name) {
        const Host* host = map_.host(name);
        return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
            part = part.ends_with(".nix") ? part.substr(0, part.size() - 4) : part;
            return part == name || (host != nullptr && part == host->host_name);
        });
    });
}

Result<std::string> Workspace::module(const std::string& written) const {
    std::string name = written; // as it stands in some file: `../common/x.nix`
    while (name.starts_with("../") || name.starts_with("./")) {
        name.erase(0, name.find('/') + 1);
    }
    std::vector<std::string> found;
    for (const std::string& file : files_.nix_files()) {
        if (file == name || file == name + "/default.nix" || file == name + ".nix") {
            return file;
        }
        if (is_called(file, name)) {
            found.push_back(file);
        }
    }
    if (found.size() == 1) {
        return found.front();
    }
    found.resize(std::min<std::size_t>(found.size(), 5));
    return Problem{.code = found.empty() ? "no_such_module" : "several_modules",
                   .message = found.empty() ? "the repository has no module " + quoted(name)
                                            : "several modules are called " + quoted(name),
                   .hint = found.empty() ? "name a file of the repository"
                                         : "one of " + core::join(found, ", ")};
}

} // namespace agentd::proposals::plan
