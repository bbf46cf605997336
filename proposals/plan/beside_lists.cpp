// What else is true of the hosts where an element of a list comes or goes: other lists that have a
// package, a firewall that is off, a service that opens a port by itself.
#include "proposals/plan/list_edit.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix/edit_lists.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using core::Problem;
using nix::no_node;
using nix::NodeId;

namespace {

bool lists_packages(const nix::Tree& tree, NodeId binding) {
    const auto name = nix::path_texts(tree, tree.first(binding)).back().value_or("");
    return name == "packages" || name == "systemPackages";
}

bool has_package(const nix::Tree& tree, const std::vector<NodeId>& parents, NodeId binding,
                 const std::string& package) {
    const nix::Site site{.binding = binding, .value = tree.last(binding)};
    for (const nix::ListPlace& place : nix::lists_of(tree, parents, site).places) {
        const bool bare = place.with_pkgs || place.form == nix::ListPlace::Form::inherited;
        if ((bare && nix::find_element(tree, place.node, package) != no_node) ||
            nix::find_element(tree, place.node, "pkgs." + package) != no_node) {
            return true;
        }
    }
    return false;
}

/// `users.users.bob.packages`, as far as the file says it.
std::string names_of(const nix::Tree& tree, const std::vector<NodeId>& parents, NodeId binding) {
    std::string out;
    for (NodeId node = binding; node != no_node; node = parents[node]) {
        if (tree.kind(node) == nix::NodeKind::binding) {
            out = std::string(tree.text(tree.first(node))) + (out.empty() ? "" : ".") + out;
        }
    }
    return core::printable(core::shorten(out, 120));
}

} // namespace

std::vector<std::string> ListEdit::other_lists() {
    std::vector<std::string> out;
    for (const std::string& file : space_.files().nix_files()) {
        const auto hosts = space_.map().hosts_of(file);
        const bool theirs = std::any_of(hosts.begin(), hosts.end(), [&](const auto& host) {
            return ask_.targets.count(host) > 0;
        });
        const nix::Tree* tree = theirs ? space_.tree(file) : nullptr;
        if (tree == nullptr || tree->source().find(element_.text) == std::string::npos) {
            continue;
        }
        const auto parents = nix::parents_of(*tree);
        for (NodeId node = 0; node < tree->size() && out.size() < 3; ++node) {
            if (tree->kind(node) == nix::NodeKind::binding && lists_packages(*tree, node) &&
                has_package(*tree, parents, node, element_.text)) {
                out.push_back(names_of(*tree, parents, node) + " at " + file + ":" +
                              std::to_string(tree->position(node).line));
            }
        }
    }
    return out;
}

std::optional<Step> ListEdit::there_for_the_user() {
    const auto own = OptionPath::parse("users.users.\"" + ask_.wish.user + "\".packages");
    const bool home = element_.package && !ask_.wish.user.empty() && own &&
                      option_.str() == "home.packages" && ask_.wish.kind == WishKind::add_to_list;
    const auto candidates = home ? space_.candidates({.kind = ask_.wish.kind}, ask_.targets)
                                 : core::Result<std::vector<Candidate>>(Problem{});
    if (!candidates) {
        return std::nullopt;
    }
    for (const Definition& one : space_.said(*candidates, *own).definitions) {
        const auto names = space_.names_in(*one.at, *own);
        const bool all = std::includes(one.at->hosts.begin(), one.at->hosts.end(),
                                       ask_.targets.begin(), ask_.targets.end());
        if (all && !one.conditional &&
            nix::remove_element(*space_.tree(one.at->file), names, element_, {})) {
            return nothing_to_do(ask_, own->str() + " has it already, at " + one.where());
        }
    }
    return std::nullopt;
}

namespace {

const Definition* says(const Workspace::Said& said, std::string_view value) {
    const auto found =
        std::find_if(said.definitions.begin(), said.definitions.end(),
                     [&](const Definition& one) { return one.value == value && !one.conditional; });
    return found == said.definitions.end() ? nullptr : &*found;
}

} // namespace

