// Frameworks whose hosts are folders: blueprint and snowfall-lib.
#include "proposals/map/frameworks.hpp"

namespace agentd::proposals::map {

using Kind = Value::Kind;

namespace {

/// Users of one host in blueprint: `users/NAME.nix`, `users/NAME/home-configuration.nix`.
std::map<std::string, std::vector<Item>> users_below(Reader& reader, const std::string& folder) {
    std::map<std::string, std::vector<Item>> out;
    for (const auto& entry : reader.files().folder(folder)) {
        const std::string path = below_folder(folder, entry.name);
        Value* home = there(reader, path + "/home-configuration.nix");
        home = home == nullptr && entry.name.ends_with(".nix") ? there(reader, path) : home;
        if (home != nullptr) {
            out[stem_of(entry.name)].push_back({.value = home});
        }
    }
    return out;
}

class Blueprint {
  public:
    Blueprint(Reader& reader, Value* given) : reader_(reader) {
        Value* prefix = part_of(reader, given, "prefix");
        const Value* told = prefix == nullptr ? nullptr : reader.force(prefix);
        root_ = told != nullptr && told->kind == Kind::text
                    ? joined_path(reader.flake_folder, told->text).value_or("")
                    : folder_or(reader, prefix, reader.flake_folder);
    }

    Value* outputs() {
        Value* out = reader_.make(Kind::set);
        Value* modules = reader_.make(Kind::set);
        for (const auto& entry : reader_.files().folder(below_folder(root_, "modules"))) {
            modules->attrs[entry.name] =
                modules_by_name(reader_, below_folder(root_, "modules/" + entry.name));
        }
        const auto of = [&](const char* kind) { return part_of(reader_, modules, kind); };
        out->attrs["modules"] = modules;
        for (const auto& [name, kind] : {std::pair{"nixosModules", "nixos"},
                                         {"darwinModules", "darwin"},
                                         {"homeModules", "home"}}) {
            Value* found = of(kind);
            out->attrs[name] = found == nullptr ? reader_.make(Kind::set) : found;
        }
        const std::string hosts = below_folder(root_, "hosts");
        for (const auto& entry : reader_.files().folder(hosts)) {
            host(*out, entry.name, below_folder(hosts, entry.name));
        }
        return out;
    }

  private:
    void host(Value& out, const std::string& name, const std::string& folder) {
        Value* special = reader_.make(Kind::set);
        special->attrs = {{"inputs", reader_.inputs},
                          {"flake", reader_.make(Kind::flake)},
                          {"hostName", reader_.text(name)}};
        special->rest = reader_.outside("");
        if (Value* own = there(reader_, folder + "/default.nix"); own != nullptr) {
            Value* made = reader_.apply(reader_.import_path(own), special);
            Value* value = part_of(reader_, made, "value");
            Value* kind = part_of(reader_, made, "class");
            const bool darwin = kind != nullptr && reader_.text_of(kind) == "nix-darwin";
            Value*& group = out.attrs[darwin ? "darwinConfigurations" : "nixosConfigurations"];
            group = group == nullptr ? reader_.make(Kind::set) : group;
            group->attrs[name] = value == nullptr ? reader_.unknown() : value;
            return;
        }
        for (const auto& [file, output] : {std::pair{"/configuration.nix", "nixosConfigurations"},
                                           {"/darwin-configuration.nix", "darwinConfigurations"},
                                           {"/system-configuration.nix", "systemConfigurations"}}) {
            if (Value* module = there(reader_, folder + file); module != nullptr) {
                add_host(reader_, out,
                         {.name = name,
                          .output = output,
                          .modules = {{.value = module},
                                      {.value = home_module(
                                           reader_, users_below(reader_, folder + "/users"))}},
                          .special = special});
            }
        }
    }

