#include "proposals/map/repo_map.hpp"

#include "proposals/map/flake_hosts.hpp"
#include "proposals/map/traits.hpp"
#include "proposals/nix/locate.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>

namespace agentd::proposals::map {

namespace {

/// networking.hostName of a host where exactly one text is written out for it.
std::string host_name(Files& files, const Host& host) {
    const std::vector<std::string> path{"networking", "hostName"};
    std::string found;
    for (const ModuleUse& use : host.modules) {
        const SourceFile* file = files.parse(use.file);
        if (file == nullptr || file->tree.source().find("hostName") == std::string::npos) {
            continue;
        }
        for (const auto& site : nix::locate(file->tree, path, nix::FileKind::module).exact) {
            const auto text = nix::plain_string(file->tree, nix::bare(file->tree, site.value));
            if (text && !found.empty() && *text != found) {
                return {};
            }
            found = text.value_or(found);
        }
    }
    return found;
}

} // namespace

const Host* RepoMap::host(std::string_view name) const {
    const Host* found = nullptr;
    for (const Host& host : hosts) {
        if (host.name == name) {
            return &host;
        }
        if (host.host_name == name) {
            if (found != nullptr) {
                return nullptr;
            }
            found = &host;
        }
    }
    return found;
}

std::vector<std::string> RepoMap::hosts_of(std::string_view file) const {
    const auto in = [&](const Modules& modules) {
        return std::any_of(modules.begin(), modules.end(),
                           [&](const ModuleUse& use) { return use.file == file; });
    };
    std::vector<std::string> out;
    for (const Host& host : hosts) {
        const bool used =
            in(host.modules) || std::any_of(host.homes.begin(), host.homes.end(),
                                            [&](const auto& home) { return in(home.second); });
        if (used) {
            out.push_back(host.name);
        }
    }
    return out;
}

core::Result<RepoMap> make_map(Files& files, const std::string& flake) {
    RepoMap map{.flake = flake};
    if (auto done = read_flake(files, map); !done) {
        return done.problem();
    }
    for (Host& host : map.hosts) {
        host.host_name = host_name(files, host);
    }
    read_traits(files, map);
    if (files.cut()) {
        map.notes.emplace_back("the repository has more than is looked at; the rest is left out");
    }
    return map;
}

} // namespace agentd::proposals::map
