// Functions on sets.
#include "proposals/map/library.hpp"

namespace agentd::proposals::map {

using Kind = Value::Kind;

namespace {

bool open(Reader& reader, Value* set) {
    const Value* value = reader.force(set);
    return (value->kind != Kind::set && value->kind != Kind::flake) || value->maybe;
}

Value* member_or_unknown(Reader& reader, Value* set, const std::string& name) {
    Value* found = reader.member(set, name);
    return found == nullptr ? reader.unknown() : found;
}

/// `each` for every name; the values are made at once, which is cheap: they are lazy themselves.
template <class Each> Value* set_from(Reader& reader, Value* source, const Each& each) {
    Value* out = reader.make(Kind::set);
    out->maybe = open(reader, source);
    for (const std::string& name : reader.names_of(source)) {
        each(*out, name, member_or_unknown(reader, source, name));
    }
    return out;
}

Value* attr_names(Reader& reader, Arguments given) {
    std::vector<Item> out;
    for (const std::string& name : reader.names_of(given[0].value)) {
        out.push_back({.value = reader.text(name)});
    }
    return reader.list(std::move(out), open(reader, given[0].value));
}

Value* attr_values(Reader& reader, Arguments given) {
    std::vector<Item> out;
    for (const std::string& name : reader.names_of(given[0].value)) {
        out.push_back({.value = member_or_unknown(reader, given[0].value, name)});
    }
    return reader.list(std::move(out), open(reader, given[0].value));
}

Value* map_attrs(Reader& reader, Arguments given) {
    return set_from(reader, given[1].value, [&](Value& out, const std::string& name, Value* value) {
        out.attrs[name] =
            reader.call_later(given[0].value, {{.value = reader.text(name)}, {.value = value}});
    });
}

Value* map_attrs_to_list(Reader& reader, Arguments given) {
    Value* set = map_attrs(reader, given);
    const Item values[] = {{.value = set}};
    return attr_values(reader, values);
}

void put_pair(Reader& reader, Value& out, Value* pair) {
    Value* name = reader.member(pair, "name");
    Value* value = reader.member(pair, "value");
    const std::string text = name == nullptr ? "" : reader.text_of(name);
    if (text.empty() || value == nullptr || text.find(hole) != std::string::npos) {
        out.maybe = true;
    } else {
        out.attrs.emplace(text, value);
    }
}

Value* map_attrs_pairs(Reader& reader, Arguments given) {
    return set_from(reader, given[1].value, [&](Value& out, const std::string& name, Value* value) {
        put_pair(reader, out, reader.apply(reader.apply(given[0].value, reader.text(name)), value));
    });
}

Value* name_value_pair(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::set);
    out->attrs = {{"name", given[0].value}, {"value", given[1].value}};
    return out;
}

Value* list_to_attrs(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::set);
    for (const Item& pair : reader.items_of(given[0].value, &out->maybe)) {
        put_pair(reader, *out, pair.value);
    }
    return out;
}

Value* gen_attrs(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::set);
    for (const Item& name : reader.items_of(given[0].value, &out->maybe)) {
        const std::string text = reader.text_of(name.value);
        if (text.find(hole) != std::string::npos) {
            out->maybe = true;
        } else {
            out->attrs[text] = reader.call_later(given[1].value, {name});
        }
    }
    return out;
}

/// `genAttrs' names f`: each call of `f` gives a name and a value.
Value* gen_attrs_of_pairs(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::set);
    for (const Item& name : reader.items_of(given[0].value, &out->maybe)) {
        put_pair(reader, *out, reader.call_later(given[1].value, {name}));
    }
    return out;
}

Value* filter_attrs(Reader& reader, Arguments given) {
    return set_from(reader, given[1].value, [&](Value& out, const std::string& name, Value* value) {
        const Value* keep =
            reader.force(reader.apply(reader.apply(given[0].value, reader.text(name)), value));
        if (keep->kind != Kind::boolean || keep->truth) {
            out.attrs[name] = value;
        }
    });
}

Value* remove_attrs(Reader& reader, Arguments given) {
    Value* out =
        set_from(reader, given[0].value, [](Value& into, const std::string& name, Value* value) {
            into.attrs[name] = value;
        });
    for (const Item& name : reader.items_of(given[1].value)) {
        out->attrs.erase(reader.text_of(name.value));
    }
    return out;
}

