#include "proposals/map/merge.hpp"

#include "proposals/map/frameworks.hpp"

#include <algorithm>
#include <memory>
#include <set>

namespace agentd::proposals::map {

using Kind = Value::Kind;
using Values = Merge::Values;

namespace {

constexpr int deepest = 40;

bool is_option(Reader& reader, Value* value) {
    value = reader.force(value);
    const auto type = value->attrs.find("_type");
    return value->kind == Kind::set && type != value->attrs.end() &&
           reader.text_of(type->second) == "option";
}

bool is_about_the_module(std::string_view name) {
    return name == "imports" || name == "options" || name == "config" || name == "_file" ||
           name == "key" || name == "_class" || name == "disabledModules" || name == "_module" ||
           name == "freeformType";
}

void flatten(Reader& reader, Value* one, Values& out, int deep) {
    const Value* value = reader.force(one);
    if (deep > deepest || !reader.hold(1)) {
        return;
    }
    if (value->kind != Kind::merge) {
        out.push_back(one);
        return;
    }
    for (const Item& item : value->items) {
        flatten(reader, item.value, out, deep + 1);
    }
}

} // namespace

Values Merge::flat(const Values& said) {
    Values out;
    for (Value* one : said) {
        flatten(reader_, one, out, 0);
    }
    return out;
}

Values Merge::members(const Values& sets, const std::string& name) {
    Values out;
    for (Value* set : flat(sets)) {
        if (reader_.force(set)->kind == Kind::set) {
            if (Value* found = reader_.member(set, name); found != nullptr) {
                out.push_back(found);
            }
        }
    }
    return out;
}

std::vector<std::string> Merge::names(const Values& sets) {
    std::set<std::string> out;
    for (Value* set : flat(sets)) {
        for (std::string& name : reader_.names_of(set)) {
            out.insert(std::move(name));
        }
    }
    return {out.begin(), out.end()};
}

Value* Merge::configuration(const Values& bodies, Value* known) {
    Values declared;
    Values said;
    for (Value* one : bodies) {
        Value* body = reader_.force(one);
        if (body->kind != Kind::set) {
            continue;
        }
        Value* options = part_of(reader_, body, "options");
        Value* config = part_of(reader_, body, "config");
        if (options != nullptr) {
            declared.push_back(options);
        }
        if (config != nullptr) {
            said.push_back(config);
        }
        if (config == nullptr && options == nullptr) {
            Value* rest = reader_.make(Kind::set);
            for (const std::string& name : reader_.names_of(body)) {
                if (!is_about_the_module(name)) {
                    rest->attrs[name] = reader_.member(body, name);
                }
            }
            rest->maybe = body->maybe;
            said.push_back(rest);
        }
    }
    if (known != nullptr) {
        declared.push_back(known);
    }
    return level(declared, said);
}

Value* Merge::level(const Values& declared, const Values& said) {
    Value* out = reader_.make(Kind::set);
    for (Value* set : flat(said)) {
        const Value* told = reader_.force(set);
        out->maybe = out->maybe || told->kind != Kind::set || told->maybe;
    }
    Values all = declared;
    all.insert(all.end(), said.begin(), said.end());
    for (const std::string& name : names(all)) {
        out->attrs[name] = reader_.lazily(
            [merge = *this, name, declared = members(declared, name),
             said = members(said, name)]() mutable { return merge.entry(declared, said, name); });
    }
    return out;
}

Value* Merge::entry(const Values& declared, const Values& said, const std::string& name) {
    for (Value* one : declared) {
        if (is_option(reader_, one)) {
            return option(one, said, name);
        }
    }
    return declared.empty() ? untyped(said) : level(declared, said);
}

Value* Merge::option(Value* declared, const Values& said, const std::string& name) {
    Value* type = part_of(reader_, declared, "type");
    Value* otherwise = part_of(reader_, declared, "default");
    Value* out = said.empty() && otherwise != nullptr ? typed(type, {otherwise}, name)
                                                      : typed(type, said, name);
    Value* apply = part_of(reader_, declared, "apply");
    return apply == nullptr ? out : reader_.apply(apply, out);
}

Value* Merge::typed(Value* type, const Values& said, const std::string& name) {
    const Value* told = type == nullptr ? nullptr : reader_.force(type);
    std::string kind;
    Value* element = nullptr;
    if (told != nullptr && told->kind == Kind::outside) {
        kind = told->text.substr(told->text.rfind('.') + 1);
    } else if (told != nullptr && told->kind == Kind::set && told->attrs.count("_of") > 0) {
        kind = reader_.text_of(told->attrs.at("name"));
        element = told->attrs.at("_of");
    }
    if (kind == "deferredModule" || kind == "deferredModuleWith") {
        return together(flat(said));
    }
    if (kind == "attrsOf" || kind == "lazyAttrsOf") {
        return sets_of(element, said);
    }
    if (kind == "submodule" || kind == "submoduleWith") {
        return submodule(element, said, name);
    }
    if (kind == "nullOr" || kind == "functionTo") {
        return typed(element, said, name);
    }
    if (kind == "aspects") {
        return sets_of(declare("aspect"), said);
    }
    return kind == "aspect" ? aspect(said) : untyped(said);
}

Value* Merge::sets_of(Value* element, const Values& said) {
    Value* out = reader_.make(Kind::set);
    for (Value* set : flat(said)) {
        const Value* told = reader_.force(set);
        out->maybe = out->maybe || told->kind != Kind::set || told->maybe;
    }
    Value* type = element;
    if (element != nullptr && is_option(reader_, element)) {
        type = reader_.member(element, "type");
    }
    for (const std::string& name : names(said)) {
        out->attrs[name] =
            reader_.lazily([merge = *this, type, name, said = members(said, name)]() mutable {
                return merge.typed(type, said, name);
            });
    }
    return out;
}

void Merge::add_body(Value* module, Value* arguments, Values& into, int deep) {
    if (deep > deepest || !reader_.hold(1)) {
        return;
    }
    Value* value = reader_.force(module);
    if (value->kind == Kind::path) {
        value = reader_.force(reader_.import_path(value));
    }
    if (value->kind == Kind::function) {
        value = reader_.force(reader_.apply(value, arguments));
    }
    if (value->kind == Kind::list) {
        for (const Item& item : value->items) {
            add_body(item.value, arguments, into, deep + 1);
        }
        return;
    }
    if (value->kind != Kind::set) {
        return;
    }
    into.push_back(value);
    if (Value* imports = part_of(reader_, value, "imports"); imports != nullptr) {
        add_body(imports, arguments, into, deep + 1);
    }
}

Value* Merge::submodule(Value* modules, const Values& said, const std::string& name) {
    auto made = std::make_shared<Value*>(nullptr);
    Value* arguments = reader_.make(Kind::set);
    arguments->attrs = {{"name", reader_.text(name)},
                        {"config", reader_.lazily([made] { return *made; })}};
    arguments->rest = reader_.outside("");
    Values bodies;
    if (Value* listed = part_of(reader_, modules, "modules"); listed != nullptr) {
        add_body(listed, arguments, bodies, 0);
    } else if (modules != nullptr) {
        add_body(modules, arguments, bodies, 0);
    }
    for (Value* one : flat(said)) {
        add_body(one, arguments, bodies, 0);
    }
    *made = configuration(bodies, nullptr);
    return *made;
}

Value* Merge::together(const Values& modules) {
    if (modules.size() == 1) {
        return modules.front();
    }
    Value* out = reader_.make(Kind::merge);
    for (Value* module : modules) {
        out->items.push_back({.value = module});
    }
    return out;
}

Value* Merge::lists(const Values& said) {
    bool maybe = false;
    std::vector<Item> out;
    for (Value* one : said) {
        const auto items = reader_.items_of(one, &maybe);
        out.insert(out.end(), items.begin(), items.end());
    }
    return reader_.list(std::move(out), maybe);
}

Value* Merge::untyped(const Values& said) {
    const Values all = flat(said);
    if (all.size() < 2) {
        return all.empty() ? reader_.unknown() : all.front();
    }
    const auto are = [&](Kind kind) {
        return std::all_of(all.begin(), all.end(),
                           [&](Value* value) { return reader_.force(value)->kind == kind; });
    };
    if (are(Kind::list)) {
        return lists(all);
    }
    if (are(Kind::set)) {
        return level({}, all);
    }
    const bool module = std::any_of(all.begin(), all.end(), [&](Value* value) {
        const Kind kind = reader_.force(value)->kind;
        return kind == Kind::function || kind == Kind::path;
    });
    return module ? together(all) : all.back();
}

} // namespace agentd::proposals::map
