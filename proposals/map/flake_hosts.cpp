#include "proposals/map/flake_hosts.hpp"

#include "agentd/core/text.hpp"
#include "proposals/map/folder_hosts.hpp"
#include "proposals/map/frameworks.hpp"
#include "proposals/map/reader.hpp"
#include "proposals/map/walk.hpp"

#include <algorithm>

namespace agentd::proposals::map {

using Kind = Value::Kind;

namespace {

struct OutputWithHosts {
    const char* output;
    const char* kind;
};
constexpr OutputWithHosts outputs_with_hosts[] = {{"nixosConfigurations", "nixos"},
                                                  {"darwinConfigurations", "darwin"},
                                                  {"homeConfigurations", "home"}};

class Flake {
  public:
    Flake(Files& files, RepoMap& map) : files_(files), map_(map), reader_(files) {
        reader_.flake_folder = map.flake;
        reader_.parts = [this](Value* arguments, Value* module) {
            return parts(arguments, module);
        };
    }

    core::Result<core::Done> run() {
        const std::string path = map_.flake.empty() ? "flake.nix" : map_.flake + "/flake.nix";
        const SourceFile* file = files_.parse(path);
        Value* said = file == nullptr ? nullptr : reader_.force(reader_.import_file(path));
        if (said == nullptr || said->kind != Kind::set) {
            return core::Problem{.code = "no_flake",
                                 .message = file == nullptr
                                                ? "there is no flake.nix, or it is no Nix"
                                                : "flake.nix is no set",
                                 .where = path,
                                 .hint = elsewhere()};
        }
        inputs(said);
        outputs(said);
        for (const auto& [output, kind] : outputs_with_hosts) {
            hosts_below(output, kind);
        }
        hosts_of_systems();
        hive();
        read_host_folders(files_, reader_, map_);
        if (map_.hosts.empty()) {
            map_.hosts_known = false;
            map_.notes.push_back("no host of the flake can be told without Nix" + not_read());
        }
        if (reader_.exhausted()) {
            map_.notes.emplace_back("the repository is too large to be read to its end");
        }
        return core::Done{};
    }

  private:
    /// Where there is a flake, if not here.
    std::string elsewhere() const {
        constexpr std::size_t most_named = 3;
        std::vector<std::string> folders;
        for (const std::string& file : files_.nix_files()) {
            if (name_of(file) == "flake.nix" && folder_of(file) != map_.flake &&
                folders.size() < most_named) {
                folders.push_back(folder_of(file).empty() ? "the top" : folder_of(file));
            }
        }
        if (folders.empty()) {
            return "agentd works on flakes: write a flake.nix with nixosConfigurations";
        }
        return "there is one in " + core::join(folders, ", ") +
               ": agentctl takes --flake FOLDER; agentd itself works on the one at the top of its "
               "repository";
    }

    /// What may make hosts and is not of the repository.
    std::string not_read() const {
        if (reader_.outputs != nullptr && reader_.outputs->kind == Kind::outside) {
            return ": its outputs are made by " + shown(reader_.outputs->text);
        }
        std::string out;
        for (std::size_t i = 0; i < std::min<std::size_t>(parts_outside_.size(), 6); ++i) {
            out += (i == 0 ? ": modules of inputs may make them: " : ", ") + parts_outside_[i];
        }
        return out;
    }

    void inputs(Value* said) {
        Value* given = reader_.make(Kind::set);
        given->attrs["self"] = reader_.make(Kind::flake);
        given->rest = reader_.outside("inputs");
        Value* declared = reader_.member(said, "inputs");
        for (const std::string& name :
             declared == nullptr ? std::vector<std::string>{} : reader_.names_of(declared)) {
            if (name == "self") { // `inputs.self.submodules = true;`
                continue;
            }
            given->attrs[name] = reader_.outside("inputs." + name);
            Value* input = reader_.member(declared, name);
            Value* url = input == nullptr || reader_.force(input)->kind != Kind::set
                             ? nullptr
                             : reader_.member(input, "url");
            const std::string text = url == nullptr ? "" : reader_.text_of(url);
            map_.inputs.push_back(
                {.name = name, .url = text.find(hole) == std::string::npos ? text : ""});
        }
        reader_.inputs = given;
    }

    void outputs(Value* said) {
        Value* function = reader_.member(said, "outputs");
        if (function != nullptr) {
            reader_.outputs = reader_.unknown();
            reader_.outputs = reader_.force(reader_.apply(function, reader_.inputs));
        }
        if (reader_.outputs == nullptr || reader_.outputs->kind != Kind::set) {
            map_.hosts_known = false;
            map_.notes.emplace_back("the outputs of the flake cannot be told without Nix");
        }
        frameworks();
    }

    /// What modules of inputs make of the settings that flake-parts has put together.
    void frameworks() {
        if (config_ == nullptr) {
            return;
        }
        add(parts_outputs(reader_, config_, arguments_));
        Value* den = den_outputs(reader_, config_);
        if (!reader_.names_of(den).empty()) {
            map_.notes.emplace_back("den joins the aspects of the hosts: what it adds itself is "
                                    "not told");
        }
        add(den);
        const auto unified =
            std::any_of(parts_outside_.begin(), parts_outside_.end(), [](const std::string& name) {
                return name.find("nixos-unified") != std::string::npos;
            });
        if (unified) {
            add(unified_outputs(reader_, map_.flake));
        }
    }

