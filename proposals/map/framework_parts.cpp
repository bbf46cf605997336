// Hosts that flake-parts modules of inputs make: easy-hosts, ez-configs, lite-config, clan, den.
#include "proposals/map/frameworks.hpp"

#include <set>

namespace agentd::proposals::map {

using Kind = Value::Kind;

namespace {

std::vector<std::string> names_in(Reader& reader, Value* set) {
    return set == nullptr ? std::vector<std::string>{} : reader.names_of(set);
}

const char* output_of(const std::string& system) {
    return system.ends_with("darwin") ? "darwinConfigurations" : "nixosConfigurations";
}

class Parts {
  public:
    Parts(Reader& reader, Value* config, Value* arguments)
        : reader_(reader), config_(config), arguments_(arguments), out_(reader.make(Kind::set)) {}

    Value* run() {
        easy_hosts();
        ez_configs();
        lite_config();
        for (Value* clan : {settings("clan"), part_of(reader_, flake(), "clan")}) {
            const bool given = part_of(reader_, clan, "inventory") != nullptr ||
                               part_of(reader_, clan, "machines") != nullptr ||
                               part_of(reader_, clan, "meta") != nullptr;
            if (given) {
                take(clan_outputs(reader_, clan));
            }
        }
        return out_;
    }

  private:
    Value* flake() { return part_of(reader_, config_, "flake"); }

    /// What was set below a name; a function of module arguments is called.
    Value* settings(const std::string& name) {
        Value* said = part_of(reader_, config_, name);
        if (said != nullptr && reader_.force(said)->kind == Kind::function) {
            said = reader_.apply(said, arguments_);
        }
        return said != nullptr && reader_.force(said)->kind == Kind::set ? said : nullptr;
    }

    void take(Value* outputs) {
        for (const char* name : {"nixosConfigurations", "darwinConfigurations"}) {
            if (Value* group = part_of(reader_, outputs, name); group != nullptr) {
                out_->attrs[name] = group;
            }
        }
    }

    void add(std::vector<Item>& modules, Value* from, const char* name = "modules") {
        if (Value* more = part_of(reader_, from, name); more != nullptr) {
            modules.push_back({.value = more});
        }
    }

    void easy_hosts() {
        Value* easy = settings("easy-hosts");
        easy = easy == nullptr ? settings("easyHosts") : easy;
        if (easy == nullptr) {
            return;
        }
        const std::string place = folder_or(reader_, part_of(reader_, easy, "path"), "");
        Value* hosts = part_of(reader_, easy, "hosts");
        std::map<std::string, std::pair<std::string, std::string>> found; // class, path
        for (const std::string& name : names_in(reader_, hosts)) {
            Value* kind = part_of(reader_, reader_.member(hosts, name), "class");
            found[name] = {kind == nullptr ? "nixos" : reader_.text_of(kind),
                           below_folder(place, name)};
        }
        Value* automatic = part_of(reader_, easy, "autoConstruct");
        if (automatic != nullptr && reader_.force(automatic)->truth) {
            for (const auto& group : reader_.files().folder(place)) {
                const std::string folder = below_folder(place, group.name);
                for (const auto& host : reader_.files().folder(folder)) {
                    found[stem_of(host.name)] = {group.name.substr(group.name.rfind('-') + 1),
                                                 below_folder(folder, host.name)};
                }
            }
        }
        for (const auto& [name, where] : found) {
            easy_host(easy, name, where.first, where.second);
        }
    }

    void easy_host(Value* easy, const std::string& name, const std::string& kind,
                   const std::string& path) {
        Value* host = part_of(reader_, part_of(reader_, easy, "hosts"), name);
        Value* own = part_of(reader_, host, "path");
        MadeHost made{.name = name, .output = output_of(kind)};
        Value* module = own != nullptr ? own : there(reader_, path);
        if (module != nullptr) {
            made.modules.push_back({.value = module});
        }
        Value* shared = part_of(reader_, easy, "shared");
        Value* of_kind = part_of(reader_, easy, "perClass");
        if (of_kind != nullptr) {
            of_kind = reader_.apply(of_kind, reader_.text(kind));
        }
        made.special = reader_.make(Kind::set);
        for (Value* from : {host, shared, of_kind}) {
            add(made.modules, from);
            if (Value* more = part_of(reader_, from, "specialArgs"); more != nullptr) {
                made.special = reader_.update(made.special, more);
            }
        }
        add_host(reader_, *out_, made);
    }

