#include "proposals/map/frameworks.hpp"

namespace agentd::proposals::map {

using Kind = Value::Kind;

void add_host(Reader& reader, Value& outputs, const MadeHost& host) {
    Value*& group = outputs.attrs[host.output];
    if (group == nullptr || group->kind != Kind::set) {
        Value* made = reader.make(Kind::set);
        made->rest = group;
        group = made;
    }
    Value* system = reader.make(Kind::system);
    system->text = host.output == "homeConfigurations" ? "homeManagerConfiguration" : "nixosSystem";
    system->rest = reader.make(Kind::set);
    system->rest->attrs["modules"] = reader.list(host.modules);
    if (host.special != nullptr) {
        system->rest->attrs["specialArgs"] = host.special;
        system->rest->attrs["extraSpecialArgs"] = host.special;
    }
    group->attrs[host.name] = system;
}

Value* outputs_of(Reader& reader, const std::vector<MadeHost>& hosts) {
    Value* out = reader.make(Kind::set);
    for (const MadeHost& host : hosts) {
        add_host(reader, *out, host);
    }
    return out;
}

Value* there(Reader& reader, const std::string& path) {
    return reader.files().imported(path) ? reader.path(path) : nullptr;
}

std::string below_folder(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : folder + "/" + name;
}

namespace {

constexpr int deepest = 10;

void name_modules(Reader& reader, const std::string& folder, const std::string& before, Value& out,
                  int deep) {
    for (const auto& entry : reader.files().folder(folder)) {
        const std::string path = below_folder(folder, entry.name);
        const bool module = entry.kind == Files::Kind::folder || entry.name.ends_with(".nix");
        const std::string name =
            before + (entry.name == "default.nix" ? "default" : stem_of(entry.name));
        if (Value* found = module ? there(reader, path) : nullptr; found != nullptr) {
            out.attrs[name] = found;
        } else if (entry.kind == Files::Kind::folder && deep < deepest) {
            name_modules(reader, path, name + "-", out, deep + 1);
        }
    }
}

} // namespace

Value* modules_by_name(Reader& reader, const std::string& folder) {
    Value* out = reader.make(Kind::set);
    name_modules(reader, folder, "", *out, 0);
    return out;
}

Value* part_of(Reader& reader, Value* set, const std::string& name) {
    if (set == nullptr || reader.force(set)->kind != Kind::set) {
        return nullptr;
    }
    Value* found = reader.member(set, name);
    const bool told = found != nullptr && reader.force(found)->kind != Kind::unknown;
    return told ? found : nullptr;
}

std::string folder_or(Reader& reader, Value* value, const std::string& otherwise) {
    if (value == nullptr) {
        return otherwise;
    }
    const Value* told = reader.force(value);
    if (told->kind == Kind::flake) {
        return reader.flake_folder;
    }
    return told->kind == Kind::path && told->text.find(hole) == std::string::npos ? told->text
                                                                                  : otherwise;
}

Value* home_module(Reader& reader, const std::map<std::string, std::vector<Item>>& users) {
    Value* all = reader.make(Kind::set);
    for (const auto& [user, modules] : users) {
        all->attrs[user] = reader.list(modules);
    }
    Value* manager = reader.make(Kind::set);
    manager->attrs["users"] = all;
    Value* out = reader.make(Kind::set);
    out->attrs["home-manager"] = manager;
    return out;
}

Value* flake_utils_plus_outputs(Reader& reader, Value* given) {
    Value* defaults = part_of(reader, given, "hostDefaults");
    Value* hosts = part_of(reader, given, "hosts");
    Value* out = reader.make(Kind::set);
    for (const std::string& name : reader.names_of(given)) {
        if (name != "hosts" && name != "hostDefaults" && name != "self" && name != "inputs") {
            out->attrs[name] = reader.member(given, name);
        }
    }
    for (const std::string& name :
         hosts == nullptr ? std::vector<std::string>{} : reader.names_of(hosts)) {
        MadeHost made{.name = name};
        Value* host = reader.member(hosts, name);
        for (Value* from : {defaults, host}) {
            if (Value* modules = part_of(reader, from, "modules"); modules != nullptr) {
                made.modules.push_back({.value = modules});
            }
            if (Value* output = part_of(reader, from, "output"); output != nullptr) {
                made.output = reader.text_of(output);
            }
            for (const char* arguments : {"extraArgs", "specialArgs"}) {
                Value* more = part_of(reader, from, arguments);
                made.special = more == nullptr           ? made.special
                               : made.special == nullptr ? more
                                                         : reader.update(made.special, more);
            }
        }
        add_host(reader, *out, made);
    }
    return out;
}

namespace {

struct UnifiedFolder {
    const char* configurations;
    const char* output;
};

} // namespace

/// nixos-unified: what stands in `configurations/nixos` is a host.
Value* unified_outputs(Reader& reader, const std::string& root) {
    Value* flake = reader.make(Kind::set);
    flake->attrs = {{"inputs", reader.inputs}, {"self", reader.make(Kind::flake)}};
    flake->rest = reader.outside("flake");
    Value* special = reader.make(Kind::set);
    special->attrs["flake"] = flake;
    Value* out = reader.make(Kind::set);
    constexpr UnifiedFolder folders[] = {{"configurations/nixos", "nixosConfigurations"},
                                         {"configurations/darwin", "darwinConfigurations"},
                                         {"configurations/home", "homeConfigurations"}};
    for (const UnifiedFolder& folder : folders) {
        const std::string place = below_folder(root, folder.configurations);
        for (const auto& entry : reader.files().folder(place)) {
            const std::string path = below_folder(place, entry.name);
            if (Value* module = there(reader, path); module != nullptr) {
                add_host(reader, *out,
                         {.name = stem_of(path),
                          .output = folder.output,
                          .modules = {{.value = module}},
                          .special = special});
            }
        }
    }
    out->attrs["nixosModules"] = modules_by_name(reader, below_folder(root, "modules/nixos"));
    out->attrs["darwinModules"] = modules_by_name(reader, below_folder(root, "modules/darwin"));
    out->attrs["homeModules"] = modules_by_name(reader, below_folder(root, "modules/home"));
    return out;
}

} // namespace agentd::proposals::map
