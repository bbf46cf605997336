// A map as JSON.
#include "proposals/map/repo_map.hpp"
#include "proposals/nix/names.hpp"

#include <nlohmann/json.hpp>

namespace agentd::proposals::map {

using core::Json;

namespace {

Json modules_json(const Modules& modules) {
    Json out = Json::array();
    for (const ModuleUse& use : modules) {
        out.push_back({{"file", use.file},
                       {"by", use.by.empty() ? Json() : Json(use.by)},
                       {"also_by", use.also_by},
                       {"distance", use.distance},
                       {"conditional", use.maybe},
                       {"read", use.read},
                       {"evaluated", use.evaluated ? Json(*use.evaluated) : Json()}});
    }
    return out;
}

/// By user: whether all modules are told, what each file defines, and what could not be told.
Json evaluated_json(const Host& host) {
    Json out = Json::object();
    for (const auto& [user, part] : host.evaluated) {
        Json sets = Json::object();
        for (const auto& [path, file] : part.files) {
            if (!file.sets.empty()) {
                sets[path] = file.sets;
            }
        }
        out[user] = {{"whole", part.whole}, {"sets", std::move(sets)}, {"unknown", part.unknown}};
    }
    return host.evaluated.empty() ? Json() : out;
}

Json inline_json(const Host& host) {
    auto files = host.inlined;
    for (const auto& [user, modules] : host.inside) {
        for (const InlineModule& module : modules) {
            files[user].insert(module.file);
        }
    }
    return files;
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
            {"inline", inline_json(host)},
            {"evaluated", evaluated_json(host)},
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
