#include "proposals/map/walk.hpp"

#include "proposals/map/merge.hpp"

#include <algorithm>
#include <memory>

namespace agentd::proposals::map {

using Kind = Value::Kind;
using nix::NodeKind;

namespace {

constexpr std::size_t deepest = 100;
constexpr std::size_t most_files = 5000;

} // namespace

Value* Walk::arguments_with(Value* given) const {
    Value* out = reader_.make(Kind::set);
    if (given != nullptr && reader_.force(given)->kind == Kind::set) {
        out->attrs = reader_.force(given)->attrs;
    }
    Value* flake = reader_.make(Kind::flake);
    for (const char* name : {"self", "outputs"}) {
        out->attrs.emplace(name, flake);
    }
    if (reader_.inputs != nullptr) {
        out->attrs.emplace("inputs", reader_.inputs);
    }
    if (reader_.extended_lib != nullptr) { // nixosSystem hands its own lib on
        out->attrs.emplace("lib", reader_.extended_lib);
    }
    for (const char* name : {"lib", "pkgs"}) { // made of inputs, however that is done
        const auto given_one = out->attrs.find(name);
        if (given_one != out->attrs.end() &&
            reader_.force(given_one->second)->kind == Kind::unknown) {
            given_one->second = reader_.outside(name);
        }
    }
    out->rest = reader_.outside("");
    return out;
}

void Walk::system(Value* modules, Value* arguments) {
    arguments_ = arguments_with(arguments);
    into_ = &host_.modules;
    all(modules, {});
    Value* special = reader_.make(Kind::set);
    for (Value* more : home_arguments_) {
        special = reader_.update(special, more);
    }
    const auto homes = std::move(homes_);
    homes_.clear();
    arguments_ = arguments_with(special);
    for (const Home& home : homes) {
        seen_.clear();
        into_ = &host_.homes[home.user];
        user_ = home.user;
        for (std::size_t i = 0; i < into_->size(); ++i) {
            seen_[(*into_)[i].file] = i;
        }
        module(home.module, home.from);
    }
}

void Walk::home(Value* modules, Value* arguments, const std::string& user) {
    arguments_ = arguments_with(arguments);
    into_ = &host_.homes[user];
    user_ = user;
    all(modules, {});
}

Value* Walk::parts(Value* module, Value* arguments) {
    of_parts_ = true;
    arguments_ = arguments_with(arguments);
    auto made = std::make_shared<Value*>(nullptr);
    Value* config = reader_.lazily([made] { return *made; });
    arguments_->attrs["config"] = config;
    arguments_->attrs["den"] = reader_.lazily([reader = &reader_, config] {
        Value* den = reader->member(config, "den");
        return den == nullptr ? reader->outside("den") : den;
    });
    into_ = &host_.modules;
    this->module(module, {});
    Merge merge(reader_);
    *made = merge.configuration(bodies_, merge.flake_options());
    return *made;
}

void Walk::all(Value* modules, const From& from) {
    bool maybe = false;
    for (const Item& item : reader_.items_of(modules, &maybe)) {
        From here = from;
        here.maybe = from.maybe || item.maybe;
        module(item.value, here);
    }
    if (maybe) {
        const Value* part = modules; // the operand that cannot be told
        for (int deep = 0; deep < 20 && part != nullptr; ++deep) {
            const Value* told = reader_.force(const_cast<Value*>(part));
            if (told->kind != Kind::list || told->rest == nullptr) {
                break;
            }
            part = told->rest;
        }
        lost(*part, from, "a part of the imports cannot be told");
    }
}

void Walk::lost(const Value& value, const From& from, const std::string& why) {
    std::string text = said_at(value, from.file, why);
    auto& all = host_.unresolved;
    if (all.size() < 200 && std::find(all.begin(), all.end(), text) == all.end()) {
        all.push_back(std::move(text));
    }
}

bool Walk::is_whole_file(const Value& value) const {
    if (value.file == nullptr) {
        return false;
    }
    const nix::Tree& tree = value.file->tree;
    for (nix::NodeId node = tree.root(); node != nix::no_node; node = tree.last(node)) {
        if (node == value.node) {
            return true;
        }
        const NodeKind kind = tree.kind(node);
        if (kind != NodeKind::lambda && kind != NodeKind::let_in && kind != NodeKind::with &&
            kind != NodeKind::assertion && kind != NodeKind::paren) {
            return false;
        }
    }
    return false;
}

void Walk::path(const Value& written, const Value& value, const From& from) {
    const auto files = reader_.files_for(value.text);
    for (const std::string& path : files) {
        From here = from;
        here.maybe = from.maybe || files.size() > 1;
        file(path, reader_.import_file(path), here);
    }
    if (files.empty()) {
        lost(written, from, "there is no file " + shown(value.text));
    }
}

void Walk::written_here(Value* value, const From& from) {
    if (is_whole_file(*value)) {
        file(value->file->path, value, {from.file, from.distance, from.maybe, true});
    } else if (inline_.insert(value).second) {
        From here = from;
        here.file = value->file != nullptr ? value->file->path : from.file;
        if (!here.file.empty() && found_inside(*value, here)) {
            ++here.distance;
        }
        body(value, here);
    }
}

bool Walk::found_inside(const Value& value, const From& at) {
    auto names = value.file == nullptr ? std::vector<std::string>{} : names_above(value);
    if (names.empty()) {
        host_.inlined[user_].insert(at.file);
        return false;
    }
    host_.inside[user_].push_back(
        {.file = at.file, .prefix = std::move(names), .distance = at.distance, .maybe = at.maybe});
    return true;
}

void Walk::module(Value* given, const From& from) {
    const Value written = *given; // where it stands, before it is something else
    Value* value = reader_.force(given);
    if (!reader_.hold(1)) { // what holds itself twice has no end
        return lost(*given, from, "not followed, the repository is too large");
    }
    if (deep_ > deepest) {
        return;
    }
    ++deep_;
    const Kind kind = value->kind;
    if (kind == Kind::path) {
        path(written, *value, from);
    } else if (kind == Kind::set || kind == Kind::function) {
        written_here(value, from);
    } else if (kind == Kind::list) {
        all(value, from);
    } else if (kind == Kind::merge) {
        for (const Item& item : value->items) {
            module(item.value, from);
        }
    } else if (kind == Kind::outside || kind == Kind::text) {
        const std::string name = shown(value->text);
        if (std::find(host_.outside.begin(), host_.outside.end(), name) == host_.outside.end()) {
            host_.outside.push_back(name);
        }
    } else if (kind != Kind::null) {
        lost(written, from, "a module cannot be told");
    }
    --deep_;
}

void Walk::file(const std::string& path, Value* said, const From& from) {
    const auto known = seen_.find(path);
    if (known != seen_.end()) {
        ModuleUse& use = (*into_)[known->second];
        use.maybe = use.maybe && from.maybe;
        use.by_value = use.by_value && from.by_value;
        use.distance = std::min(use.distance, from.distance);
        if (use.by != from.file) {
            use.also_by.push_back(from.file);
        }
        return;
    }
    if (into_->size() >= most_files) {
        return;
    }
    seen_[path] = into_->size();
    into_->push_back({.file = path,
                      .by = from.file,
                      .distance = from.distance,
                      .maybe = from.maybe,
                      .by_value = from.by_value});
    body(said, {.file = path, .distance = from.distance + 1, .maybe = from.maybe});
}

void Walk::body(Value* value, const From& from) {
    value = reader_.force(value);
    for (int curried = 0; value->kind == Kind::function && curried < 4; ++curried) {
        value = reader_.force(reader_.apply(value, arguments_));
    }
    if (value->kind != Kind::set && value->kind != Kind::merge) {
        return lost(*value, from, "what it says cannot be told");
    }
    if (of_parts_) {
        bodies_.push_back(value);
    }
    std::vector<Value*> imports;
    collect(reader_, value, {"imports"}, imports);
    for (Value* list : imports) {
        all(list, from);
    }
    if (!of_parts_ && into_ == &host_.modules) {
        homes_of(value, from);
    }
}

void Walk::homes_of(Value* body, const From& from) {
    std::vector<Value*> found;
    collect(reader_, body, {"home-manager", "users"}, found);
    for (Value* users : found) {
        for (const std::string& user : reader_.names_of(users)) {
            Value* module = reader_.member(users, user);
            if (module != nullptr) {
                homes_.push_back({.user = shown(user), .module = module, .from = from});
            }
        }
    }
    found.clear();
    collect(reader_, body, {"home-manager", "sharedModules"}, found);
    for (Value* shared : found) {
        for (const Item& item : reader_.items_of(shared)) {
            homes_.push_back({.user = "*", .module = item.value, .from = from});
        }
    }
    collect(reader_, body, {"home-manager", "extraSpecialArgs"}, home_arguments_);
}

} // namespace agentd::proposals::map