    void ez_configs() {
        Value* ez = settings("ezConfigs");
        if (ez == nullptr) {
            return;
        }
        const std::string root =
            folder_or(reader_, part_of(reader_, ez, "root"), reader_.flake_folder);
        const auto folder = [&](Value* of, const char* setting, const std::string& usual) {
            return modules_by_name(reader_, folder_or(reader_, part_of(reader_, of, setting),
                                                      below_folder(root, usual)));
        };
        Value* home = part_of(reader_, ez, "home");
        Value* homes = folder(home, "configurationsDirectory", "home-configurations");
        Value* home_modules = folder(home, "modulesDirectory", "home-modules");
        for (const std::string kind : {"nixos", "darwin"}) {
            Value* of = part_of(reader_, ez, kind);
            Value* modules = folder(of, "modulesDirectory", kind + "-modules");
            Value* hosts = folder(of, "configurationsDirectory", kind + "-configurations");
            out_->attrs[kind + "Modules"] = modules;
            for (const std::string& name : names_in(reader_, hosts)) {
                Value* set = part_of(reader_, part_of(reader_, of, "hosts"), name);
                MadeHost made{.name = name, .output = kind + "Configurations"};
                made.modules.push_back({.value = reader_.member(hosts, name)});
                Value* common = part_of(reader_, set, "importDefault");
                if (common == nullptr || reader_.force(common)->kind != Kind::boolean ||
                    reader_.force(common)->truth) {
                    add(made.modules, modules, "default");
                }
                made.special = reader_.update(with_modules(ez, "globalArgs", modules),
                                              part_or_none(part_of(reader_, of, "specialArgs")));
                users(made, part_of(reader_, set, "userHomeModules"), homes, home_modules);
                add_host(reader_, *out_, made);
            }
        }
        out_->attrs["homeModules"] = home_modules;
    }

    Value* part_or_none(Value* part) { return part == nullptr ? reader_.make(Kind::set) : part; }

    Value* with_modules(Value* ez, const char* name, Value* modules) {
        Value* more = reader_.make(Kind::set);
        more->attrs["ezModules"] = modules;
        return reader_.update(part_or_none(part_of(reader_, ez, name)), more);
    }

    void users(MadeHost& made, Value* listed, Value* homes, Value* modules) {
        if (listed == nullptr) {
            return;
        }
        std::map<std::string, std::vector<Item>> all;
        for (const Item& user : reader_.items_of(listed)) {
            const std::string name = reader_.text_of(user.value);
            add(all[name], homes, name.c_str());
            add(all[name], modules, "default");
        }
        made.modules.push_back({.value = home_module(reader_, all)});
        Value* special = reader_.make(Kind::set);
        special->attrs["ezModules"] = modules;
        Value* manager = reader_.make(Kind::set);
        manager->attrs["extraSpecialArgs"] = special;
        Value* module = reader_.make(Kind::set);
        module->attrs["home-manager"] = manager;
        made.modules.push_back({.value = module});
    }

    void lite_config() {
        Value* lite = settings("lite-config");
        Value* hosts = part_of(reader_, lite, "hosts");
        const std::string folder =
            folder_or(reader_, part_of(reader_, lite, "hostModuleDir"), "hosts");
        for (const std::string& name : names_in(reader_, hosts)) {
            Value* system = part_of(reader_, reader_.member(hosts, name), "system");
            const std::string target = system == nullptr ? "" : reader_.text_of(system);
            MadeHost made{.name = name, .output = output_of(target)};
            if (Value* module = there(reader_, below_folder(folder, name)); module != nullptr) {
                made.modules.push_back({.value = module});
            }
            add(made.modules, lite, "systemModules");
            Value* platform = reader_.make(Kind::set);
            platform->attrs = {{"isDarwin", reader_.boolean(target.ends_with("darwin"))},
                               {"isLinux", reader_.boolean(target.ends_with("linux"))},
                               {"system", reader_.text(target)}};
            made.special = reader_.make(Kind::set);
            made.special->attrs["hostPlatform"] = platform;
            add_host(reader_, *out_, made);
        }
    }

    Reader& reader_;
    Value* config_;
    Value* arguments_;
    Value* out_;
};

} // namespace

Value* parts_outputs(Reader& reader, Value* config, Value* arguments) {
    return Parts(reader, config, arguments).run();
}

} // namespace agentd::proposals::map