Value* optional_attrs(Reader& reader, Arguments given) {
    const Value* condition = reader.force(given[0].value);
    return condition->kind == Kind::boolean && !condition->truth ? reader.make(Kind::set)
                                                                 : given[1].value;
}

Value* merged_deep(Reader& reader, Value* left, Value* right, int deep) {
    Value* out = reader.force(reader.update(left, right));
    if (out->kind != Kind::set || deep > 12) {
        return out;
    }
    for (auto& [name, value] : out->attrs) {
        Value* before = reader.force(left)->kind == Kind::set ? reader.member(left, name) : nullptr;
        if (before != nullptr && before != value && reader.force(before)->kind == Kind::set &&
            reader.force(value)->kind == Kind::set) {
            value = merged_deep(reader, before, value, deep + 1);
        }
    }
    return out;
}

Value* recursive_update(Reader& reader, Arguments given) {
    return merged_deep(reader, given[0].value, given[1].value, 0);
}

Value* merge_attrs(Reader& reader, Arguments given) {
    bool maybe = false;
    Value* out = reader.make(Kind::set);
    for (const Item& set : reader.items_of(given[0].value, &maybe)) {
        out = reader.update(out, set.value);
    }
    out->maybe = out->maybe || maybe;
    return out;
}

Value* concat_map_attrs(Reader& reader, Arguments given) {
    Value* sets = map_attrs_to_list(reader, given);
    const Item all[] = {{.value = sets}};
    return merge_attrs(reader, all);
}

Value* attrs_to_list(Reader& reader, Arguments given) {
    std::vector<Item> out;
    for (const std::string& name : reader.names_of(given[0].value)) {
        const Item pair[] = {{.value = reader.text(name)},
                             {.value = member_or_unknown(reader, given[0].value, name)}};
        out.push_back({.value = name_value_pair(reader, pair)});
    }
    return reader.list(std::move(out), open(reader, given[0].value));
}

Value* merge_two(Reader& reader, Arguments given) {
    return reader.update(given[0].value, given[1].value);
}

Value* get_attr(Reader& reader, Arguments given) {
    return member_or_unknown(reader, given[1].value, reader.text_of(given[0].value));
}

Value* has_attr(Reader& reader, Arguments given) {
    if (open(reader, given[1].value)) {
        return reader.unknown();
    }
    return reader.boolean(reader.member(given[1].value, reader.text_of(given[0].value)) != nullptr);
}

Value* attr_by_path(Reader& reader, Arguments given) {
    Value* here = given[2].value;
    for (const Item& name : reader.items_of(given[0].value)) {
        here = here == nullptr ? nullptr : reader.member(here, reader.text_of(name.value));
    }
    return here == nullptr ? given[1].value : here;
}

} // namespace

void add_set_functions(Library& library) {
    library.insert({{"attrNames", {1, attr_names}},
                    {"attrValues", {1, attr_values}},
                    {"mapAttrs", {2, map_attrs}},
                    {"mapAttrsToList", {2, map_attrs_to_list}},
                    {"mapAttrs'", {2, map_attrs_pairs}},
                    {"nameValuePair", {2, name_value_pair}},
                    {"listToAttrs", {1, list_to_attrs}},
                    {"genAttrs", {2, gen_attrs}},
                    {"genAttrs'", {2, gen_attrs_of_pairs}},
                    {"filterAttrs", {2, filter_attrs}},
                    {"removeAttrs", {2, remove_attrs}},
                    {"optionalAttrs", {2, optional_attrs}},
                    {"recursiveUpdate", {2, recursive_update}},
                    {"mergeAttrsList", {1, merge_attrs}},
                    {"mergeAttrs", {2, merge_two}},
                    {"concatMapAttrs", {2, concat_map_attrs}},
                    {"attrsToList", {1, attrs_to_list}},
                    {"getAttr", {2, get_attr}},
                    {"hasAttr", {2, has_attr}},
                    {"attrByPath", {3, attr_by_path}}});
}

} // namespace agentd::proposals::map
