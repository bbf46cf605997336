#include "agentd/ctl/commands/context_commands.hpp"
#include "agentd/ctl/own_index.hpp"
#include "agentd/ctl/own_nix.hpp"
#include "agentd/ctl/own_tree.hpp"
#include "agentd/ctl/view.hpp"
#include "proposals/map/repo_map.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace agentd::ctl::commands {

namespace {

using proposals::map::Host;
using proposals::map::RepoMap;

std::string or_none(const std::string& text) {
    return text.empty() ? "none" : one_line(text, 60);
}

/// What Nix was asked and what came of it; "" where it was not.
std::string evaluated(const Host& host) {
    if (host.evaluated.empty()) {
        return {};
    }
    std::size_t added = 0;
    std::size_t denied = 0;
    const auto look = [&](const proposals::map::Modules& modules) {
        for (const auto& use : modules) {
            added += use.read ? 0 : 1;
            denied += use.evaluated == false ? 1 : 0;
        }
    };
    look(host.modules);
    for (const auto& [user, modules] : host.homes) {
        look(modules);
    }
    const auto system = host.evaluated.find("");
    const bool whole = system != host.evaluated.end() && system->second.whole;
    return std::string("evaluated: ") +
           (whole ? "all of its modules are known" : "those that define or declare are known") +
           "; " + std::to_string(added) + " found beside what was read, " + std::to_string(denied) +
           " read and not used";
}

/// How a file is known, where reading and evaluation differ.
std::string how_known(const proposals::map::ModuleUse& use) {
    return use.evaluated == false ? "  not used, as Nix evaluates"
           : use.read             ? ""
                                  : "  by evaluation";
}

/// The files that modules of the system stand inside of.
std::set<std::string> inside_of(const Host& host) {
    const auto loose = host.inlined.find("");
    auto out = loose == host.inlined.end() ? std::set<std::string>{} : loose->second;
    const auto named = host.inside.find("");
    for (const auto& module :
         named == host.inside.end() ? std::vector<proposals::map::InlineModule>{} : named->second) {
        out.insert(module.file);
    }
    return out;
}

void print_host(Terminal& terminal, const RepoMap& map, const Host& host, bool files) {
    std::size_t own = 0;
    for (const auto& use : host.modules) {
        own += map.hosts_of(use.file).size() == 1 ? 1 : 0;
    }
    std::string line =
        "  " + count(host.modules.size(), "file") + ", " + std::to_string(own) + " of them its own";
    const auto inside = inside_of(host);
    if (!inside.empty()) {
        line += "; modules inside of " + count(inside.size(), "other file");
    }
    for (const auto& [user, modules] : host.homes) {
        line += "; home of " + (user == "*" ? "all users" : one_line(user, 40)) + ": " +
                std::to_string(modules.size());
    }
    terminal.line(terminal.paint(Colour::bold, one_line(host.name, 60)) + "  " +
                  terminal.paint(Colour::dim, host.kind));
    terminal.line(line);
    if (const auto known = evaluated(host); !known.empty()) {
        terminal.line("  " + known);
    }
    for (const std::string& lost : host.unresolved) {
        terminal.line("  " + terminal.paint(Colour::warn, "not followed: ") + one_line(lost, 160));
    }
    for (const auto& use : files ? host.modules : proposals::map::Modules{}) {
        const auto hosts = map.hosts_of(use.file).size();
        terminal.line(
            "    " + one_line(use.file, 120) +
            (hosts > 1 ? terminal.paint(Colour::dim, "  shared by " + std::to_string(hosts)) : "") +
            (use.maybe ? terminal.paint(Colour::dim, "  conditional") : "") +
            terminal.paint(Colour::dim, how_known(use)));
    }
    for (const auto& file : files ? inside : std::set<std::string>{}) {
        terminal.line("    " + one_line(file, 120) + terminal.paint(Colour::dim, "  inside"));
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

/// What Nix says of the hosts, put into the map; a host that it cannot say it of stays as read.
core::Result<core::Done> evaluate(Context& context, proposals::map::Files& files, RepoMap& map,
                                  const Host* only) {
    const auto config = own_settings(context);
    if (const auto* trouble = std::get_if<Trouble>(&config)) {
        return trouble->problem;
    }
    const auto& own = std::get<std::optional<Config>>(config);
    WantedHosts wanted{.others = only == nullptr};
    for (const Host& host : map.hosts) {
        if (host.kind == "nixos" && (only == nullptr || only == &host)) {
            wanted.names.push_back(host.name);
        }
    }
    if (only != nullptr && wanted.names.empty()) {
        return core::Done{}; // a home or a Mac: Nix is asked of systems of NixOS
    }
    const auto told = own_places(context, own ? &*own : nullptr, wanted);
    if (!told) {
        return told.problem();
    }
    for (const auto& problem : told->failed) {
        map.notes.push_back(problem.where + " is told as it reads: " + problem.message);
    }
    for (const auto& host : told->hosts) {
        add_evaluated(files, map, host);
    }
    return core::Done{};
}

} // namespace

int context_map(Context& context) {
    Terminal& terminal = context.terminal();
    const auto tree = OwnTree::open(context);
    if (!tree) {
        return terminal.fail(trouble_of(tree.problem()));
    }
    proposals::map::Files files((*tree)->tree(), (*tree)->files());
    auto map = make_map(files, context.asked().value("--flake").value_or(""));
    if (!map) {
        return terminal.fail(trouble_of(map.problem()));
    }
    const auto name = context.asked().value("--host");
    const auto named = [&] { return name ? map->host(*name) : nullptr; };
    if (!context.asked().has("--no-eval") && (!name || named() != nullptr || !map->hosts_known)) {
        if (auto done = evaluate(context, files, *map, named()); !done) {
            return terminal.fail(trouble_of(done.problem()));
        }
    }
    const Host* host = named();
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