    Reader& reader_;
    std::string root_{};
};

/// All default.nix below a folder, as snowfall-lib takes modules.
std::vector<Item> defaults_below(Reader& reader, const std::string& folder) {
    std::vector<Item> out;
    for (std::string& file : reader.files().below(folder)) {
        if (name_of(file) == "default.nix") {
            out.push_back({.value = reader.path(std::move(file))});
        }
    }
    return out;
}

class Snowfall {
  public:
    Snowfall(Reader& reader, Value* library, Value* given) : reader_(reader), given_(given) {
        Value* own = part_of(reader, library, "snowfall");
        const std::string source =
            folder_or(reader, part_of(reader, library, "src"), reader.flake_folder);
        root_ = folder_or(reader, part_of(reader, own, "root"), source);
        Value* name = part_of(reader, own, "namespace");
        namespace_ = name == nullptr ? "internal" : reader.text_of(name);
    }

    Value* outputs() {
        Value* out = reader_.make(Kind::set);
        for (const char* kind : {"nixos", "darwin", "home"}) {
            out->attrs[std::string(kind) + "Modules"] =
                modules_by_name(reader_, below_folder(root_, std::string("modules/") + kind));
        }
        const std::string systems = below_folder(root_, "systems");
        for (const auto& target : reader_.files().folder(systems)) {
            const std::string folder = below_folder(systems, target.name);
            for (const auto& host : reader_.files().folder(folder)) {
                if (Value* module = there(reader_, below_folder(folder, host.name))) {
                    add_host(reader_, *out, made(host.name, target.name, module));
                }
            }
        }
        return out;
    }

  private:
    MadeHost made(const std::string& name, const std::string& target, Value* module) {
        const bool darwin = target.ends_with("darwin");
        MadeHost out{.name = name,
                     .output = darwin ? "darwinConfigurations" : "nixosConfigurations",
                     .modules = {{.value = module}}};
        const std::string kind = darwin ? "darwin" : "nixos";
        for (Item& item : defaults_below(reader_, below_folder(root_, "modules/" + kind))) {
            out.modules.push_back(item);
        }
        Value* systems = part_of(reader_, given_, "systems");
        Value* shared = part_of(reader_, part_of(reader_, systems, "modules"), kind);
        Value* host = part_of(reader_, part_of(reader_, systems, "hosts"), name);
        for (Value* more : {shared, part_of(reader_, host, "modules")}) {
            if (more != nullptr) {
                out.modules.push_back({.value = more});
            }
        }
        out.modules.push_back({.value = home_module(reader_, homes(name, target))});
        out.special = reader_.make(Kind::set);
        Value* own = part_of(reader_, host, "specialArgs");
        if (own != nullptr) {
            out.special->attrs = reader_.force(own)->attrs;
        }
        out.special->attrs.insert({{"inputs", reader_.inputs},
                                   {"namespace", reader_.text(namespace_)},
                                   {"host", reader_.text(name)},
                                   {"target", reader_.text(target)},
                                   {"system", reader_.text(target)}});
        return out;
    }

    /// `homes/TARGET/USER@HOST`, and those of no host.
    std::map<std::string, std::vector<Item>> homes(const std::string& host,
                                                   const std::string& target) {
        std::map<std::string, std::vector<Item>> out;
        const std::string folder = below_folder(root_, "homes/" + target);
        for (const auto& entry : reader_.files().folder(folder)) {
            const auto at = entry.name.find('@');
            const bool meant = at == std::string::npos || entry.name.substr(at + 1) == host;
            Value* module = meant ? there(reader_, below_folder(folder, entry.name)) : nullptr;
            if (module == nullptr) {
                continue;
            }
            auto& modules = out[entry.name.substr(0, at)];
            modules = defaults_below(reader_, below_folder(root_, "modules/home"));
            modules.push_back({.value = module});
        }
        return out;
    }

    Reader& reader_;
    Value* given_;
    std::string root_{};
    std::string namespace_{};
};

} // namespace

Value* blueprint_outputs(Reader& reader, Value* given) {
    return Blueprint(reader, given).outputs();
}

Value* snowfall_outputs(Reader& reader, Value* library, Value* given) {
    return Snowfall(reader, library, given).outputs();
}

} // namespace agentd::proposals::map
