// clan: machines are folders, names of its inventory, or modules; services add modules by tag.
#include "proposals/map/frameworks.hpp"

#include <set>

namespace agentd::proposals::map {

using Kind = Value::Kind;

namespace {

class Clan {
  public:
    Clan(Reader& reader, Value* given)
        : reader_(reader), given_(given), inventory_(part_of(reader, given, "inventory")),
          listed_(part_of(reader, inventory_, "machines")),
          machines_(part_of(reader, given, "machines")),
          folder_(below_folder(folder_or(reader, part_of(reader, given, "directory"),
                                         folder_or(reader, part_of(reader, inventory_, "directory"),
                                                   reader.flake_folder)),
                               "machines")) {}

    Value* outputs() {
        std::set<std::string> names;
        for (Value* from : {listed_, machines_}) {
            for (std::string& name :
                 from == nullptr ? std::vector<std::string>{} : reader_.names_of(from)) {
                names.insert(std::move(name));
            }
        }
        for (const auto& entry : reader_.files().folder(folder_)) {
            if (there(reader_, folder_ + "/" + entry.name + "/configuration.nix") != nullptr) {
                names.insert(entry.name);
            }
        }
        Value* out = reader_.make(Kind::set);
        for (const std::string& name : names) {
            if (name.find(hole) == std::string::npos) {
                add_host(reader_, *out, machine(name));
            }
        }
        Value* config = reader_.make(Kind::set);
        config->attrs = out->attrs;
        config->rest = reader_.outside("clan");
        out->attrs["config"] = config;
        out->rest = reader_.outside("clan");
        return out;
    }

  private:
    MadeHost machine(const std::string& name) {
        MadeHost out{.name = name, .special = part_of(reader_, given_, "specialArgs")};
        Value* listed = part_of(reader_, listed_, name);
        Value* kind = part_of(reader_, listed, "machineClass");
        const bool darwin = kind != nullptr && reader_.text_of(kind) == "darwin";
        out.output = darwin ? "darwinConfigurations" : "nixosConfigurations";
        for (const char* file : {"configuration.nix", "hardware-configuration.nix", "disko.nix"}) {
            if (Value* module = there(reader_, folder_ + "/" + name + "/" + file)) {
                out.modules.push_back({.value = module});
            }
        }
        if (Value* module = part_of(reader_, machines_, name); module != nullptr) {
            out.modules.push_back({.value = module});
        }
        std::set<std::string> tags{"all", darwin ? "darwin" : "nixos"};
        if (Value* own = part_of(reader_, listed, "tags"); own != nullptr) {
            for (const Item& tag : reader_.items_of(own)) {
                tags.insert(reader_.text_of(tag.value));
            }
        }
        services(name, tags, out.modules);
        return out;
    }

    void services(const std::string& name, const std::set<std::string>& tags,
                  std::vector<Item>& into) {
        Value* all = part_of(reader_, inventory_, "instances");
        for (const std::string& one :
             all == nullptr ? std::vector<std::string>{} : reader_.names_of(all)) {
            Value* instance = reader_.member(all, one);
            Value* roles = part_of(reader_, instance, "roles");
            for (const std::string& role :
                 roles == nullptr ? std::vector<std::string>{} : reader_.names_of(roles)) {
                Value* own = reader_.member(roles, role);
                if (!has(own, name, tags)) {
                    continue;
                }
                for (Value* from : {own, part_of(reader_, own, "settings")}) {
                    if (Value* more = part_of(reader_, from, "extraModules"); more != nullptr) {
                        into.push_back({.value = more});
                    }
                }
                if (Value* module = service(instance, one, role); module != nullptr) {
                    into.push_back({.value = module});
                }
            }
        }
    }

    bool has(Value* role, const std::string& name, const std::set<std::string>& tags) {
        if (part_of(reader_, part_of(reader_, role, "machines"), name) != nullptr) {
            return true;
        }
        Value* wanted = part_of(reader_, role, "tags");
        if (wanted == nullptr) {
            return false;
        }
        std::vector<std::string> names = reader_.names_of(wanted);
        for (const Item& item : reader_.items_of(wanted)) {
            names.push_back(reader_.text_of(item.value));
        }
        for (const std::string& tag : names) {
            if (tags.count(tag) > 0) {
                return true;
            }
        }
        return false;
    }

    /// The NixOS module of a service of the repository's own.
    Value* service(Value* instance, const std::string& called, const std::string& role) {
        Value* name = part_of(reader_, part_of(reader_, instance, "module"), "name");
        Value* file = part_of(reader_, part_of(reader_, given_, "modules"),
                              name == nullptr ? called : reader_.text_of(name));
        if (file == nullptr) {
            return nullptr;
        }
        Value* anything = reader_.outside("");
        Value* said = reader_.force(file)->kind == Kind::path ? reader_.import_path(file) : file;
        if (reader_.force(said)->kind == Kind::function) {
            said = reader_.apply(said, anything);
        }
        Value* each = part_of(reader_, part_of(reader_, part_of(reader_, said, "roles"), role),
                              "perInstance");
        return each == nullptr ? nullptr
                               : part_of(reader_, reader_.apply(each, anything), "nixosModule");
    }

    Reader& reader_;
    Value* given_;
    Value* inventory_;
    Value* listed_;
    Value* machines_;
    std::string folder_;
};

} // namespace

Value* clan_outputs(Reader& reader, Value* given) {
    return Clan(reader, given).outputs();
}

} // namespace agentd::proposals::map
