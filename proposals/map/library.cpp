#include "proposals/map/library.hpp"

namespace agentd::proposals::map {

using Kind = Value::Kind;

namespace {

/// What is inside of mkIf and its like; a condition that is certainly false makes nothing.
Value* mk_if(Reader& reader, Arguments given) {
    const Value* condition = reader.force(given[0].value);
    if (condition->kind == Kind::boolean && !condition->truth) {
        return reader.make(Kind::set);
    }
    return given[1].value;
}

Value* second(Reader&, Arguments given) {
    return given[1].value;
}

Value* first(Reader&, Arguments given) {
    return given[0].value;
}

Value* mk_merge(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::merge);
    out->items = reader.items_of(given[0].value, &out->maybe);
    return out;
}

/// A host: its argument is kept.
Value* system(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::system);
    out->rest = given[0].value;
    return out;
}

Value* pipe(Reader& reader, Arguments given) {
    Value* here = given[0].value;
    for (const Item& step : reader.items_of(given[1].value)) {
        here = reader.apply(step.value, here);
    }
    return here;
}

Value* flip(Reader& reader, Arguments given) {
    return reader.apply(reader.apply(given[0].value, given[2].value), given[1].value);
}

/// A function that asks for what it wants by name; nobody here knows what it would get.
Value* call_package(Reader& reader, Arguments given) {
    Value* function = reader.force(given[given.size() - 2].value);
    if (function->kind == Kind::path) {
        function = reader.import_path(function);
    }
    Value* arguments = reader.make(Kind::set);
    *arguments = *reader.force(given.size() > 2 ? reader.update(given[0].value, given[2].value)
                                                : given[1].value);
    arguments->kind = Kind::set;
    arguments->rest = reader.outside("pkgs");
    return reader.apply(function, arguments);
}

/// What a function makes of what it makes; asked for itself before it is made, it has `rest`.
Value* fixed(Reader& reader, Value* function, Value* before) {
    Value* out = reader.make(Kind::set);
    out->rest = before;
    out->maybe = true;
    Value* made = reader.apply(function, out);
    made = reader.force(before == nullptr ? made : reader.apply(made, before));
    if (made->kind != Kind::set) {
        return made;
    }
    out->attrs = made->attrs;
    out->maybe = made->maybe;
    return out;
}

/// `lib.extend (final: prev: …)` gives a lib with more in it.
Value* extended(Reader& reader, Arguments given) {
    Value* made = fixed(reader, given[0].value, reader.outside("lib"));
    reader.extended_lib = made;
    return made;
}

Value* fix(Reader& reader, Arguments given) {
    return fixed(reader, given[0].value, nullptr);
}

/// A module that takes arguments of its own first.
Value* import_apply(Reader& reader, Arguments given) {
    return reader.apply(reader.import_path(given[0].value), given[1].value);
}

Library make_library() {
    Library out;
    add_list_functions(out);
    add_set_functions(out);
    add_text_functions(out);
    add_file_functions(out);
    add_word_functions(out);
    add_data_functions(out);
    add_folds(out);
    add_flake_functions(out);
    for (const std::string_view name : {"mkDefault", "mkForce", "mkBefore", "mkAfter", "id",
                                        "toPath", "makeHive", "mkVMOverride"}) {
        out[name] = {.arguments = 1, .call = first};
    }
    for (const std::string_view name : {
             "mkOverride",
             "mkOrder",
             "trace",
             "seq",
             "deepSeq",
             "warn",
             "warnIf",
             "addErrorContext",
             "showWarnings",
             "setDefaultModuleLocation",
             "throwIf",
             "throwIfNot",
         }) {
        out[name] = {.arguments = 2, .call = second};
    }
    for (const std::string_view name :
         {"nixosSystem", "darwinSystem", "homeManagerConfiguration", "nixOnDroidConfiguration"}) {
        out[name] = {.arguments = 1, .call = system};
    }
    out["mkIf"] = {.arguments = 2, .call = mk_if};
    out["mkMerge"] = {.arguments = 1, .call = mk_merge};
    out["const"] = {.arguments = 2, .call = first};
    out["pipe"] = {.arguments = 2, .call = pipe};
    out["flip"] = {.arguments = 3, .call = flip};
    out["callPackage"] = {.arguments = 2, .call = call_package};
    out["callPackageWith"] = {.arguments = 3, .call = call_package};
    out["extend"] = {.arguments = 1, .call = extended};
    out["fix"] = {.arguments = 1, .call = fix};
    out["makeExtensible"] = {.arguments = 1, .call = fix};
    out["importApply"] = {.arguments = 2, .call = import_apply};
    out["eval-config"] = {.arguments = 1, .call = system};
    return out;
}

} // namespace

const Known* known_function(std::string_view dotted) {
    static const Library library = make_library();
    if (dotted.ends_with("/nixos/lib/eval-config.nix") || dotted.ends_with("/nixos/lib")) {
        return known_function("eval-config");
    }
    const auto last = dotted.rfind('.');
    const auto name = dotted.substr(last + 1);
    // Where two of nixpkgs' have one name, the last two tell which it is.
    const auto before = last == std::string_view::npos ? last : dotted.rfind('.', last - 1);
    auto found =
        before == std::string_view::npos ? library.end() : library.find(dotted.substr(before + 1));
    found = found == library.end() ? library.find(name) : found;
    if (found == library.end() && dotted.starts_with("import ") &&
        dotted.find('/') == std::string_view::npos) {
        found = library.find("import nixpkgs");
    }
    return found == library.end() ? nullptr : &found->second;
}

} // namespace agentd::proposals::map
