// Texts and paths with what is interpolated in them.
#include "proposals/map/evaluation.hpp"

namespace agentd::proposals::map {

using Kind = Value::Kind;
using nix::no_node;
using nix::NodeId;
using nix::NodeKind;
using nix::TokenKind;

namespace {

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const char next = text[++i];
        out += next == 'n' ? '\n' : next == 't' ? '\t' : next == 'r' ? '\r' : next;
    }
    return out;
}

bool is_place(const Value& value) {
    return value.kind == Kind::path || value.kind == Kind::flake;
}

} // namespace

Value* Evaluation::interpolate(NodeId node, std::string& out) {
    Value* value = reader.force(waiting(file.tree.first(node)));
    if (value->kind == Kind::set) { // as Nix does with what has a place
        Value* place = reader.member(value, "outPath");
        value = place != nullptr && is_place(*reader.force(place)) ? reader.force(place) : value;
    }
    if (out.empty() && is_place(*value)) {
        return value;
    }
    out += reader.text_of(value);
    return nullptr;
}

Value* Evaluation::written(NodeId node) {
    const nix::Tree& tree = file.tree;
    const bool indented = tree.kind(node) == NodeKind::indented;
    std::string out;
    const Value* place = nullptr;
    NodeId child = tree.first(node);
    for (std::uint32_t i = tree[node].first_token; i < tree[node].end_token; ++i) {
        if (child != no_node && i == tree[child].first_token) {
            if (const Value* begins = interpolate(child, out); begins != nullptr) {
                place = place == nullptr ? begins : place;
            }
            i = tree[child].end_token - 1;
            child = tree[child].next;
            continue;
        }
        const nix::Token& token = tree.tokens()[i];
        if (token.kind == TokenKind::string_text) {
            out += unescaped(tree.text(token));
        } else if (token.kind == TokenKind::indented_text) {
            out += tree.text(token);
        }
    }
    if (place != nullptr && !indented) {
        const std::string base = place->kind == Kind::flake ? reader.flake_folder : place->text;
        const auto whole = out.empty() ? base : joined_path(base, out.substr(out[0] == '/'));
        return whole ? reader.path(*whole) : reader.unknown();
    }
    const bool of_nixpkgs = out.size() > 1 && out[0] == hole && out.find("/nixos/") == 1;
    return of_nixpkgs ? reader.outside("nixpkgs" + out.substr(1)) : reader.text(std::move(out));
}

Value* Evaluation::written_path(NodeId node) {
    const nix::Tree& tree = file.tree;
    std::string out;
    NodeId child = tree.first(node);
    for (std::uint32_t i = tree[node].first_token; i < tree[node].end_token; ++i) {
        if (child != no_node && i == tree[child].first_token) {
            out += reader.text_of(waiting(tree.first(child)));
            i = tree[child].end_token - 1;
            child = tree[child].next;
        } else if (tree.tokens()[i].kind == TokenKind::path_text) {
            out += tree.text(tree.tokens()[i]);
        }
    }
    const auto whole = joined_path(folder_of(file.path), out);
    return whole ? reader.path(*whole) : reader.outside(out);
}

Value* Evaluation::sum(Value* left, Value* right) {
    left = reader.force(left);
    right = reader.force(right);
    const auto textual = [](const Value& value) {
        return value.kind == Kind::text || value.kind == Kind::path;
    };
    if (is_place(*left)) {
        const std::string base = left->kind == Kind::flake ? reader.flake_folder : left->text;
        if (right->kind == Kind::path) { // `self + /modules/x`: both are of the repository here
            return reader.path(right->text);
        }
        if (right->kind == Kind::outside && right->text.starts_with('/')) {
            const auto whole = joined_path(base, right->text.substr(1));
            return whole ? reader.path(*whole) : reader.unknown();
        }
        const std::string more = reader.text_of(right);
        const auto whole = more.starts_with('/') ? joined_path(base, more.substr(1))
                                                 : joined_path("", base + more);
        return whole ? reader.path(*whole) : reader.unknown();
    }
    if (left->kind == Kind::outside) { // `modulesPath + "/profiles/…"`
        return reader.outside(left->text + " + " + reader.text_of(right));
    }
    if (textual(*left) || textual(*right)) {
        return reader.text(reader.text_of(left) + reader.text_of(right));
    }
    if (left->kind == Kind::integer && right->kind == Kind::integer) {
        Value* out = reader.make(Kind::integer);
        out->number = static_cast<std::int64_t>(static_cast<std::uint64_t>(left->number) +
                                                static_cast<std::uint64_t>(right->number));
        return out;
    }
    return reader.unknown();
}

} // namespace agentd::proposals::map
