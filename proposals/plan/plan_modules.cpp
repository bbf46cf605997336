// Modules: import one, import it no longer.
#include "proposals/plan/module_names.hpp"
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

/// How `importer` writes the path of `module` now; "" when it does not.
std::string spelled_in(const nix::Tree& tree, const std::string& importer,
                       const std::string& module) {
    for (NodeId node = 0; node < tree.size(); ++node) {
        if (tree.kind(node) != nix::NodeKind::path || tree.first(node) != nix::no_node) {
            continue;
        }
        const auto path = map::joined_path(map::folder_of(importer), tree.text(node));
        if (path && (*path == module || *path == importable(module))) {
            return std::string(tree.text(node));
        }
    }
    return {};
}

/// `./../x` where its neighbours are written so.
std::string spelled_like(const nix::Tree& tree, const std::string& relative) {
    std::size_t odd = 0;
    std::size_t plain = 0;
    for (NodeId node = 0; node < tree.size(); ++node) {
        if (tree.kind(node) == nix::NodeKind::path) {
            odd += tree.text(node).starts_with("./../") ? 1 : 0;
            plain += tree.text(node).starts_with("../") ? 1 : 0;
        }
    }
    return relative.starts_with("../") && odd > plain ? "./" + relative : relative;
}

nix::Import import_of(const nix::Tree& tree, const std::string& importer,
                      const std::string& module) {
    std::string now = spelled_in(tree, importer, module);
    return {.relative = now.empty()
                            ? spelled_like(tree, map::relative_path(importer, importable(module)))
                            : now,
            .from_root = importable(module)};
}

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

/// The file that shall import it; nullptr when there is none for all of `hosts` alone.
const Candidate* importer_for(Workspace& space, const Ask& ask,
                              const std::vector<Candidate>& candidates, const std::string& module,
                              const HostNames& hosts) {
    using Rank = std::tuple<std::size_t, bool, std::size_t, long>;
    const Candidate* best = nullptr;
    Rank highest{};
    for (const Candidate& at : candidates) {
        const bool fits = ask.named() ? at.own() && at.hosts == hosts : !is_few(ask, at.hosts);
        if (!fits || at.maybe || at.inline_only || at.file == module ||
            space.tree(at.file) == nullptr || is_generated(*space.tree(at.file), at.file)) {
            continue;
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

const map::ModuleUse* use_of(const map::Host& host, const std::string& user,
                             const std::string& module) {
    const auto in = [&](const map::Modules& modules) {
        const auto found =
            std::find_if(modules.begin(), modules.end(),
                         [&](const map::ModuleUse& use) { return use.file == module; });
        return found == modules.end() ? nullptr : &*found;
    };
    if (user.empty()) {
        return in(host.modules);
    }
    const auto home = host.homes.find(user);
    return home == host.homes.end() ? nullptr : in(home->second);
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
    const nix::Tree& tree = *space.tree(at->file);
    const std::string output = as_output(space, tree, module);
    if (output.empty() && takes_more(space, module)) {
        return Problem{.code = "no_place",
                       .message = module + " takes arguments of its own before those of a module: "
                                           "by its path it is none",
                       .where = module,
                       .hint = "import it by the name that the flake gives it, by hand"};
    }
    const std::vector<std::string> imports{"imports"};
    auto edit = output.empty()
                    ? nix::add_import(tree, import_of(tree, at->file, module), space.style())
                    : nix::add_element(tree, imports, {.text = output}, space.style());
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

Steps plan_import(Workspace& space, const Ask& ask) {
    const auto module = space.module(ask.wish.module);
    auto candidates = space.candidates(ask.wish, ask.targets);
    if (!module || !candidates) {
        return module ? candidates.problem() : module.problem();
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

Steps plan_import_removal(Workspace& space, const Ask& ask) {
    const auto module = space.module(ask.wish.module);
    auto candidates = space.candidates(ask.wish, ask.targets);
    if (!module || !candidates) {
        return module ? candidates.problem() : module.problem();
    }
    std::set<std::string> importers;
    for (const map::Host& host : space.map().hosts) {
        const map::ModuleUse* use =
            ask.targets.count(host.name) > 0 ? use_of(host, ask.wish.user, *module) : nullptr;
        if (use != nullptr) {
            importers.insert(use->by);
            importers.insert(use->also_by.begin(), use->also_by.end());
        }
    }
    std::vector<Step> out;
    for (const std::string& importer : importers) {
        const auto at = std::find_if(candidates->begin(), candidates->end(),
                                     [&](const Candidate& one) { return one.file == importer; });
        if (at == candidates->end() || (ask.named() && !at->own())) {
            return Problem{.code = "shared",
                           .message = *module + " is imported by " +
                                      (importer.empty() ? "the flake itself" : importer) +
                                      ", which is not of those hosts alone",
                           .where = importer};
        }
        const nix::Tree& tree = *space.tree(importer);
        auto edit = nix::remove_import(tree, import_of(tree, importer, *module), space.style());
        if (auto done = take(space, importer, std::move(edit), {}); !done) {
            return done.problem();
        }
        out.push_back(step_at(ask, *at, true, "it imports " + *module + " no longer"));
    }
    if (out.empty()) {
        out.push_back(nothing_to_do(ask, "no host of them imports it"));
    }
    return out;
}

} // namespace agentd::proposals::plan
