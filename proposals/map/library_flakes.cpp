// What helpers of flakes make: packages, outputs by system, hosts by a framework.
#include "proposals/map/frameworks.hpp"

namespace agentd::proposals::map {

using Kind = Value::Kind;

namespace {

constexpr const char* usual_systems[] = {"x86_64-linux", "aarch64-linux", "aarch64-darwin",
                                         "x86_64-darwin"};

/// `f` for each system; what it says stands below the system's name.
Value* by_system(Reader& reader, const std::vector<Item>& systems, Value* function, bool below) {
    Value* out = reader.make(Kind::set);
    for (const Item& system : systems) {
        Value* said = reader.apply(function, system.value);
        for (const std::string& name : reader.names_of(said)) {
            Value* value = reader.member(said, name);
            Value*& slot = out->attrs[name];
            if (!below) {
                slot = slot == nullptr ? value : reader.update(slot, value);
                continue;
            }
            slot = slot == nullptr ? reader.make(Kind::set) : slot;
            slot->attrs[reader.text_of(system.value)] = value;
        }
    }
    return out;
}

std::vector<Item> usual(Reader& reader) {
    std::vector<Item> out;
    for (const char* system : usual_systems) {
        out.push_back({.value = reader.text(system)});
    }
    return out;
}

std::vector<Item> systems_of(Reader& reader, Value* value) {
    auto out = reader.items_of(value);
    return out.empty() ? usual(reader) : out;
}

Value* each_default(Reader& reader, Arguments given) {
    return by_system(reader, usual(reader), given[0].value, true);
}

Value* each_system(Reader& reader, Arguments given) {
    return by_system(reader, systems_of(reader, given[0].value), given[1].value, true);
}

Value* each_default_through(Reader& reader, Arguments given) {
    return by_system(reader, usual(reader), given[0].value, false);
}

Value* each_through(Reader& reader, Arguments given) {
    return by_system(reader, systems_of(reader, given[0].value), given[1].value, false);
}

/// `import nixpkgs { overlays = …; }`: what overlays of the repository add is read.
Value* packages(Reader& reader, Arguments given) {
    const Value* settings = reader.force(given[0].value);
    Value* outside = reader.outside("pkgs");
    Value* overlays =
        settings->kind == Kind::set ? part_of(reader, given[0].value, "overlays") : nullptr;
    if (overlays == nullptr) {
        return outside;
    }
    Value* out = reader.make(Kind::set);
    out->maybe = true;
    out->rest = outside;
    for (const Item& overlay : reader.items_of(overlays)) {
        if (reader.force(overlay.value)->kind == Kind::function) {
            const Value* made =
                reader.force(reader.apply(reader.apply(overlay.value, out), outside));
            for (const auto& [name, value] : made->attrs) {
                out->attrs[name] = value;
            }
        }
    }
    return out;
}

/// flake-parts: `withSystem "x86_64-linux" ({ pkgs, … }: …)`.
Value* with_system(Reader& reader, Arguments given) {
    Value* arguments = reader.make(Kind::set);
    arguments->attrs = {{"system", given[0].value}};
    arguments->rest = reader.outside("");
    return reader.apply(given[1].value, arguments);
}

Value* module_with_system(Reader& reader, Arguments given) {
    return reader.apply(given[0].value, reader.outside(""));
}

Value* applied(Reader& reader, std::string_view function, Value* argument) {
    Value* out = reader.make(Kind::applied);
    out->text = function;
    out->items = {{.value = argument}};
    return out;
}

bool has(Reader& reader, Value* set, const std::string& name) {
    return reader.force(set)->kind == Kind::set && reader.member(set, name) != nullptr;
}

/// nixos-unified: folders, and flake-parts modules of the first of a few folders.
Value* unified(Reader& reader, Value* settings) {
    const std::string root =
        folder_or(reader, reader.member(settings, "root"), reader.flake_folder);
    Value* out = unified_outputs(reader, root);
    std::vector<Item> imports;
    for (const char* place :
         {"nix/modules/flake", "modules/flake", "nix/modules/flake-parts", "modules/flake-parts"}) {
        const std::string folder = below_folder(root, place);
        for (const auto& entry : reader.files().folder(folder)) {
            imports.push_back({.value = reader.path(below_folder(folder, entry.name))});
        }
        if (!imports.empty()) {
            break;
        }
    }
    if (imports.empty() || !reader.parts) {
        return out;
    }
    Value* module = reader.make(Kind::set);
    module->attrs["imports"] = reader.list(std::move(imports));
    Value* more = reader.parts(settings, module);
    for (const std::string& name : reader.names_of(more)) {
        Value* group = reader.member(more, name);
        Value*& own = out->attrs[name];
        const bool hosts = name.ends_with("Configurations"); // made of the same folders
        own = own == nullptr ? group : reader.lazily([&reader, hosts, before = own, group] {
            return hosts ? reader.update(group, before) : reader.update(before, group);
        });
    }
    return out;
}

/// Which framework's it is, is told by what it is given.
Value* mk_flake(Reader& reader, Arguments given) {
    Value* settings = given[0].value;
    if (has(reader, settings, "hosts") &&
        (has(reader, settings, "hostDefaults") || has(reader, settings, "channels") ||
         has(reader, settings, "self"))) {
        return flake_utils_plus_outputs(reader, settings);
    }
    if (has(reader, settings, "flake") && has(reader, settings, "systems")) {
        return reader.member(settings, "flake");
    }
    if (has(reader, settings, "root")) {
        return unified(reader, settings);
    }
    if (has(reader, settings, "src")) {
        return snowfall_outputs(reader, settings, settings);
    }
    return applied(reader, "mkParts", settings);
}

Value* mk_parts(Reader& reader, Arguments given) {
    return reader.parts ? reader.parts(given[0].value, given[1].value) : reader.unknown();
}

/// snowfall-lib: the library that is made first knows where everything is.
Value* mk_library(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::set);
    out->rest = reader.outside("lib");
    out->attrs["mkFlake"] = applied(reader, "mkSnowfall", given[0].value);
    return out;
}

Value* mk_snowfall(Reader& reader, Arguments given) {
    return snowfall_outputs(reader, given[0].value, given[1].value);
}

Value* clan(Reader& reader, Arguments given) {
    return clan_outputs(reader, given[0].value);
}

Value* blueprint(Reader& reader, Arguments given) {
    return blueprint_outputs(reader, given[0].value);
}

/// An option, or a type that holds others, as what it is.
Value* mk_option(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::set);
    const Value* told = reader.force(given[0].value);
    out->attrs = told->attrs;
    out->rest = told->rest;
    out->attrs["_type"] = reader.text("option");
    return out;
}

