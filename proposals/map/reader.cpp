#include "proposals/map/reader.hpp"

#include "proposals/map/evaluation.hpp"

#include <algorithm>

namespace agentd::proposals::map {

using Kind = Value::Kind;

Reader::Reader(Files& files) : Reader(files, Bounds{}) {}

Value* Reader::make(Kind kind) {
    // What is begun is brought to its end with values of its own; nothing else is begun.
    exhausted_ = exhausted_ || values_.size() >= bounds_.values;
    Value& made = values_.emplace_back();
    made.kind = kind;
    return &made;
}

bool Reader::hold(std::size_t amount) {
    held_ += amount;
    exhausted_ = exhausted_ || held_ > bounds_.held;
    return !exhausted_;
}

Value* Reader::outside(std::string name) {
    Value* out = make(Kind::outside);
    out->text = name.size() > 500 ? "…" : std::move(name);
    return out;
}

Value* Reader::text(std::string text) {
    Value* out = make(Kind::text);
    out->text = text.size() > bounds_.text ? std::string(1, hole) : std::move(text);
    return out;
}

Value* Reader::path(std::string path) {
    if (path.size() > bounds_.text) {
        return unknown();
    }
    Value* out = make(Kind::path);
    out->text = std::move(path);
    return out;
}

Value* Reader::boolean(bool truth) {
    Value* out = make(Kind::boolean);
    out->truth = truth;
    return out;
}

Value* Reader::list(std::vector<Item> items, bool maybe) {
    if (!hold(items.size())) {
        return make(Kind::unknown);
    }
    Value* out = make(Kind::list);
    out->items = std::move(items);
    out->maybe = maybe;
    return out;
}

Value* Reader::later(const SourceFile& file, nix::NodeId node, Scope* scope) {
    Value* out = make(Kind::waiting);
    out->file = &file;
    out->node = node;
    out->scope = scope;
    return out;
}

Value* Reader::call_later(Value* function, std::vector<Item> arguments) {
    Value* out = make(Kind::waiting);
    out->items = std::move(arguments);
    out->items.insert(out->items.begin(), {.value = function});
    return out;
}

Value* Reader::lazily(std::function<Value*()> maker) {
    Value* out = make(Kind::waiting);
    makers_.push_back(std::move(maker));
    out->number = static_cast<std::int64_t>(makers_.size());
    return out;
}

/// What somebody waits for: a member that is inherited, a call, or an expression.
Value* Reader::made(const Value& waiting) {
    if (waiting.rest != nullptr) {
        return member(waiting.rest, waiting.text);
    }
    if (!waiting.items.empty()) {
        const auto items = waiting.items;
        Value* here = items.front().value;
        for (std::size_t i = 1; i < items.size(); ++i) {
            here = apply(here, items[i].value);
        }
        return here;
    }
    if (waiting.number > 0) {
        return makers_[static_cast<std::size_t>(waiting.number) - 1]();
    }
    return waiting.file == nullptr
               ? nullptr
               : Evaluation{.reader = *this, .file = *waiting.file, .scope = waiting.scope}.of(
                     waiting.node);
}

Scope* Reader::scope(Scope* up) {
    Scope& made = scopes_.emplace_back();
    made.up = up;
    return &made;
}

bool Reader::spend() {
    exhausted_ = exhausted_ || ++steps_ > bounds_.steps;
    return !exhausted_;
}

Value* Reader::force(Value* value) {
    if (value->kind == Kind::alias) {
        return value->rest;
    }
    if (value->kind == Kind::working) {
        return unknown(); // it needs itself
    }
    if (value->kind != Kind::waiting) {
        return value;
    }
    if (depth_ >= bounds_.depth || !spend()) {
        return unknown();
    }
    value->kind = Kind::working;
    ++depth_;
    Value* came = made(*value);
    Value* told = force(came == nullptr ? unknown() : came);
    --depth_;
    if (told->kind == Kind::working) {
        *value = Value{};
        return value;
    }
    value->kind = Kind::alias;
    value->rest = told;
    return told;
}

Value* Reader::member(Value* value, const std::string& name) {
    value = force(value);
    if (value->kind == Kind::set) {
        if (const auto found = value->attrs.find(name); found != value->attrs.end()) {
            return found->second;
        }
        if (value->rest != nullptr) {
            return member(value->rest, name);
        }
        return value->maybe ? unknown() : nullptr;
    }
    if (value->kind == Kind::outside) {
        const std::string whole = value->text.empty() ? name : value->text + "." + name;
        if (whole == "config.networking.hostName" && !host.empty()) {
            return text(host);
        }
        return outside(whole);
    }
    if (value->kind == Kind::flake) {
        if (name == "outPath" || name == "sourceInfo") {
            return path(flake_folder);
        }
        if (name == "outputs") {
            return value;
        }
        if (name == "inputs" && inputs != nullptr) {
            return inputs;
        }
        Value* found = outputs == nullptr ? nullptr : member(outputs, name);
        return found == nullptr ? outside("self." + name) : found;
    }
    return unknown();
}

Value* Reader::apply(Value* function, Value* argument) {
    function = force(function);
    if (depth_ >= bounds_.depth || !spend()) {
        return unknown();
    }
    if (function->kind == Kind::function) {
        ++depth_;
        Value* out =
            Evaluation{.reader = *this, .file = *function->file, .scope = function->scope}.call(
                *function, argument);
        out = force(out);
        --depth_;
        return out;
    }
    if (function->kind == Kind::set) {
        Value* self = member(function, "__functor");
        return self == nullptr ? unknown() : apply(apply(self, function), argument);
    }
    if (function->kind != Kind::outside && function->kind != Kind::applied) {
        return unknown();
    }
    const Known* known = known_function(function->text);
    if (known == nullptr) {
        return outside(function->text + " …");
    }
    Value* out = make(Kind::applied);
    out->text = function->text;
    out->items = function->items;
    out->items.push_back({.value = argument});
    if (out->items.size() < known->arguments) {
        return out;
    }
    ++depth_;
    Value* came = force(known->call(*this, out->items));
    --depth_;
    if (came->kind == Kind::system && came->text.empty()) {
        came->text = function->text;
    }
    return came;
}

} // namespace agentd::proposals::map
