// Modules: import one no longer.
#include "proposals/plan/module_names.hpp"
#include "proposals/plan/new_file.hpp"
#include "proposals/plan/planner.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using core::Problem;

namespace {

std::optional<Problem> import_no_longer(Workspace& space, const std::string& importer,
                                        const std::string& module) {
    const nix::Tree& tree = *space.tree(importer);
    auto edit = nix::remove_import(tree, import_of(tree, importer, module), space.style());
    const std::string name =
        !edit && edit.problem().code == "absent" ? output_in(space, importer, module) : "";
    const std::vector<std::string> imports{"imports"};
    if (!name.empty()) {
        edit = nix::remove_element(tree, imports, {.text = name}, space.style());
    }
    auto done = take(space, importer, std::move(edit), {});
    return done ? std::nullopt : std::optional(done.problem());
}

/// What the hosts are made of no longer, beside the module and what it alone brings.
std::optional<Problem> gone_with_it(Workspace& space, const Ask& ask, const std::string& module) {
    const auto after = map_after(space);
    for (const map::Host& host : space.map().hosts) {
        const map::Host* now = after ? after->host(host.name) : nullptr;
        if (ask.targets.count(host.name) == 0 || now == nullptr) {
            continue;
        }
        std::set<std::string> left;
        for (const map::ModuleUse& use : now->modules) {
            left.insert(use.file);
        }
        for (const map::ModuleUse& use : host.modules) {
            const bool kept = left.count(use.by) > 0 || use.by.empty();
            if (left.count(use.file) == 0 && use.file != module && kept) {
                return Problem{.code = "would_break",
                               .message = host.name + " would no longer be made of " + use.file +
                                          " either",
                               .where = use.by,
                               .hint = "take the import out by hand"};
            }
        }
    }
    return std::nullopt;
}

} // namespace

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
        if (auto problem = import_no_longer(space, importer, *module)) {
            return *std::move(problem);
        }
        out.push_back(step_at(ask, *at, true, "it imports " + *module + " no longer"));
    }
    if (out.empty()) {
        out.push_back(nothing_to_do(ask, "no host of them imports it"));
        return out;
    }
    if (auto problem = gone_with_it(space, ask, *module)) {
        return *std::move(problem);
    }
    return out;
}

} // namespace agentd::proposals::plan
