// What sets, lists and texts hold, and what two of them are together.
#include "proposals/map/reader.hpp"

#include <algorithm>

namespace agentd::proposals::map {

using Kind = Value::Kind;

std::vector<std::string> Reader::names_of(Value* set) {
    std::vector<std::string> out;
    for (int deep = 0; set != nullptr && deep < 50; ++deep) {
        set = force(set);
        if (set->kind == Kind::flake && outputs != nullptr) {
            set = force(outputs);
        }
        for (const auto& [name, value] : set->attrs) {
            out.push_back(name);
        }
        set = set->kind == Kind::set ? set->rest : nullptr;
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::vector<Item> Reader::items_of(Value* list, bool* maybe) {
    list = force(list);
    const bool known = list->kind == Kind::list;
    if (maybe != nullptr && (!known || list->maybe)) {
        *maybe = true;
    }
    return known ? list->items : std::vector<Item>{};
}

std::string Reader::text_of(Value* value) {
    value = force(value);
    if (value->kind == Kind::text || value->kind == Kind::path) {
        return value->text;
    }
    return value->kind == Kind::integer ? std::to_string(value->number) : std::string(1, hole);
}

Value* Reader::update(Value* left, Value* right) {
    left = force(left);
    right = force(right);
    if (left->kind == Kind::system) { // `nixosSystem { … } // { … }`
        return left;
    }
    if (right->kind != Kind::set) {
        if (left->kind != Kind::set) {
            return right->kind == Kind::outside  ? right
                   : left->kind == Kind::outside ? left
                                                 : unknown();
        }
        Value* out = make(Kind::set);
        *out = *left;
        out->maybe = true;
        return out;
    }
    if (!hold(left->attrs.size() + right->attrs.size())) {
        return unknown();
    }
    Value* out = make(Kind::set);
    *out = *right;
    if (left->kind == Kind::set) {
        out->attrs.insert(left->attrs.begin(), left->attrs.end());
        out->maybe = left->maybe || right->maybe;
        if (left->rest != nullptr && right->rest == nullptr) {
            out->rest = left->rest;
        }
    } else if (right->rest == nullptr) {
        out->rest = left->kind == Kind::outside || left->kind == Kind::flake ? left : nullptr;
        out->maybe = true;
    }
    return out;
}

Value* Reader::either(Value* one, Value* other) {
    one = force(one);
    other = force(other);
    if (one->kind == Kind::list && other->kind == Kind::list) {
        std::vector<Item> items = one->items;
        items.insert(items.end(), other->items.begin(), other->items.end());
        for (Item& item : items) {
            item.maybe = true;
        }
        return list(std::move(items), true);
    }
    if (one->kind == Kind::set && other->kind == Kind::set) {
        Value* out = update(other, one);
        out->maybe = true;
        return out;
    }
    const bool same = one->kind == other->kind && one->text == other->text &&
                      (one->kind == Kind::text || one->kind == Kind::path);
    const auto holds = [](const Value* value) {
        return value->kind == Kind::set || value->kind == Kind::list;
    };
    if (same || holds(one)) {
        return one;
    }
    return holds(other) ? other : unknown();
}

} // namespace agentd::proposals::map
