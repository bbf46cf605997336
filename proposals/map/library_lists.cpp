// Functions on lists.
#include "proposals/map/library.hpp"

#include <algorithm>

namespace agentd::proposals::map {

using Kind = Value::Kind;

namespace {

Value* mapped(Reader& reader, Arguments given) {
    bool maybe = false;
    std::vector<Item> out;
    for (const Item& item : reader.items_of(given[1].value, &maybe)) {
        out.push_back({.value = reader.call_later(given[0].value, {item}), .maybe = item.maybe});
    }
    return reader.list(std::move(out), maybe);
}

Value* for_each(Reader& reader, Arguments given) {
    const Item turned[] = {given[1], given[0]};
    return mapped(reader, turned);
}

/// What a condition leaves open may be in it.
Value* filtered(Reader& reader, Arguments given) {
    bool maybe = false;
    std::vector<Item> out;
    for (const Item& item : reader.items_of(given[1].value, &maybe)) {
        const Value* keep = reader.force(reader.apply(given[0].value, item.value));
        if (keep->kind != Kind::boolean || keep->truth) {
            out.push_back(
                {.value = item.value, .maybe = item.maybe || keep->kind != Kind::boolean});
        }
    }
    return reader.list(std::move(out), maybe);
}

void flatten_into(Reader& reader, const Item& item, std::vector<Item>& out, bool& maybe, int deep) {
    Value* value = reader.force(item.value);
    if (value->kind != Kind::list || deep > 20) {
        out.push_back(item);
        return;
    }
    maybe = maybe || value->maybe;
    for (const Item& inner : value->items) {
        flatten_into(reader, {.value = inner.value, .maybe = inner.maybe || item.maybe}, out, maybe,
                     deep + 1);
    }
}

Value* flatten(Reader& reader, Arguments given) {
    bool maybe = false;
    std::vector<Item> out;
    flatten_into(reader, given[0], out, maybe, 0);
    return reader.list(std::move(out), maybe);
}

Value* concat_lists(Reader& reader, Arguments given) {
    bool maybe = false;
    std::vector<Item> out;
    for (const Item& list : reader.items_of(given[0].value, &maybe)) {
        for (const Item& item : reader.items_of(list.value, &maybe)) {
            out.push_back({.value = item.value, .maybe = item.maybe || list.maybe});
        }
    }
    return reader.list(std::move(out), maybe);
}

Value* concat_map(Reader& reader, Arguments given) {
    const Item lists[] = {{.value = mapped(reader, given)}};
    return concat_lists(reader, lists);
}

Value* optionals(Reader& reader, Arguments given) {
    const Value* condition = reader.force(given[0].value);
    if (condition->kind == Kind::boolean && !condition->truth) {
        return reader.list({});
    }
    bool maybe = false;
    auto items = reader.items_of(given[1].value, &maybe);
    for (Item& item : items) {
        item.maybe = item.maybe || condition->kind != Kind::boolean;
    }
    return reader.list(std::move(items), maybe);
}

Value* optional(Reader& reader, Arguments given) {
    const Item as_list[] = {given[0], {.value = reader.list({given[1]})}};
    return optionals(reader, as_list);
}

Value* singleton(Reader& reader, Arguments given) {
    return reader.list({given[0]});
}

Value* to_list(Reader& reader, Arguments given) {
    return reader.force(given[0].value)->kind == Kind::list ? given[0].value
                                                            : reader.list({given[0]});
}

Value* length(Reader& reader, Arguments given) {
    bool maybe = false;
    const auto items = reader.items_of(given[0].value, &maybe);
    Value* out = reader.make(maybe ? Kind::unknown : Kind::integer);
    out->number = static_cast<std::int64_t>(items.size());
    return out;
}

Value* at(Reader& reader, const Value* list, std::int64_t index) {
    const auto size = static_cast<std::int64_t>(list->items.size());
    return list->kind != Kind::list || list->maybe || index < 0 || index >= size
               ? reader.unknown()
               : list->items[static_cast<std::size_t>(index)].value;
}

Value* element_at(Reader& reader, Arguments given) {
    const Value* index = reader.force(given[1].value);
    return index->kind == Kind::integer ? at(reader, reader.force(given[0].value), index->number)
                                        : reader.unknown();
}

Value* head(Reader& reader, Arguments given) {
    return at(reader, reader.force(given[0].value), 0);
}

Value* last(Reader& reader, Arguments given) {
    const Value* list = reader.force(given[0].value);
    return at(reader, list, static_cast<std::int64_t>(list->items.size()) - 1);
}

Value* tail(Reader& reader, Arguments given) {
    bool maybe = false;
    auto items = reader.items_of(given[0].value, &maybe);
    if (!items.empty()) {
        items.erase(items.begin());
    }
    return reader.list(std::move(items), maybe);
}

Value* element(Reader& reader, Arguments given) {
    bool maybe = false;
    const Value* wanted = reader.force(given[0].value);
    for (const Item& item : reader.items_of(given[1].value, &maybe)) {
        const Value* one = reader.force(item.value);
        const bool told = one->kind == Kind::text || one->kind == Kind::integer;
        maybe = maybe || !told;
        if (told && one->kind == wanted->kind && one->text == wanted->text &&
            one->number == wanted->number) {
            return reader.boolean(true);
        }
    }
    return maybe || wanted->kind != Kind::text ? reader.unknown() : reader.boolean(false);
}

Value* fold_left(Reader& reader, Arguments given) {
    Value* here = given[1].value;
    for (const Item& item : reader.items_of(given[2].value)) {
        here = reader.apply(reader.apply(given[0].value, here), item.value);
    }
    return here;
}

Value* fold_right(Reader& reader, Arguments given) {
    auto items = reader.items_of(given[2].value);
    std::reverse(items.begin(), items.end());
    Value* here = given[1].value;
    for (const Item& item : items) {
        here = reader.apply(reader.apply(given[0].value, item.value), here);
    }
    return here;
}

Value* range(Reader& reader, Arguments given) {
    const Value* low = reader.force(given[0].value);
    const Value* high = reader.force(given[1].value);
    std::vector<Item> out;
    if (low->kind != Kind::integer || high->kind != Kind::integer) {
        return reader.list({}, true);
    }
    for (std::int64_t i = low->number; i <= high->number && out.size() < 1000; ++i) {
        Value* number = reader.make(Kind::integer);
        number->number = i;
        out.push_back({.value = number});
    }
    return reader.list(std::move(out));
}

/// The same elements, whatever it does with them.
Value* as_it_is(Reader&, Arguments given) {
    return given.back().value;
}

} // namespace

void add_list_functions(Library& library) {
    library.insert({{"map", {2, mapped}},
                    {"forEach", {2, for_each}},
                    {"filter", {2, filtered}},
                    {"flatten", {1, flatten}},
                    {"concatLists", {1, concat_lists}},
                    {"concatMap", {2, concat_map}},
                    {"optionals", {2, optionals}},
                    {"optional", {2, optional}},
                    {"singleton", {1, singleton}},
                    {"toList", {1, to_list}},
                    {"length", {1, length}},
                    {"elemAt", {2, element_at}},
                    {"head", {1, head}},
                    {"last", {1, last}},
                    {"tail", {1, tail}},
                    {"elem", {2, element}},
                    {"foldl'", {3, fold_left}},
                    {"foldl", {3, fold_left}},
                    {"foldr", {3, fold_right}},
                    {"fold", {3, fold_right}},
                    {"range", {2, range}},
                    {"unique", {1, as_it_is}},
                    {"reverseList", {1, as_it_is}},
                    {"sort", {2, as_it_is}},
                    {"naturalSort", {1, as_it_is}}});
}

} // namespace agentd::proposals::map