Value* mk_enable(Reader& reader, Arguments) {
    Value* out = reader.make(Kind::set);
    out->attrs = {{"_type", reader.text("option")}, {"default", reader.boolean(false)}};
    return out;
}

Value* type_of(Reader& reader, const char* name, Value* element) {
    Value* out = reader.make(Kind::set);
    out->attrs = {{"name", reader.text(name)}, {"_of", element}};
    return out;
}

template <int which> Value* holder(Reader& reader, Arguments given) {
    constexpr const char* names[] = {"attrsOf", "listOf", "nullOr", "submodule", "functionTo"};
    return type_of(reader, names[which], given[0].value);
}

} // namespace

void add_flake_functions(Library& library) {
    library.insert({{"eachDefaultSystem", {1, each_default}},
                    {"eachSystem", {2, each_system}},
                    {"eachDefaultSystemPassThrough", {1, each_default_through}},
                    {"eachSystemPassThrough", {2, each_through}},
                    {"import nixpkgs", {1, packages}},
                    {"withSystem", {2, with_system}},
                    {"moduleWithSystem", {1, module_with_system}},
                    {"mkFlake", {1, mk_flake}},
                    {"mkParts", {2, mk_parts}},
                    {"mkLib", {1, mk_library}},
                    {"mkSnowfall", {2, mk_snowfall}},
                    {"clan", {1, clan}},
                    {"buildClan", {1, clan}},
                    {"blueprint", {1, blueprint}},
                    {"mkOption", {1, mk_option}},
                    {"mkEnableOption", {1, mk_enable}},
                    {"attrsOf", {1, holder<0>}},
                    {"lazyAttrsOf", {1, holder<0>}},
                    {"listOf", {1, holder<1>}},
                    {"nullOr", {1, holder<2>}},
                    {"submodule", {1, holder<3>}},
                    {"submoduleWith", {1, holder<3>}},
                    {"functionTo", {1, holder<4>}}});
}

} // namespace agentd::proposals::map
