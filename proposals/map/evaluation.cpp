#include "proposals/map/evaluation.hpp"

#include "proposals/nix/names.hpp"

#include <array>
#include <charconv>

namespace agentd::proposals::map {

using Kind = Value::Kind;
using nix::no_node;
using nix::NodeId;
using nix::NodeKind;
using nix::TokenKind;

Value* Evaluation::of(NodeId node) {
    struct Row {
        NodeKind kind;
        Value* (Evaluation::*read)(NodeId);
    };
    static constexpr std::array rows{Row{NodeKind::identifier, &Evaluation::named},
                                     Row{NodeKind::integer, &Evaluation::integer},
                                     Row{NodeKind::string, &Evaluation::written},
                                     Row{NodeKind::indented, &Evaluation::written},
                                     Row{NodeKind::uri, &Evaluation::verbatim},
                                     Row{NodeKind::path, &Evaluation::written_path},
                                     Row{NodeKind::search_path, &Evaluation::verbatim},
                                     Row{NodeKind::paren, &Evaluation::last},
                                     Row{NodeKind::assertion, &Evaluation::last},
                                     Row{NodeKind::list, &Evaluation::list},
                                     Row{NodeKind::set, &Evaluation::set},
                                     Row{NodeKind::rec_set, &Evaluation::set},
                                     Row{NodeKind::select, &Evaluation::select},
                                     Row{NodeKind::has_attr, &Evaluation::has},
                                     Row{NodeKind::apply, &Evaluation::apply},
                                     Row{NodeKind::invert, &Evaluation::inverted},
                                     Row{NodeKind::binary, &Evaluation::binary},
                                     Row{NodeKind::lambda, &Evaluation::function},
                                     Row{NodeKind::with, &Evaluation::with},
                                     Row{NodeKind::let_in, &Evaluation::let_in},
                                     Row{NodeKind::conditional, &Evaluation::conditional}};
    if (!reader.spend()) {
        return reader.unknown();
    }
    for (const Row& row : rows) {
        if (row.kind == file.tree.kind(node)) {
            return (this->*row.read)(node);
        }
    }
    return reader.unknown();
}

Value* Evaluation::named(NodeId node) {
    return identifier(file.tree.text(node));
}

Value* Evaluation::integer(NodeId node) {
    Value* out = reader.make(Kind::integer);
    const auto text = file.tree.text(node);
    std::from_chars(text.data(), text.data() + text.size(), out->number);
    return out;
}

Value* Evaluation::verbatim(NodeId node) {
    std::string text(file.tree.text(node));
    return file.tree.kind(node) == NodeKind::uri ? reader.text(std::move(text))
                                                 : reader.outside(std::move(text));
}

Value* Evaluation::last(NodeId node) {
    return of(file.tree.last(node));
}

Value* Evaluation::inverted(NodeId node) {
    const Value* value = reader.force(waiting(file.tree.first(node)));
    return value->kind == Kind::boolean ? reader.boolean(!value->truth) : reader.unknown();
}

Value* Evaluation::function(NodeId node) {
    Value* out = reader.make(Kind::function);
    out->file = &file;
    out->node = node;
    out->scope = scope;
    return out;
}

Value* Evaluation::with(NodeId node) {
    Scope* inner = reader.scope(scope);
    inner->with = waiting(file.tree.first(node));
    return reader.later(file, file.tree.last(node), inner);
}

namespace {

constexpr std::string_view globals[] = {"abort",       "baseNameOf", "builtins",     "derivation",
                                        "dirOf",       "fetchGit",   "fetchTarball", "fromTOML",
                                        "import",      "isNull",     "map",          "placeholder",
                                        "removeAttrs", "throw",      "toString"};

bool is_global(std::string_view name) {
    for (const auto one : globals) {
        if (one == name) {
            return true;
        }
    }
    return false;
}

} // namespace

Value* Evaluation::identifier(std::string_view name) {
    for (Scope* here = scope; here != nullptr; here = here->up) {
        if (const auto found = here->names.find(name); found != here->names.end()) {
            return found->second;
        }
    }
    if (name == "true" || name == "false") {
        return reader.boolean(name == "true");
    }
    if (name == "null") {
        return reader.make(Kind::null);
    }
    if (is_global(name)) {
        return reader.outside(name == "builtins" ? "builtins" : "builtins." + std::string(name));
    }
    for (Scope* here = scope; here != nullptr; here = here->up) {
        if (here->with != nullptr) {
            if (Value* found = reader.member(here->with, std::string(name)); found != nullptr) {
                return found;
            }
        }
    }
    return reader.unknown();
}

Value* Evaluation::list(NodeId node) {
    std::vector<Item> items;
    for (const NodeId item : file.tree.children(node)) {
        items.push_back({.value = waiting(item)});
    }
    return reader.list(std::move(items));
}

Value* Evaluation::set(NodeId node) {
    const bool recursive = file.tree.kind(node) == NodeKind::rec_set;
    Value* out = reader.make(Kind::set);
    out->file = &file;
    out->node = node;
    Scope* inner = recursive ? reader.scope(scope) : scope;
    bind(node, *out, inner);
    if (recursive) {
        for (const auto& [name, value] : out->attrs) {
            // The tree keeps its text, the set may be copied: the scope needs a lasting name.
            inner->names.emplace(reader.lasting(name), value);
        }
    }
    return out;
}

Value* Evaluation::let_in(NodeId node) {
    Value bound;
    bound.kind = Kind::set;
    Scope* inner = reader.scope(scope);
    bind(node, bound, inner);
    for (const auto& [name, value] : bound.attrs) {
        inner->names.emplace(reader.lasting(name), value);
    }
    return reader.later(file, file.tree.last(node), inner);
}

void Evaluation::bind(NodeId node, Value& into, Scope* inner) {
    const nix::Tree& tree = file.tree;
    for (NodeId item = tree.first(node); item != no_node; item = tree[item].next) {
        if (tree.kind(item) == NodeKind::binding) {
            bind_path(item, into, inner);
        } else if (tree.kind(item) == NodeKind::inherit ||
                   tree.kind(item) == NodeKind::inherit_from) {
            bind_inherited(item, into, inner);
        }
    }
}

void Evaluation::bind_path(NodeId binding, Value& into, Scope* inner) {
    const nix::Tree& tree = file.tree;
    const NodeId path = tree.first(binding);
    const auto attrs = tree.children(path);
    Value* here = &into;
    for (std::size_t i = 0; i < attrs.size(); ++i) {
        const auto key = name(attrs[i], inner);
        if (!key) {
            here->maybe = true;
            return;
        }
        Value*& slot = here->attrs[*key];
        if (i + 1 == attrs.size()) {
            Value* value = reader.later(file, tree[path].next, inner);
            if (slot == nullptr) {
                slot = value;
            } else if (slot->kind == Kind::set) {
                slot->rest = value; // `a.b = 1; a = { c = 2; };`
            }
            return;
        }
        if (slot == nullptr || slot->kind != Kind::set) {
            Value* made = reader.make(Kind::set);
            made->file = &file;
            made->node = binding;
            made->rest = slot; // `a = { c = 2; }; a.b = 1;`
            slot = made;
        }
        here = slot;
    }
}

void Evaluation::bind_inherited(NodeId item, Value& into, Scope* inner) {
    const nix::Tree& tree = file.tree;
    NodeId attr = tree.first(item);
    Value* source = nullptr;
    if (tree.kind(item) == NodeKind::inherit_from) {
        source = reader.later(file, attr, inner);
        attr = tree[attr].next;
    }
    for (; attr != no_node; attr = tree[attr].next) {
        const auto key = nix::attr_text(tree, attr);
        if (!key) {
            continue;
        }
        if (source == nullptr) {
            into.attrs[*key] = identifier(*key);
            continue;
        }
        Value* wanted = reader.make(Kind::waiting);
        wanted->file = &file;
        wanted->node = attr;
        wanted->rest = source; // a member of it, by this name
        wanted->text = *key;
        into.attrs[*key] = wanted;
    }
}

std::optional<std::string> Evaluation::name(NodeId attr, Scope* inner) {
    if (auto plain = nix::attr_text(file.tree, attr)) {
        return plain;
    }
    Evaluation inside{.reader = reader, .file = file, .scope = inner};
    const NodeKind kind = file.tree.kind(attr);
    if (kind == NodeKind::interpolation) {
        return reader.text_of(inside.waiting(file.tree.first(attr)));
    }
    return kind == NodeKind::string ? std::optional(reader.text_of(inside.written(attr)))
                                    : std::nullopt;
}

} // namespace agentd::proposals::map
