// Functions that put sets and lists together in ways of their own.
#include "proposals/map/library.hpp"

#include <algorithm>

namespace agentd::proposals::map {

using Kind = Value::Kind;

namespace {

constexpr int deepest = 30;

/// The values that several sets have for each name.
std::map<std::string, std::vector<Item>> columns(Reader& reader, Value* sets, bool& maybe) {
    std::map<std::string, std::vector<Item>> out;
    for (const Item& item : reader.items_of(sets, &maybe)) {
        const Value* set = reader.force(item.value);
        maybe = maybe || set->kind != Kind::set || set->maybe;
        for (const std::string& name : reader.names_of(item.value)) {
            Value* value = reader.member(item.value, name);
            out[name].push_back(
                {.value = value == nullptr ? reader.unknown() : value, .maybe = item.maybe});
        }
    }
    return out;
}

Value* zip_with(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::set);
    for (auto& [name, values] : columns(reader, given[1].value, out->maybe)) {
        out->attrs[name] = reader.call_later(
            given[0].value,
            {{.value = reader.text(name)}, {.value = reader.list(std::move(values), out->maybe)}});
    }
    return out;
}

Value* zip_with_names(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::set);
    auto all = columns(reader, given[2].value, out->maybe);
    for (const Item& item : reader.items_of(given[0].value, &out->maybe)) {
        const std::string name = reader.text_of(item.value);
        out->attrs[name] = reader.call_later(
            given[1].value, {{.value = reader.text(name)}, {.value = reader.list(all[name])}});
    }
    return out;
}

Value* zip(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::set);
    for (auto& [name, values] : columns(reader, given[0].value, out->maybe)) {
        out->attrs[name] = reader.list(std::move(values), out->maybe);
    }
    return out;
}

/// `foldAttrs (one: rest: …) first [ sets ]`: from the last to the first.
Value* fold_attrs(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::set);
    for (auto& [name, values] : columns(reader, given[2].value, out->maybe)) {
        Value* here = given[1].value;
        for (auto at = values.rbegin(); at != values.rend(); ++at) {
            here = reader.call_later(given[0].value, {*at, {.value = here}});
        }
        out->attrs[name] = here;
    }
    return out;
}

Value* fold_set(Reader& reader, Arguments given) {
    Value* here = given[1].value;
    for (const std::string& name : reader.names_of(given[2].value)) {
        Value* value = reader.member(given[2].value, name);
        Value* named = reader.apply(reader.apply(given[0].value, here), reader.text(name));
        here = reader.apply(named, value == nullptr ? reader.unknown() : value);
    }
    return here;
}

Value* map_deep(Reader& reader, Value* function, Value* set, std::vector<Item>& path) {
    Value* out = reader.make(Kind::set);
    out->maybe = reader.force(set)->maybe;
    for (const std::string& name : reader.names_of(set)) {
        Value* value = reader.member(set, name);
        path.push_back({.value = reader.text(name)});
        const bool inner = value != nullptr && path.size() < deepest && reader.hold(1) &&
                           reader.force(value)->kind == Kind::set;
        out->attrs[name] =
            inner ? map_deep(reader, function, value, path)
                  : reader.call_later(function, {{.value = reader.list(path)}, {.value = value}});
        path.pop_back();
    }
    return out;
}

Value* map_recursive(Reader& reader, Arguments given) {
    std::vector<Item> path;
    return map_deep(reader, given[0].value, given[1].value, path);
}

void collect_into(Reader& reader, Value* wanted, const Item& item, std::vector<Item>& out,
                  int deep) {
    const Value* is = reader.force(reader.apply(wanted, item.value));
    const bool told = is->kind == Kind::boolean;
    if (told && is->truth) {
        out.push_back(item);
    } else if (reader.force(item.value)->kind == Kind::set && deep < deepest && reader.hold(1)) {
        for (const std::string& name : reader.names_of(item.value)) {
            collect_into(reader, wanted, {.value = reader.member(item.value, name)}, out, deep + 1);
        }
    } else if (!told) {
        out.push_back({.value = item.value, .maybe = true});
    }
}

Value* collect(Reader& reader, Arguments given) {
    std::vector<Item> out;
    collect_into(reader, given[0].value, given[1], out, 0);
    return reader.list(std::move(out));
}

/// Whether there is one (or whether all are so), where that is certain.
Value* is_one(Reader& reader, Arguments given, bool wanted) {
    bool open = false;
    for (const Item& item : reader.items_of(given[1].value, &open)) {
        const Value* is = reader.force(reader.apply(given[0].value, item.value));
        if (is->kind == Kind::boolean && is->truth == wanted && !item.maybe) {
            return reader.boolean(wanted);
        }
        open = open || is->kind != Kind::boolean;
    }
    return open ? reader.unknown() : reader.boolean(!wanted);
}

