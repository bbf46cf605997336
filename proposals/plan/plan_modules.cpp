// Modules: import one, import it no longer.
#include "proposals/plan/module_names.hpp"
#include "proposals/plan/new_file.hpp"
#include "proposals/plan/planner.hpp"
#include "proposals/plan/topic.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>
#include <tuple>

namespace agentd::proposals::plan {

using core::Problem;
using core::Result;
using nix::NodeId;

namespace {

/// How many modules of the same folder a file imports.
std::size_t neighbours(const map::RepoMap& map, const std::string& importer,
                       const std::string& module) {
    std::set<std::string> found;
    for (const map::Host& host : map.hosts) {
        const auto count = [&](const map::Modules& modules) {
            for (const map::ModuleUse& use : modules) {
                if (use.by == importer &&
                    map::folder_of(importable(use.file)) == map::folder_of(importable(module))) {
                    found.insert(use.file);
                }
            }
        };
        count(host.modules);
        for (const auto& [user, modules] : host.homes) {
            count(modules);
        }
    }
    return found.size();
}

std::vector<std::string> imports_of(const Candidate& at) {
    auto out = at.prefix;
    if (!out.empty() && out.back() == "config") {
        out.pop_back();
    }
    out.emplace_back("imports");
    return out;
}

/// A module inside of a file that is the host's by its name, and imports files of that folder:
/// where it imports none, files may be modules of the flake themselves.
bool imports_inside(Workspace& space, const Candidate& at, const std::string& module) {
    const auto names = imports_of(at);
    const bool of_host = at.hosts.size() == 1 &&
                         names[names.size() - 2].find(*at.hosts.begin()) != std::string::npos;
    const bool of_aspect =
        names.size() > 2 && at.hosts.size() == 1 && names[names.size() - 3] == *at.hosts.begin();
    return (of_host || of_aspect) && neighbours(space.map(), at.file, module) > 0 &&
           nix::locate(*space.tree(at.file), names, nix::FileKind::module).exact.size() == 1;
}

/// The file that shall import it; nullptr when there is none for all of `hosts` alone.
const Candidate* importer_for(Workspace& space, const Ask& ask,
                              const std::vector<Candidate>& candidates, const std::string& module,
                              const HostNames& hosts) {
    using Rank = std::tuple<std::size_t, bool, std::size_t, long>;
    const Candidate* best = nullptr;
    Rank highest{};
    for (const Candidate& at : candidates) {
        const bool fits = ask.named() ? at.own() && at.hosts == hosts : !is_few(ask, at.hosts);
        const nix::Tree* tree = space.tree(at.file);
        if (!fits || at.maybe || at.inline_only || at.file == module || tree == nullptr ||
            is_generated(*tree, at.file) ||
            (!at.prefix.empty() && !imports_inside(space, at, module))) {
            continue;
        }
        const Topic topic = topic_of(*tree, at.file, *OptionPath::parse("imports.x"), at.prefix);
        const bool first = at.distance == 0 && !topic.other && at.hosts.size() == 1;
        const bool importing = topic.hub || topic.index || topic.named_entry || topic.general ||
                               first || neighbours(space.map(), at.file, module) > 0;
        if (!importing) {
            continue; // a module that is about one thing, and imports nothing like it
        }
        const bool above = map::folder_of(at.file) == map::folder_of(importable(module)) &&
                           map::name_of(at.file) == "default.nix";
        const Rank rank{neighbours(space.map(), at.file, module), above, at.hosts.size(),
                        -static_cast<long>(at.distance)};
        if (best == nullptr || rank > highest) {
            best = &at;
            highest = rank;
        }
    }
    return best;
}

/// The hosts are made of the module by what is edited.
bool are_made_of(Workspace& space, const Ask& ask, const std::string& module,
                 const HostNames& hosts) {
    const auto after = map_after(space);
    return after && std::all_of(hosts.begin(), hosts.end(), [&](const std::string& name) {
               const map::Host* host = after->host(name);
               return host != nullptr && use_of(*host, ask.wish.user, module) != nullptr;
           });
}

Steps import_by_name(Workspace& space, const Ask& ask, const Candidate& at,
                     const std::string& module, const Output& output) {
    const std::vector<std::string> imports{"imports"};
    const std::string before = space.tree(at.file)->source();
    auto edit = nix::add_element(*space.tree(at.file), imports,
                                 {.text = output.text, .beside = output.beside}, space.style());
    if (auto done = take(space, at.file, std::move(edit), {}); !done) {
        return done.problem();
    }
    if (!output.told && !are_made_of(space, ask, module, at.hosts)) {
        space.put(at.file, before);
        return Problem{.code = "no_place",
                       .message = "by which name the flake has " + module + " cannot be told",
                       .where = module,
                       .hint = "import it by hand"};
    }
    return std::vector{step_at(ask, at, true, "it imports " + output.text + " now")};
}

} // namespace

Steps import_into(Workspace& space, const Ask& ask, const std::vector<Candidate>& candidates,
                  const std::string& module, const HostNames& hosts) {
    const Candidate* at = importer_for(space, ask, candidates, module, hosts);
    if (at == nullptr) {
        return Problem{.code = "no_place",
                       .message =
                           "no file is made for " +
                           core::join(std::vector<std::string>(hosts.begin(), hosts.end()), ", ") +
                           " alone that could import " + module};
    }
    const Output output = as_output(space, at->file, module);
    if (!output.text.empty()) {
        Steps made = import_by_name(space, ask, *at, module, output);
        if (made || takes_more(space, module)) {
            return made;
        }
    }
    if (takes_more(space, module)) {
        return Problem{.code = "no_place",
                       .message = module + " takes arguments of its own before those of a module: "
                                           "by its path it is none",
                       .where = module,
                       .hint = "import it by the name that the flake gives it, by hand"};
    }
    const nix::Tree& tree = *space.tree(at->file);
    const auto import = import_of(tree, at->file, module);
    auto edit = at->prefix.empty() ? nix::add_import(tree, import, space.style())
                                   : nix::add_element(tree, imports_of(*at),
                                                      {.text = import.relative}, space.style());
    if (auto done = take(space, at->file, std::move(edit), {}); !done) {
        return done.problem();
    }
    return std::vector{step_at(ask, *at, true, "it imports " + importable(module) + " now")};
}

namespace {

/// The targets that are not made of the module yet.
Result<HostNames> hosts_without(const Workspace& space, const Ask& ask, const std::string& module) {
    HostNames missing;
    for (const map::Host& host : space.map().hosts) {
        if (ask.targets.count(host.name) == 0) {
            continue;
        }
        const map::ModuleUse* use = use_of(host, ask.wish.user, module);
        if (use != nullptr && use->maybe) {
            return Problem{.code = "conditional",
                           .message = module + " is imported by " + use->by + " under a condition",
                           .where = use->by};
        }
        if (use == nullptr) {
            missing.insert(host.name);
        }
    }
    return missing;
}

} // namespace

namespace {

std::optional<Problem> not_for_a_system(Workspace& space, const Ask& ask,
                                        const std::string& module) {
    if (map::name_of(module) == "flake.nix") {
        return Problem{.code = "no_such_module",
                       .message = module + " is a flake, and no module",
                       .where = module};
    }
    std::string user;
    for (const map::Host& host : space.map().hosts) {
        if (use_of(host, "", module) != nullptr) {
            return std::nullopt;
        }
        for (const auto& [name, modules] : host.homes) {
            user = use_of(host, name, module) != nullptr ? name : user;
        }
    }
    if (user.empty() || !ask.wish.user.empty()) {
        return std::nullopt;
    }
    return Problem{.code = "of_a_home",
                   .message = module + " is a part of the home of " + core::printable(user) +
                              ", and not of a system",
                   .where = module,
                   .hint = "say for which user it is to be imported"};
}

} // namespace

Steps plan_import(Workspace& space, const Ask& ask) {
    const auto module = space.module(ask.wish.module);
    auto candidates = space.candidates(ask.wish, ask.targets);
    if (!module || !candidates) {
        return module ? candidates.problem() : module.problem();
    }
    if (auto problem = not_for_a_system(space, ask, *module)) {
        return *std::move(problem);
    }
    auto without = hosts_without(space, ask, *module);
    if (!without) {
        return without.problem();
    }
    const HostNames& missing = *without;
    if (missing.empty()) {
        Step step = nothing_to_do(ask, "it is imported already");
        step.file = *module;
        return std::vector{std::move(step)};
    }
    if (!ask.named() && missing != ask.targets) {
        return Problem{.code = "several_places",
                       .message = "some hosts import " + *module + " and some do not",
                       .hint = "name the host that shall import it"};
    }
    if (!ask.named() || importer_for(space, ask, *candidates, *module, missing) != nullptr) {
        return import_into(space, ask, *candidates, *module, missing);
    }
    std::vector<Step> out;
    for (const std::string& host : missing) {
        Steps made = import_into(space, ask, *candidates, *module, {host});
        if (!made) {
            return made.problem();
        }
        out.insert(out.end(), made->begin(), made->end());
    }
    return out;
}

} // namespace agentd::proposals::plan
