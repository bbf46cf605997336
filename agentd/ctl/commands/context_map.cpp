#include "agentd/ctl/commands/context_commands.hpp"
#include "agentd/ctl/own_tree.hpp"
#include "agentd/ctl/view.hpp"
#include "proposals/map/repo_map.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

using proposals::map::Host;
using proposals::map::RepoMap;

std::string or_none(const std::string& text) {
    return text.empty() ? "none" : one_line(text, 60);
}

void print_host(Terminal& terminal, const RepoMap& map, const Host& host, bool files) {
    std::size_t own = 0;
    for (const auto& use : host.modules) {
        own += map.hosts_of(use.file).size() == 1 ? 1 : 0;
    }
    std::string line =
        "  " + count(host.modules.size(), "file") + ", " + std::to_string(own) + " of them its own";
    for (const auto& [user, modules] : host.homes) {
        line += "; home of " + (user == "*" ? "all users" : one_line(user, 40)) + ": " +
                std::to_string(modules.size());
    }
    terminal.line(terminal.paint(Colour::bold, one_line(host.name, 60)) + "  " +
                  terminal.paint(Colour::dim, host.kind));
    terminal.line(line);
    for (const std::string& lost : host.unresolved) {
        terminal.line("  " + terminal.paint(Colour::warn, "not followed: ") + one_line(lost, 160));
    }
    for (const auto& use : files ? host.modules : proposals::map::Modules{}) {
        const auto hosts = map.hosts_of(use.file).size();
        terminal.line(
            "    " + one_line(use.file, 120) +
            (hosts > 1 ? terminal.paint(Colour::dim, "  shared by " + std::to_string(hosts)) : "") +
            (use.maybe ? terminal.paint(Colour::dim, "  conditional") : ""));
    }
}

void print_map(Terminal& terminal, const RepoMap& map, const Host* only) {
    for (const Host& host : map.hosts) {
        if (only == nullptr || only == &host) {
            print_host(terminal, map, host, only != nullptr);
        }
    }
    terminal.line();
    terminal.line(count(map.nix_files, "Nix file") + ", " + count(map.inputs.size(), "input") +
                  ", " + count(map.own_options.size(), "option") + " of its own, " +
                  std::to_string(map.unused.size()) + " beside used modules that no host uses");
    terminal.line("home-manager: " + or_none(map.home_manager) +
                  "; secrets: " + or_none(map.secrets) + "; disko: " + (map.disko ? "yes" : "no") +
                  "; formatter: " + or_none(map.formatter));
    if (!map.hosts_known) {
        terminal.line(terminal.paint(Colour::warn, "there may be other hosts"));
    }
    for (const std::string& note : map.notes) {
        terminal.line(one_line(note, 200));
    }
}

} // namespace

int context_map(Context& context) {
    Terminal& terminal = context.terminal();
    const auto tree = OwnTree::open(context);
    if (!tree) {
        return terminal.fail(trouble_of(tree.problem()));
    }
    proposals::map::Files files((*tree)->tree(), (*tree)->files());
    const auto map = make_map(files, context.asked().value("--flake").value_or(""));
    if (!map) {
        return terminal.fail(trouble_of(map.problem()));
    }
    const auto name = context.asked().value("--host");
    const Host* host = name ? map->host(*name) : nullptr;
    if (name && host == nullptr) {
        return terminal.fail(trouble_of({.code = "no_such_host",
                                         .message = "there is no one host " + one_line(*name, 60),
                                         .hint = "agentctl context map lists those there are"}));
    }
    print_map(terminal, *map, host);
    terminal.result(to_json(*map, host == nullptr ? "" : host->name));
    return status::ok;
}

} // namespace agentd::ctl::commands
