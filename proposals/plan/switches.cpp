// The repository's own switches: what is under them, and whether they are on.
#include "proposals/plan/planner.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace agentd::proposals::plan {

namespace {

/// The option that an expression reads: `config.my.x`, or `cfg.x` where `cfg = config.my`.
std::optional<OptionPath> option_read(const nix::Tree& tree, nix::NodeId node) {
    std::string text(tree.text(node));
    const std::string head = text.substr(0, text.find('.'));
    const auto bound = nix::binding_of(tree, nix::parents_of(tree), node, head);
    if (bound.value != nix::no_node) {
        text = std::string(tree.text(nix::bare(tree, bound.value))) + text.substr(head.size());
    }
    return text.starts_with("config.") ? OptionPath::parse(text.substr(7)) : std::nullopt;
}

} // namespace

std::optional<OptionPath> switch_of(Workspace& space, const Definition& one,
                                    const OptionPath& option) {
    const nix::Tree& tree = *space.tree(one.at->file);
    if (one.site.condition == nix::no_node) {
        return std::nullopt;
    }
    const auto path = option_read(tree, nix::bare(tree, one.site.condition));
    const auto& own = space.map().own_options;
    const bool declared = path && std::any_of(own.begin(), own.end(), [&](const auto& candidate) {
                              return candidate.path == path->str();
                          });
    return declared && !(*path == option) ? path : std::nullopt;
}

namespace {

/// What `mkOption` or `mkEnableOption` says of an option that nobody sets; nullopt where that is
/// not told.
std::optional<bool> default_in(const nix::Tree& tree, nix::NodeId value) {
    value = nix::bare(tree, value);
    const std::vector<std::string> path{"default"};
    if (tree.kind(value) == nix::NodeKind::binary) { // `mkEnableOption "x" // { default = true; }`
        const auto over = nix::locate_in(tree, tree.last(value), path);
        if (!over.exact.empty()) {
            return tree.text(over.exact.front().value) == "true";
        }
        value = nix::bare(tree, tree.first(value));
    }
    const nix::Call call = nix::call_of(tree, value);
    if (call.name == "mkEnableOption") {
        return false;
    }
    const auto found = call.name == "mkOption" && call.arguments.size() == 1
                           ? nix::locate_in(tree, call.arguments.front(), path)
                           : nix::Located{};
    const auto text = found.exact.size() == 1 ? tree.text(found.exact.front().value) : "";
    return text == "true" || text == "false" ? std::optional(text == "true") : std::nullopt;
}

std::optional<bool> default_of(Workspace& space, const OptionPath& option) {
    for (const map::OwnOption& own : space.map().own_options) {
        const nix::Tree* tree = own.path == option.str() ? space.tree(own.file) : nullptr;
        for (nix::NodeId node = 0; tree != nullptr && node < tree->size(); ++node) {
            if (tree->kind(node) == nix::NodeKind::binding &&
                nix::path_texts(*tree, tree->first(node)).back() == option.parts().back() &&
                tree->position(node).line == own.line) {
                return default_in(*tree, tree->last(node));
            }
        }
    }
    return std::nullopt;
}

/// The conditions of every mkIf, optionalAttrs and if around a binding, and around its value.
std::vector<nix::NodeId> conditions_of(const nix::Tree& tree, const Definition& one) {
    std::vector<nix::NodeId> out;
    const auto parents = nix::parents_of(tree);
    for (nix::NodeId node = one.site.binding; node != nix::no_node; node = parents[node]) {
        const auto inner = nix::unwrap(tree, node);
        if (tree.kind(node) == nix::NodeKind::apply && inner.condition != nix::no_node) {
            out.push_back(inner.condition);
        } else if (tree.kind(node) == nix::NodeKind::conditional) {
            out.push_back(tree.first(node));
        }
    }
    nix::NodeId value = nix::bare(tree, one.site.value);
    for (auto inner = nix::unwrap(tree, value); inner.value != nix::no_node;
         inner = nix::unwrap(tree, value)) {
        if (inner.condition != nix::no_node) {
            out.push_back(inner.condition);
        }
        value = nix::bare(tree, inner.value);
    }
    return out;
}

std::optional<bool> is_on(Workspace& space, const std::vector<Candidate>& candidates,
                          const OptionPath& option, const std::string& host) {
    const auto said = space.said(candidates, option);
    std::set<std::string> values;
    for (const Definition& one : said.definitions) {
        if (one.at->hosts.count(host) > 0) {
            values.insert(one.conditional ? "?" : one.value);
        }
    }
    if (!said.hidden.empty() || values.size() > 1) {
        return std::nullopt;
    }
    if (values.empty()) {
        return default_of(space, option);
    }
    const std::string& value = *values.begin();
    return value == "true" || value == "false" ? std::optional(value == "true") : std::nullopt;
}

} // namespace

