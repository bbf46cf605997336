#include "proposals/map/repo_map.hpp"

#include "proposals/map/flake_hosts.hpp"
#include "proposals/map/traits.hpp"
#include "proposals/nix/locate.hpp"
#include "proposals/nix/names.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::proposals::map {

using core::Json;

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

Json modules_json(const Modules& modules) {
    Json out = Json::array();
    for (const ModuleUse& use : modules) {
        out.push_back({{"file", use.file},
                       {"by", use.by.empty() ? Json() : Json(use.by)},
                       {"also_by", use.also_by},
                       {"distance", use.distance},
                       {"conditional", use.maybe}});
    }
    return out;
}

Json host_json(const Host& host) {
    Json homes = Json::object();
    for (const auto& [user, modules] : host.homes) {
        homes[user] = modules_json(modules);
    }
    return {{"name", host.name},
            {"kind", host.kind},
            {"host_name", host.host_name.empty() ? Json() : Json(host.host_name)},
            {"modules", modules_json(host.modules)},
            {"homes", std::move(homes)},
            {"inline", host.inlined},
            {"outside", host.outside},
            {"unresolved", host.unresolved}};
}

Json files_json(const RepoMap& map) {
    std::map<std::string, std::vector<std::string>> users;
    for (const Host& host : map.hosts) {
        const auto add = [&](const Modules& modules) {
            for (const ModuleUse& use : modules) {
                auto& names = users[use.file];
                if (names.empty() || names.back() != host.name) {
                    names.push_back(host.name);
                }
            }
        };
        add(host.modules);
        for (const auto& [user, modules] : host.homes) {
            add(modules);
        }
    }
    Json out = Json::object();
    for (const auto& [file, names] : users) {
        out[file] = names;
    }
    return out;
}

Json style_json(const Style& style) {
    return {{"tabs", style.tabs > style.files / 2},
            {"expands_lists", style.expands_lists()},
            {"tight_brackets", style.tight()}};
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

Json to_json(const RepoMap& map, std::string_view host) {
    Json hosts = Json::array();
    for (const Host& one : map.hosts) {
        if (host.empty() || &one == map.host(host)) {
            hosts.push_back(host_json(one));
        }
    }
    Json inputs = Json::array();
    for (const FlakeInput& input : map.inputs) {
        inputs.push_back({{"name", input.name}, {"url", input.url}});
    }
    Json options = Json::array();
    for (const OwnOption& option : map.own_options) {
        options.push_back({{"path", option.path}, {"file", option.file}, {"line", option.line}});
    }
    Json aspects = Json::array();
    for (const Aspect& aspect : map.aspects) {
        aspects.push_back(
            {{"name", aspect.name}, {"file", aspect.file}, {"prefix", nix::joined(aspect.prefix)}});
    }
    return {{"schema", "agentd.map/1"},
            {"flake", map.flake},
            {"hosts", std::move(hosts)},
            {"hosts_known", map.hosts_known},
            {"files", files_json(map)},
            {"nix_files", map.nix_files},
            {"inputs", std::move(inputs)},
            {"own_options", std::move(options)},
            {"aspects", std::move(aspects)},
            {"unused", map.unused},
            {"home_manager", map.home_manager},
            {"secrets", map.secrets},
            {"disko", map.disko},
            {"formatter", map.formatter},
            {"style", style_json(map.style)},
            {"discovered", map.discovered},
            {"broken", map.broken},
            {"notes", map.notes}};
}

} // namespace agentd::proposals::map
