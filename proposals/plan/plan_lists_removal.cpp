// One element of a list: remove.
#include "proposals/plan/list_edit.hpp"
#include "proposals/plan/list_files.hpp"
#include "proposals/plan/topic.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using core::Problem;

namespace {

/// The whole path of a binding; empty where a name of it is computed, or it is of a `let`.
std::vector<std::string> path_around(const nix::Tree& tree, nix::NodeId node) {
    const auto parents = nix::parents_of(tree);
    std::vector<std::string> out;
    for (nix::NodeId below = node; node != nix::no_node; below = node, node = parents[node]) {
        if (tree.kind(node) == nix::NodeKind::let_in && below != tree.last(node)) {
            return {};
        }
        if (tree.kind(node) != nix::NodeKind::binding) {
            continue;
        }
        const auto names = nix::path_texts(tree, tree.first(node));
        for (auto name = names.rbegin(); name != names.rend(); ++name) {
            if (!*name) {
                return {};
            }
            out.insert(out.begin(), **name);
        }
    }
    return out;
}

} // namespace

const nix::EditResult& ListEdit::removal(const Definition& one) {
    const std::string file = list_file_of(space_, one);
    const auto known = removals_.find({file, one.inside});
    if (known != removals_.end()) {
        return known->second;
    }
    const auto names =
        file == one.at->file ? space_.names_in(*one.at, option_) : std::vector<std::string>{};
    auto edit = nix::remove_element(*space_.tree(file), names, element_, style(one));
    return removals_.emplace(std::pair(file, one.inside), std::move(edit)).first->second;
}

bool ListEdit::has(const Definition& one) {
    return removal(one).has_value();
}

std::optional<Problem> ListEdit::elsewhere() {
    const auto lost = doubts(space_, ask_.targets);
    for (const std::string& file : space_.files().nix_files()) {
        if (lost.empty() || !space_.map().hosts_of(file).empty()) {
            continue;
        }
        const std::vector<Candidate> one{{.file = file}};
        for (const Definition& said : space_.said(one, option_).definitions) {
            if (removal(said)) {
                return Problem{.code = "unread",
                               .message = "it is in " + option_.str() + " at " + said.where() +
                                          ", and whether those hosts are made of that file cannot "
                                          "be told: " +
                                          lost.front(),
                               .where = said.where(),
                               .hint = "name that file (`in`), if it is meant"};
            }
        }
    }
    return std::nullopt;
}

std::optional<Problem> ListEdit::switched_on() {
    for (const Candidate& at : candidates_) {
        const nix::Tree* tree = space_.tree(at.file);
        for (nix::NodeId node = 0; tree != nullptr && node < tree->size(); ++node) {
            const bool on = tree->kind(node) == nix::NodeKind::binding &&
                            tree->text(nix::bare(*tree, tree->last(node))) == "true";
            const auto path = on ? path_around(*tree, node) : std::vector<std::string>{};
            if (path.size() >= 3 && path.back() == "enable" &&
                path[path.size() - 2] == element_.text) {
                const std::string where = at.file + ":" + std::to_string(tree->position(node).line);
                return Problem{.code = "switched",
                               .message = "no list that can be read has it, but " +
                                          nix::joined(path) + " is on at " + where,
                               .where = where,
                               .hint = "say disable " + element_.text + ", or set " +
                                       nix::joined(path) + " to false"};
            }
        }
    }
    return std::nullopt;
}

Steps ListEdit::remove() {
    std::vector<Step> out;
    std::optional<Problem> blind;
    for (const Definition& one : said_.definitions) {
        const auto& edit = removal(one);
        if (!edit) {
            const bool there = edit.problem().code != "absent";
            if (there && !blind) {
                blind = in_file(edit.problem(), list_file_of(space_, one));
            }
            continue;
        }
        if (one.conditional && ask_.wish.in.empty()) {
            return Problem{.code = "conditional",
                           .message = "it is in " + option_.str() + " at " + one.where() +
                                      " under a condition",
                           .where = one.where(),
                           .hint = "name that module (`in`)"};
        }
        if (!ask_.wish.user.empty() && !one.at->others.empty()) {
            return of_others(option_, one);
        }
        if (ask_.named() && !is_for(space_, ask_, *one.at)) {
            return Problem{.code = "shared",
                           .message = "it is in " + option_.str() + " at " + one.where() +
                                      ", which other hosts share",
                           .where = one.where(),
                           .hint = "remove it for all of them: name no host"};
        }
        auto step = taken(one, edit, "it was in the list at " + one.where());
        if (!step) {
            return step.problem();
        }
        out.push_back(std::move(step).value());
    }
    // A switch that is on says more than a list that cannot be read.
    if (auto problem = out.empty() && element_.package ? switched_on() : std::nullopt) {
        return *problem;
    }
    if (out.empty() && (blind || !said_.hidden.empty())) {
        return blind ? *blind : said_.hidden.front();
    }
    HostNames rid;
    for (const Step& step : out) {
        rid.insert(step.hosts.begin(), step.hosts.end());
    }
    const bool all =
        std::includes(rid.begin(), rid.end(), ask_.targets.begin(), ask_.targets.end());
    if (auto problem = all ? std::nullopt : elsewhere()) {
        return *problem;
    }
    const auto others = element_.package ? other_lists() : std::vector<std::string>{};
    if (out.empty() && !others.empty()) {
        return Problem{.code = "elsewhere",
                       .message = "no list of " + option_.str() + " has it, but there is " +
                                  core::join(others, ", and "),
                       .where = others.front().substr(others.front().rfind(' ') + 1),
                       .hint = "say for which user it is meant, or take it out there by hand"};
    }
    for (const std::string& other : others) {
        out.front().notes.push_back("it stays in " + other);
    }
    std::vector<std::string> notes;
    if (auto problem = out.empty() ? opened_elsewhere(notes) : std::nullopt) {
        return *std::move(problem);
    }
    if (out.empty()) {
        out.push_back(nothing_to_do(ask_, "no list of those hosts has it"));
        out.back().notes = std::move(notes);
    }
    return out;
}

} // namespace agentd::proposals::plan
