// The options of flake-parts and of den, which are declared by inputs.
#include "proposals/map/merge.hpp"

namespace agentd::proposals::map {

using Kind = Value::Kind;
using Values = Merge::Values;

/// Of den: modules by class, other aspects that it includes, and those it provides.
Value* Merge::aspect(const Values& said) {
    const Values all = flat(said);
    if (all.size() == 1) {
        return all.front();
    }
    Value* out = reader_.make(Kind::set);
    for (const std::string& name : names(all)) {
        out->attrs[name] =
            reader_.lazily([merge = *this, name, said = members(all, name)]() mutable {
                return name == "includes" ? merge.lists(merge.flat(said))
                       : name == "provides" || name == "_"
                           ? merge.sets_of(merge.declare("aspect"), said)
                           : merge.together(merge.flat(said));
            });
    }
    return out;
}

Value* Merge::declare(std::string_view type) {
    Value* out = reader_.make(Kind::set);
    out->attrs = {{"_type", reader_.text("option")}, {"type", reader_.outside(std::string(type))}};
    return out;
}

Value* Merge::flake_options() {
    const auto sets = [&](Value* element) {
        Value* type = reader_.make(Kind::set);
        type->attrs = {{"name", reader_.text("attrsOf")}, {"_of", element}};
        Value* out = reader_.make(Kind::set);
        out->attrs = {{"_type", reader_.text("option")}, {"type", type}};
        return out;
    };
    Value* modules = declare("deferredModule");
    Value* flake = reader_.make(Kind::set);
    for (const char* name :
         {"nixosModules", "darwinModules", "homeModules", "homeManagerModules", "flakeModules"}) {
        flake->attrs[name] = sets(modules);
    }
    flake->attrs["modules"] = sets(sets(modules));
    Value* den = reader_.make(Kind::set);
    den->attrs = {{"aspects", declare("aspects")}, {"default", declare("aspect")}};
    Value* module = reader_.make(Kind::set);
    module->attrs["options"] = flake;
    Value* type = reader_.make(Kind::set);
    type->attrs = {{"name", reader_.text("submodule")}, {"_of", module}};
    Value* outputs = reader_.make(Kind::set);
    outputs->attrs = {{"_type", reader_.text("option")}, {"type", type}};
    Value* out = reader_.make(Kind::set);
    out->attrs = {{"flake", outputs}, {"den", den}};
    return out;
}

} // namespace agentd::proposals::map