std::optional<Problem> ListEdit::opened_elsewhere(std::vector<std::string>& notes) {
    const std::string last = option_.parts().back();
    if (!option_.str().starts_with("networking.firewall.allowed") || !last.ends_with("Ports")) {
        return std::nullopt;
    }
    std::vector<std::string> found;
    for (const Candidate& at : candidates_) {
        const nix::Tree* tree = space_.tree(at.file);
        const auto parents = tree == nullptr ? std::vector<NodeId>{} : nix::parents_of(*tree);
        for (NodeId node = 0; tree != nullptr && node < tree->size() && found.size() < 3; ++node) {
            if (tree->kind(node) != nix::NodeKind::binding) {
                continue;
            }
            const auto name = nix::path_texts(*tree, tree->first(node)).back().value_or("");
            const std::string whole = names_of(*tree, parents, node);
            const auto value = nix::bare(*tree, tree->last(node));
            const bool of_interface = name == last && whole.find("interfaces") != whole.npos &&
                                      nix::find_element(*tree, value, element_.text) != no_node;
            const std::string where =
                whole + " at " + at.file + ":" + std::to_string(tree->position(node).line);
            if (of_interface) {
                found.push_back(where);
            }
            if (name == "openFirewall" && tree->text(value) == "true" && notes.size() < 3) {
                notes.push_back("what its service listens on is open by " + where);
            }
        }
    }
    if (found.empty()) {
        return std::nullopt;
    }
    return Problem{.code = "elsewhere",
                   .message = "no list of " + option_.str() + " has it, but it is in " +
                              core::join(found, ", and "),
                   .where = found.front().substr(found.front().rfind(' ') + 1),
                   .hint = "take it out there by hand"};
}

void ListEdit::say_what_the_firewall_does(std::vector<Step>& steps) {
    const std::string option = option_.str();
    const auto* port = std::get_if<std::int64_t>(&*ask_.wish.value);
    if (!option.starts_with("networking.firewall.") || port == nullptr || steps.empty()) {
        return;
    }
    std::vector<std::string>& notes = steps.front().notes;
    const bool opens = ask_.wish.kind == WishKind::add_to_list;
    const auto on = space_.said(candidates_, *OptionPath::parse("networking.firewall.enable"));
    if (const Definition* off = says(on, "false")) {
        notes.push_back("networking.firewall.enable is false at " + off->where() +
                        ": where that holds, this list " +
                        (opens ? "opens nothing" : "closes nothing"));
    }
    if (opens) {
        return;
    }
    const bool tcp = option.ends_with("TCPPorts");
    const auto other =
        OptionPath::parse(option.substr(0, option.size() - 8) + (tcp ? "UDPPorts" : "TCPPorts"));
    for (const Definition& one :
         other ? space_.said(candidates_, *other).definitions : std::vector<Definition>{}) {
        const auto names = space_.names_in(*one.at, *other);
        if (nix::remove_element(*space_.tree(one.at->file), names, element_,
                                {.inside_conditions = true})) {
            notes.push_back(other->str() + " has it too, at " + one.where() + ", and keeps it");
            break;
        }
    }
    const auto ssh = space_.said(candidates_, *OptionPath::parse("services.openssh.enable"));
    const auto opened =
        space_.said(candidates_, *OptionPath::parse("services.openssh.openFirewall"));
    const auto runs = std::find_if(ssh.definitions.begin(), ssh.definitions.end(),
                                   [](const Definition& one) { return one.value != "false"; });
    const bool ssh_on = *port == 22 && tcp && runs != ssh.definitions.end();
    if (ssh_on && says(opened, "false") == nullptr) {
        notes.push_back("sshd (" + runs->where() + (runs->conditional ? ", where that holds" : "") +
                        ") opens 22 by itself, unless services.openssh.openFirewall is false");
    }
}

} // namespace agentd::proposals::plan