Value* any(Reader& reader, Arguments given) {
    return is_one(reader, given, true);
}

Value* every(Reader& reader, Arguments given) {
    return is_one(reader, given, false);
}

Value* find_first(Reader& reader, Arguments given) {
    bool open = false;
    for (const Item& item : reader.items_of(given[2].value, &open)) {
        const Value* is = reader.force(reader.apply(given[0].value, item.value));
        if (is->kind != Kind::boolean || item.maybe) {
            return reader.unknown();
        }
        if (is->truth) {
            return item.value;
        }
    }
    return open ? reader.unknown() : given[1].value;
}

Value* partition(Reader& reader, Arguments given) {
    bool open = false;
    std::vector<Item> right;
    std::vector<Item> wrong;
    for (const Item& item : reader.items_of(given[1].value, &open)) {
        const Value* is = reader.force(reader.apply(given[0].value, item.value));
        const bool told = is->kind == Kind::boolean;
        const Item here{.value = item.value, .maybe = item.maybe || !told};
        if (!told || is->truth) {
            right.push_back(here);
        }
        if (!told || !is->truth) {
            wrong.push_back(here);
        }
    }
    Value* out = reader.make(Kind::set);
    out->attrs = {{"right", reader.list(std::move(right), open)},
                  {"wrong", reader.list(std::move(wrong), open)}};
    return out;
}

Value* group_by(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::set);
    std::map<std::string, std::vector<Item>> groups;
    for (const Item& item : reader.items_of(given[1].value, &out->maybe)) {
        const std::string name = reader.text_of(reader.apply(given[0].value, item.value));
        if (name.find(hole) == std::string::npos) {
            groups[name].push_back(item);
        } else {
            out->maybe = true;
        }
    }
    for (auto& [name, items] : groups) {
        out->attrs[name] = reader.list(std::move(items));
    }
    return out;
}

template <int first> Value* indexed(Reader& reader, Arguments given) {
    bool maybe = false;
    std::vector<Item> out;
    for (const Item& item : reader.items_of(given[1].value, &maybe)) {
        Value* index = reader.make(Kind::integer);
        index->number = first + static_cast<std::int64_t>(out.size());
        out.push_back({.value = reader.call_later(given[0].value, {{.value = index}, item}),
                       .maybe = item.maybe});
    }
    return reader.list(std::move(out), maybe);
}

template <bool take> Value* part(Reader& reader, Arguments given) {
    bool maybe = false;
    auto items = reader.items_of(given[1].value, &maybe);
    const Value* count = reader.force(given[0].value);
    if (count->kind != Kind::integer) {
        return reader.list(std::move(items), true);
    }
    const auto size = static_cast<std::int64_t>(items.size());
    const auto at = items.begin() + std::clamp<std::int64_t>(count->number, 0, size);
    return reader.list(
        take ? std::vector<Item>(items.begin(), at) : std::vector<Item>(at, items.end()), maybe);
}

Value* subtract(Reader& reader, Arguments given) {
    std::set<std::string> gone;
    bool maybe = false;
    for (const Item& item : reader.items_of(given[0].value, &maybe)) {
        gone.insert(reader.text_of(item.value));
    }
    auto items = reader.items_of(given[1].value, &maybe);
    items.erase(std::remove_if(
                    items.begin(), items.end(),
                    [&](const Item& item) { return gone.count(reader.text_of(item.value)) > 0; }),
                items.end());
    return reader.list(std::move(items), maybe);
}

Value* values_of(Reader& reader, Arguments given) {
    bool maybe = false;
    const std::string name = reader.text_of(given[0].value);
    std::vector<Item> out;
    for (const Item& item : reader.items_of(given[1].value, &maybe)) {
        if (Value* value = reader.member(item.value, name); value != nullptr) {
            out.push_back({.value = value, .maybe = item.maybe});
        }
    }
    return reader.list(std::move(out), maybe);
}

} // namespace

void add_folds(Library& library) {
    library.insert({{"zipAttrsWith", {2, zip_with}},
                    {"zipAttrsWithNames", {3, zip_with_names}},
                    {"zipAttrs", {1, zip}},
                    {"foldAttrs", {3, fold_attrs}},
                    {"foldlAttrs", {3, fold_set}},
                    {"mapAttrsRecursive", {2, map_recursive}},
                    {"collect", {2, collect}},
                    {"any", {2, any}},
                    {"all", {2, every}},
                    {"findFirst", {3, find_first}},
                    {"partition", {2, partition}},
                    {"groupBy", {2, group_by}},
                    {"imap0", {2, indexed<0>}},
                    {"imap1", {2, indexed<1>}},
                    {"take", {2, part<true>}},
                    {"drop", {2, part<false>}},
                    {"subtractLists", {2, subtract}},
                    {"catAttrs", {2, values_of}}});
}

} // namespace agentd::proposals::map