    /// Outputs that the flake has too; what it says itself comes first.
    void add(Value* more) {
        Value* all = reader_.make(Kind::set);
        const bool set = reader_.outputs != nullptr && reader_.outputs->kind == Kind::set;
        if (set) {
            *all = *reader_.outputs;
        }
        for (const std::string& name : reader_.names_of(more)) {
            Value* group = reader_.member(more, name);
            Value* own = set ? reader_.member(reader_.outputs, name) : nullptr;
            const bool both = own != nullptr && reader_.force(own)->kind == Kind::set;
            all->attrs[name] = both ? reader_.update(group, own) : group;
        }
        reader_.outputs = all;
    }

    Value* parts(Value* arguments, Value* module) {
        Host scratch;
        Value* special = reader_.member(arguments, "specialArgs");
        Walk walk(reader_, scratch);
        config_ = walk.parts(module, special);
        arguments_ = walk.arguments();
        parts_outside_.insert(parts_outside_.end(), scratch.outside.begin(), scratch.outside.end());
        for (const std::string& lost : scratch.unresolved) {
            map_.notes.push_back("flake-parts: " + lost);
        }
        Value* flake = reader_.member(config_, "flake");
        return flake == nullptr ? reader_.make(Kind::set) : flake;
    }

    bool known(const std::string& name, const std::string& kind = "nixos") const {
        return std::any_of(map_.hosts.begin(), map_.hosts.end(), [&](const Host& host) {
            return host.name == name && host.kind == kind;
        });
    }

    void hosts_below(const std::string& output, const std::string& kind) {
        Value* all = reader_.outputs == nullptr ? nullptr : reader_.member(reader_.outputs, output);
        if (all == nullptr) {
            return;
        }
        const Value* set = reader_.force(all);
        if (set->kind != Kind::set || set->maybe) {
            map_.hosts_known = map_.hosts_known && kind != "nixos";
        }
        hosts_in(all, kind);
    }

    void hosts_in(Value* all, const std::string& kind) {
        for (const std::string& name :
             all == nullptr ? std::vector<std::string>{} : reader_.names_of(all)) {
            const bool new_one = name.find(hole) == std::string::npos && !known(name, kind);
            if (map_.hosts.size() < 1000 && new_one) {
                host(name, kind, reader_.member(all, name));
            }
        }
    }

    void host(const std::string& name, const std::string& kind, Value* value) {
        Host made{.name = name, .kind = kind};
        reader_.host = name;
        const Value* system = value == nullptr ? nullptr : reader_.force(value);
        if (system == nullptr || system->kind != Kind::system) {
            const Value unknown = value == nullptr ? Value{} : *value;
            made.unresolved.push_back(
                said_at(unknown, "flake.nix", "how " + shown(name) + " is made cannot be told"));
        } else {
            Value* modules = reader_.member(system->rest, "modules");
            const bool home = kind == "home";
            Value* special =
                reader_.member(system->rest, home ? "extraSpecialArgs" : "specialArgs");
            if (modules == nullptr) {
                made.unresolved.push_back("flake.nix: " + name + " has no list of modules");
            } else if (home) {
                Walk(reader_, made).home(modules, special, name.substr(0, name.find('@')));
            } else {
                Walk(reader_, made).system(modules, special);
            }
        }
        reader_.host.clear();
        map_.hosts.push_back(std::move(made));
    }

    /// `nix build .#nixosConfigurations.x` looks below the packages of a system, too.
    void hosts_of_systems() {
        for (const char* group : {"packages", "legacyPackages"}) {
            Value* systems = part_of(reader_, reader_.outputs, group);
            for (const std::string& system :
                 systems == nullptr ? std::vector<std::string>{} : reader_.names_of(systems)) {
                Value* below = reader_.member(systems, system);
                if (below == nullptr || reader_.force(below)->kind != Kind::set) {
                    continue;
                }
                for (const auto& [output, kind] : outputs_with_hosts) {
                    hosts_in(reader_.force(below)->attrs.count(output) > 0
                                 ? reader_.member(below, output)
                                 : nullptr,
                             kind);
                }
            }
        }
    }

    /// colmena: each name but a few is a module of its own.
    void hive() {
        for (const char* output : {"colmena", "colmenaHive"}) {
            Value* hive = part_of(reader_, reader_.outputs, output);
            if (hive == nullptr || reader_.force(hive)->kind != Kind::set) {
                continue;
            }
            Value* meta = part_of(reader_, hive, "meta");
            Value* common = part_of(reader_, hive, "defaults");
            for (const std::string& name : reader_.names_of(hive)) {
                if (name == "meta" || name == "defaults" || name == "network" || known(name)) {
                    continue;
                }
                Value* special = reader_.make(Kind::set);
                special->attrs["name"] = reader_.text(name);
                for (Value* more :
                     {part_of(reader_, meta, "specialArgs"),
                      part_of(reader_, part_of(reader_, meta, "nodeSpecialArgs"), name)}) {
                    special = more == nullptr ? special : reader_.update(special, more);
                }
                std::vector<Item> modules{{.value = reader_.member(hive, name)}};
                if (common != nullptr) {
                    modules.push_back({.value = common});
                }
                Value* made =
                    outputs_of(reader_, {{.name = name, .modules = modules, .special = special}});
                hosts_in(reader_.member(made, "nixosConfigurations"), "nixos");
            }
        }
    }

    Files& files_;
    RepoMap& map_;
    Reader reader_;
    Value* config_{};    ///< of flake-parts
    Value* arguments_{}; ///< of its modules
    std::vector<std::string> parts_outside_{};
};

} // namespace

core::Result<core::Done> read_flake(Files& files, RepoMap& map) {
    return Flake(files, map).run();
}

} // namespace agentd::proposals::map
