// Selections, calls, operators and conditions.
#include "proposals/map/evaluation.hpp"

#include "proposals/nix/names.hpp"

namespace agentd::proposals::map {

using Kind = Value::Kind;
using nix::no_node;
using nix::NodeId;
using nix::NodeKind;
using nix::TokenKind;

Value* Evaluation::select(NodeId node) {
    const nix::Tree& tree = file.tree;
    const auto parts = tree.children(node);
    Value* here = waiting(parts[0]);
    const NodeId otherwise = parts.size() > 2 ? parts[2] : no_node;
    for (const NodeId attr : tree.children(parts[1])) {
        const auto key = name(attr, scope);
        here = key && key->find(hole) == std::string::npos ? reader.member(here, *key)
                                                           : reader.unknown();
        const bool open =
            here != nullptr && otherwise != no_node && reader.force(here)->kind == Kind::unknown;
        if (here == nullptr || open) {
            return otherwise == no_node ? reader.unknown() : waiting(otherwise);
        }
    }
    return here;
}

Value* Evaluation::has(NodeId node) {
    const nix::Tree& tree = file.tree;
    Value* here = waiting(tree.first(node));
    for (const NodeId attr : tree.children(tree[tree.first(node)].next)) {
        const auto key = name(attr, scope);
        if (!key || reader.force(here)->kind != Kind::set) {
            return reader.unknown();
        }
        here = reader.member(here, *key);
        if (here == nullptr) {
            return reader.boolean(false);
        }
    }
    const Kind kind = reader.force(here)->kind;
    return kind == Kind::unknown || kind == Kind::outside ? reader.unknown() : reader.boolean(true);
}

namespace {

/// `x` or `….x`.
bool is_called(std::string_view text, std::string_view name) {
    return text.ends_with(name) &&
           (text.size() == name.size() || text[text.size() - name.size() - 1] == '.');
}

/// The module system is entered by few names; a repository may bring a lib of its own, or take
/// one from inputs that it changes in ways that cannot be told.
std::string_view enters_modules(Reader& reader, const nix::Tree& tree, NodeId node,
                                Value* function) {
    const std::string_view text = tree.text(node);
    if (is_called(text, "evalModules")) {
        return "evalModules";
    }
    for (const std::string_view name :
         {"nixosSystem", "darwinSystem", "homeManagerConfiguration"}) {
        if (is_called(text, name) && reader.force(function)->kind == Kind::unknown) {
            return name;
        }
    }
    return {};
}

} // namespace

Value* Evaluation::apply(NodeId node) {
    const auto parts = file.tree.children(node);
    Value* function = waiting(parts[0]);
    const auto entry = parts.size() == 2 ? enters_modules(reader, file.tree, parts[0], function)
                                         : std::string_view();
    if (!entry.empty()) {
        Value* argument = reader.force(waiting(parts[1]));
        if (argument->kind == Kind::set && reader.member(argument, "modules") != nullptr) {
            Value* system = reader.make(Kind::system);
            system->text = entry;
            system->rest = argument;
            return system;
        }
    }
    for (std::size_t i = 1; i < parts.size(); ++i) {
        function = reader.apply(function, waiting(parts[i]));
    }
    return function;
}

Value* Evaluation::call(const Value& function, Value* argument) {
    const nix::Tree& tree = file.tree;
    const NodeId head = tree.first(function.node);
    Scope* inner = reader.scope(scope);
    const NodeId body = tree.last(function.node);
    if (tree.kind(head) == NodeKind::identifier) {
        inner->names.emplace(tree.text(head), argument);
        return reader.later(file, body, inner);
    }
    for (const NodeId item : tree.children(head)) {
        const auto key = tree.text(tree.tokens()[tree[item].first_token]);
        if (tree.kind(item) == NodeKind::binder) {
            inner->names.emplace(key, argument);
        } else if (tree.kind(item) == NodeKind::formal) {
            Value* given = reader.member(argument, std::string(key));
            const NodeId otherwise = tree.first(item);
            const bool open = given == nullptr || reader.force(argument)->kind == Kind::unknown;
            if (open) {
                given =
                    otherwise == no_node ? reader.unknown() : reader.later(file, otherwise, inner);
            }
            inner->names.emplace(key, given);
        }
    }
    return reader.later(file, body, inner);
}

Value* Evaluation::conditional(NodeId node) {
    const auto parts = file.tree.children(node);
    const Value* condition = reader.force(waiting(parts[0]));
    if (condition->kind == Kind::boolean) {
        return waiting(condition->truth ? parts[1] : parts[2]);
    }
    return reader.either(waiting(parts[1]), waiting(parts[2]));
}

Value* Evaluation::equal(Value* left, Value* right, bool wanted) {
    left = reader.force(left);
    right = reader.force(right);
    const auto told = [](const Value& value) {
        return (value.kind == Kind::text || value.kind == Kind::boolean ||
                value.kind == Kind::integer || value.kind == Kind::null) &&
               value.text.find(hole) == std::string::npos;
    };
    const auto holds = [](const Value& value) {
        return value.kind == Kind::list || value.kind == Kind::set ||
               value.kind == Kind::function || value.kind == Kind::path;
    };
    const bool one_null =
        (left->kind == Kind::null && holds(*right)) || (right->kind == Kind::null && holds(*left));
    if (one_null) {
        return reader.boolean(!wanted);
    }
    if (!told(*left) || !told(*right)) {
        return reader.unknown();
    }
    const bool same = left->kind == right->kind && left->text == right->text &&
                      left->truth == right->truth && left->number == right->number;
    return reader.boolean(same == wanted);
}

Value* Evaluation::logical(Value* left, Value* right, bool decides) {
    const auto told = [&](Value* value) { return reader.force(value)->kind == Kind::boolean; };
    for (Value* side : {left, right}) {
        if (told(side) && reader.force(side)->truth == decides) {
            return reader.boolean(decides);
        }
    }
    return told(left) && told(right) ? reader.boolean(!decides) : reader.unknown();
}

Value* Evaluation::joined(Value* left, Value* right) {
    bool maybe = false;
    auto items = reader.items_of(left, &maybe);
    const auto more = reader.items_of(right, &maybe);
    items.insert(items.end(), more.begin(), more.end());
    Value* out = reader.list(std::move(items), maybe);
    for (Value* side : {left, right}) {
        const Value* told = reader.force(side);
        if (told->kind != Kind::list || told->maybe) {
            out->rest = side; // what cannot be told of it
        }
    }
    return out;
}

Value* Evaluation::compared(Value* left, Value* right, bool less) {
    const Value* a = reader.force(left);
    const Value* b = reader.force(right);
    if (a->kind != Kind::integer || b->kind != Kind::integer) {
        return reader.unknown();
    }
    return reader.boolean(less ? a->number < b->number : a->number > b->number);
}

Value* Evaluation::binary(NodeId node) {
    Value* left = waiting(file.tree.first(node));
    Value* right = waiting(file.tree.last(node));
    const TokenKind operation = file.tree.after_first(node).kind;
    if (operation == TokenKind::concat) {
        return joined(left, right);
    }
    if (operation == TokenKind::update) {
        return reader.update(left, right);
    }
    if (operation == TokenKind::plus) {
        return sum(left, right);
    }
    if (operation == TokenKind::equal || operation == TokenKind::not_equal) {
        return equal(left, right, operation == TokenKind::equal);
    }
    if (operation == TokenKind::both || operation == TokenKind::either) {
        return logical(left, right, operation == TokenKind::either);
    }
    if (operation == TokenKind::less || operation == TokenKind::greater) {
        return compared(left, right, operation == TokenKind::less);
    }
    if (operation == TokenKind::pipe_into) {
        return reader.apply(right, left);
    }
    return operation == TokenKind::pipe_from ? reader.apply(left, right) : reader.unknown();
}

} // namespace agentd::proposals::map