std::optional<bool> holds(Workspace& space, const std::vector<Candidate>& candidates,
                          const Definition& one, const std::string& host) {
    const nix::Tree& tree = *space.tree(one.at->file);
    bool all = !one.at->maybe;
    for (const nix::NodeId condition : conditions_of(tree, one)) {
        const auto path = option_read(tree, nix::bare(tree, condition));
        const auto on = path ? is_on(space, candidates, *path, host) : std::nullopt;
        if (on == false) {
            return false;
        }
        all = all && on == true;
    }
    return all ? std::optional(true) : std::nullopt;
}

namespace {

/// The last name of a path but `enable`, in small letters.
std::string name_of(const OptionPath& path) {
    const auto& parts = path.parts();
    const bool switches = parts.back() == "enable" && parts.size() > 1;
    return core::to_lower(parts[parts.size() - (switches ? 2 : 1)]);
}

/// All that the set says begins as the option does: `services.x`.
bool says_only(const nix::Tree& tree, nix::NodeId set, const OptionPath& option) {
    const auto& parts = option.parts();
    const auto items = tree.children(set);
    return parts.size() > 2 && std::all_of(items.begin(), items.end(), [&](nix::NodeId item) {
               if (tree.kind(item) != nix::NodeKind::binding) {
                   return false;
               }
               const auto names = nix::path_texts(tree, tree.first(item));
               return names.size() > 1 && names[0] == parts[0] && names[1] == parts[1];
           });
}

} // namespace

bool is_switch_of(Workspace& space, const OptionPath& by, const Definition& one,
                  const OptionPath& option) {
    const nix::Tree& tree = *space.tree(one.at->file);
    if (conditions_of(tree, one).size() != 1 || option.parts().back() != "enable") {
        return false;
    }
    const std::string own = name_of(by);
    const std::string name = name_of(option);
    const bool named = own == name || (own.size() > 2 && name.find(own) != name.npos) ||
                       (name.size() > 2 && own.find(name) != own.npos);
    const auto parents = nix::parents_of(tree);
    return named || says_only(tree, parents[one.site.binding], option);
}

namespace {

/// By its first name; one that the repository made for its values has another.
bool is_of_nixpkgs(const OptionPath& option) {
    static constexpr std::array<std::string_view, 18> first{
        "boot",     "console",    "environment", "fonts",   "hardware", "home",
        "i18n",     "networking", "nix",         "nixpkgs", "programs", "security",
        "services", "system",     "systemd",     "time",    "users",    "virtualisation"};
    return std::find(first.begin(), first.end(), option.parts().front()) != first.end();
}

} // namespace

std::optional<OptionPath> source_of(Workspace& space, const Definition& one,
                                    const OptionPath& option) {
    const nix::Tree& tree = *space.tree(one.at->file);
    nix::NodeId value = nix::bare(tree, one.site.value);
    for (auto inner = nix::unwrap(tree, value); inner.value != nix::no_node;
         inner = nix::unwrap(tree, value)) {
        value = nix::bare(tree, inner.value);
    }
    const bool name =
        tree.kind(value) == nix::NodeKind::identifier || tree.kind(value) == nix::NodeKind::select;
    const auto path = name ? option_read(tree, value) : std::nullopt;
    // An option of NixOS does something by itself.
    return path && !(*path == option) && !is_of_nixpkgs(*path) ? path : std::nullopt;
}

} // namespace agentd::proposals::plan
