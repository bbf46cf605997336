// What was read and what was evaluated, put together.
#include "proposals/map/evaluated.hpp"

#include "proposals/map/repo_map.hpp"

#include <algorithm>

namespace agentd::proposals::map {

namespace {

constexpr std::size_t most_notes = 20;

class Together {
  public:
    Together(Files& files, RepoMap& map, Host& host) : files_(files), map_(map), host_(host) {}

    void part(const std::string& user, EvaluatedPart told) {
        told.files = resolved(told.files);
        std::vector<Modules*> lists{user.empty() ? &host_.modules : &host_.homes[user]};
        if (const auto shared = host_.homes.find("*");
            !user.empty() && shared != host_.homes.end()) {
            lists.push_back(&shared->second);
        }
        for (const auto& [path, file] : told.files) {
            if (file.inside && !is_inside(user, path)) {
                host_.inlined[user].insert(path);
            }
            has(lists, path, file);
        }
        if (told.whole) {
            has_not(*lists.front(), told, user);
        }
        host_.evaluated[user] = std::move(told);
    }

  private:
    /// As `ModuleUse` names them; what is no Nix file of the repository is left out.
    std::map<std::string, EvaluatedFile, std::less<>>
    resolved(const std::map<std::string, EvaluatedFile, std::less<>>& told) const {
        std::map<std::string, EvaluatedFile, std::less<>> out;
        for (const auto& [path, file] : told) {
            const auto real = files_.imported(path);
            if (!real || !real->ends_with(".nix") || files_.kind(*real) != Files::Kind::file) {
                continue;
            }
            EvaluatedFile& here = out[*real];
            here.module = here.module || file.module;
            here.inside = here.inside || file.inside;
            here.declares = here.declares || file.declares;
            here.sets.insert(file.sets.begin(), file.sets.end());
            const auto by = file.by.empty() ? std::nullopt : files_.imported(file.by);
            here.by = here.by.empty() && by && *by != *real ? *by : here.by;
        }
        return out;
    }

    bool is_inside(const std::string& user, const std::string& path) const {
        const auto all = host_.inside.find(user);
        return all != host_.inside.end() &&
               std::any_of(all->second.begin(), all->second.end(),
                           [&](const InlineModule& one) { return one.file == path; });
    }

    static ModuleUse* find(Modules& modules, std::string_view path) {
        const auto found = std::find_if(modules.begin(), modules.end(),
                                        [&](const ModuleUse& use) { return use.file == path; });
        return found == modules.end() ? nullptr : &*found;
    }

    /// In the flake itself, and where modules are options of its own (`flake.modules.nixos.x`), a
    /// file holds a module and is none.
    bool is_outer(const std::string& path, const EvaluatedFile& file) const {
        return !file.module || path == (map_.flake.empty() ? "" : map_.flake + "/") + "flake.nix";
    }

    void has(const std::vector<Modules*>& lists, const std::string& path,
             const EvaluatedFile& file) {
        bool known = false;
        for (Modules* list : lists) {
            if (ModuleUse* use = find(*list, path)) {
                use->evaluated = true;
                use->maybe = false;
                known = true;
            }
        }
        if (known || is_outer(path, file)) {
            return;
        }
        const ModuleUse* by = find(*lists.front(), file.by);
        lists.front()->push_back({.file = path,
                                  .by = file.by,
                                  .distance = by == nullptr ? 1 : by->distance + 1,
                                  .read = false,
                                  .evaluated = true});
        std::erase(map_.unused, path);
    }

    void has_not(Modules& modules, const EvaluatedPart& told, const std::string& user) {
        for (ModuleUse& use : modules) {
            if (use.by_value || told.files.count(use.file) > 0) {
                continue;
            }
            const bool certain = !use.maybe;
            use.evaluated = false;
            use.maybe = true;
            if (certain && map_.notes.size() < most_notes) {
                map_.notes.push_back(host_.name + (user.empty() ? "" : ", home of " + user) + ": " +
                                     use.file + " is imported as it reads, and as Nix evaluates " +
                                     "it is none of its modules");
            }
        }
    }

    Files& files_;
    RepoMap& map_;
    Host& host_;
};

/// What leads one host to a file that could not be read may lead another there: until all are
/// evaluated it is not certain whose the file is.
void doubt(Host& host, bool all_asked) {
    const auto look = [&](Modules& modules) {
        for (ModuleUse& use : modules) {
            use.maybe = use.read ? use.maybe : !all_asked;
        }
    };
    look(host.modules);
    for (auto& [user, modules] : host.homes) {
        look(modules);
    }
}

Host& host_named(RepoMap& map, const std::string& name) {
    for (Host& host : map.hosts) {
        if (host.kind == "nixos" && host.name == name) {
            return host;
        }
    }
    map.hosts.push_back({.name = name,
                         .kind = "nixos",
                         .unresolved = {"flake.nix: " + name +
                                        " is a host of it, and how it is made was not read"}});
    return map.hosts.back();
}

} // namespace

bool Host::whole() const {
    return !evaluated.empty() && std::all_of(evaluated.begin(), evaluated.end(),
                                             [](const auto& part) { return part.second.whole; });
}

void add_evaluated(Files& files, RepoMap& map, const EvaluatedHost& told) {
    constexpr std::size_t most_hosts = 1000;
    for (const std::string& name : told.hosts) {
        if (map.hosts.size() < most_hosts) {
            host_named(map, name);
        }
    }
    Host& host = host_named(map, told.name);
    Together together(files, map, host);
    for (const auto& [user, part] : told.parts) {
        together.part(user, part);
    }
    const auto system = told.parts.find("");
    host.in_part = host.in_part && (system == told.parts.end() || !system->second.whole);
    map.hosts_known = map.hosts_known || !told.hosts.empty();
    const bool all_asked = std::all_of(map.hosts.begin(), map.hosts.end(), [](const Host& one) {
        return one.kind != "nixos" || !one.evaluated.empty();
    });
    for (Host& one : map.hosts) {
        doubt(one, all_asked);
    }
}

} // namespace agentd::proposals::map
