// How an edit is taken over, and how values are written.
#include "proposals/plan/planner.hpp"

#include "agentd/core/match.hpp"
#include "proposals/nix/names.hpp"
#include "proposals/nix_text.hpp"

#include <algorithm>
#include <map>

namespace agentd::proposals::plan {

using core::Problem;
using nix::no_node;
using nix::NodeId;

std::string expression_of(const Value& value, const map::Style& style) {
    return core::match(
        value, [](Null) { return std::string("null"); },
        [](bool v) { return std::string(v ? "true" : "false"); },
        [](std::int64_t v) { return nix_integer(v); },
        [](const std::string& v) { return nix_string(v); },
        [](const PackageAttr& v) { return "pkgs." + v.str(); },
        [&](const Strings& v) {
            std::string out;
            for (const std::string& text : v) {
                out += (style.expands_lists() && v.size() > 1 ? "\n  " : " ") + nix_string(text);
            }
            if (style.expands_lists() && v.size() > 1) {
                return "[" + out + "\n]";
            }
            return v.empty()       ? std::string(style.tight() ? "[]" : "[ ]")
                   : style.tight() ? "[" + out.substr(1) + "]"
                                   : "[" + out + " ]";
        });
}

bool same_expression(std::string_view one, std::string_view other) {
    const auto tokens = [](std::string_view text) {
        std::vector<std::string> out;
        auto read = nix::parse(std::string(text));
        if (const auto* tree = std::get_if<nix::Tree>(&read)) {
            for (const nix::Token& token : tree->tokens()) {
                out.emplace_back(tree->text(token));
            }
        }
        return out;
    };
    return one == other || tokens(one) == tokens(other);
}

namespace {

/// A name that one of the values uses, and that nothing binds there.
bool is_missing(const nix::Tree& tree, const std::vector<NodeId>& parents,
                const std::vector<nix::Site>& sites, std::string_view name) {
    std::map<std::uint32_t, std::uint32_t> values; // where each begins, and ends
    for (const nix::Site& site : sites) {
        values.emplace(tree.start(site.value), tree.end(site.value));
    }
    for (NodeId node = 0; node < tree.size(); ++node) {
        if (tree.kind(node) != nix::NodeKind::identifier || tree.text(node) != name) {
            continue;
        }
        const auto next = values.upper_bound(tree.start(node));
        if (next != values.begin() && tree.end(node) <= std::prev(next)->second &&
            nix::binding_of(tree, parents, node, name).scope == no_node) {
            return true;
        }
    }
    return false;
}

/// To the arguments of the module inside of the file; what is always there (`lib`) may be the
/// file's own, where that is a module of flake-parts.
nix::EditResult add_inside(const Workspace& space, const nix::Tree& tree,
                           const std::vector<std::string>& names, const std::string& argument) {
    const auto parents = nix::parents_of(tree);
    const auto sites = nix::locate(tree, names, nix::FileKind::module).exact;
    NodeId function = no_node;
    NodeId outermost = no_node;
    for (NodeId up = sites.empty() ? no_node : sites.front().binding; up != no_node;
         up = parents[up]) {
        if (tree.kind(up) == nix::NodeKind::lambda) {
            function = function == no_node ? up : function;
            outermost = up;
        }
    }
    const bool of_parts = names.front() == "flake" || names.front() == "den";
    if (function == outermost && !(of_parts && argument == "lib")) {
        return Problem{.code = "no_arguments",
                       .message = "the module there does not take " + argument,
                       .hint = "give it that argument by hand"};
    }
    return nix::add_formal(tree, argument, space.style(), function);
}

} // namespace

Problem in_file(Problem problem, const std::string& file) {
    problem.where = problem.where.empty() ? file : file + ":" + problem.where;
    problem.message =
        (problem.message.starts_with("line ") ? file + ", " : file + ": ") + problem.message;
    return problem;
}

core::Result<core::Done> take(Workspace& space, const std::string& file, nix::EditResult edit,
                              const std::vector<std::string>& names) {
    if (!edit) {
        return in_file(edit.problem(), file);
    }
    const std::string before = space.exists(file) ? space.tree(file)->source() : "";
    space.put(file, edit->text);
    if (names.empty()) {
        return core::Done{};
    }
    for (const std::string argument : {"pkgs", "lib"}) {
        const nix::Tree& tree = *space.tree(file);
        const auto parents = nix::parents_of(tree);
        if (is_missing(tree, parents, nix::locate(tree, names, nix::FileKind::module).exact,
                       argument)) {
            auto formal = space.is_holder(file) ? add_inside(space, tree, names, argument)
                                                : nix::add_formal(tree, argument, space.style());
            if (!formal) {
                space.put(file, before); // all of it or nothing
                return take(space, file, std::move(formal), {});
            }
            space.put(file, formal->text);
        }
    }
    return core::Done{};
}

Step step_at(const Ask& ask, const Candidate& at, bool changed, std::string how) {
    HostNames all = at.hosts;
    const auto& asked = ask.request.operations;
    all.insert(at.others.begin(), at.others.end());
    return {.wish = describe(ask.wish),
            .changed = changed,
            .file = at.file,
            .hosts = {all.begin(), all.end()},
            .how = std::move(how),
            .by_other_means = std::find(asked.begin(), asked.end(), ask.wish) == asked.end()};
}

Step nothing_to_do(const Ask& ask, std::string how) {
    return step_at(ask, {}, false, std::move(how));
}

} // namespace agentd::proposals::plan
