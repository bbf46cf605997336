// Where modules say something, and how that is told to people.
#include "proposals/map/walk.hpp"
#include "proposals/nix/locate.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>

namespace agentd::proposals::map {

using Kind = Value::Kind;

std::string shown(std::string text) {
    std::replace(text.begin(), text.end(), hole, '*');
    return text;
}

std::string said_at(const Value& value, const std::string& file, const std::string& why) {
    if (value.file == nullptr) {
        return (file.empty() ? "flake.nix" : file) + ": " + why;
    }
    constexpr std::size_t longest = 80;
    std::string words;
    for (const char one : value.file->tree.text(value.node)) {
        const bool blank = one == ' ' || one == '\n' || one == '\t' || one == '\r';
        if (!blank) {
            words += one > ' ' && one < '\x7f' ? one : '?';
        } else if (!words.empty() && words.back() != ' ') {
            words += ' ';
        }
        if (words.size() > longest) {
            words += "…";
            break;
        }
    }
    return value.file->path + ":" + std::to_string(value.file->tree.position(value.node).line) +
           ": " + why + ": " + words;
}

std::vector<std::string> names_above(const Value& value) {
    const nix::Tree& tree = value.file->tree;
    const auto parents = nix::parents_of(tree);
    std::vector<std::string> out;
    nix::NodeId below = value.node;
    for (nix::NodeId node = parents[below]; node != nix::no_node; node = parents[node]) {
        const auto kind = tree.kind(node);
        const bool body = kind == nix::NodeKind::lambda || kind == nix::NodeKind::let_in ||
                          kind == nix::NodeKind::with || kind == nix::NodeKind::assertion;
        if (kind == nix::NodeKind::binding) {
            const auto names = nix::path_texts(tree, tree.first(node));
            for (auto name = names.rbegin(); name != names.rend(); ++name) {
                if (!*name) {
                    return {};
                }
                out.insert(out.begin(), **name);
            }
        } else if (kind != nix::NodeKind::set && kind != nix::NodeKind::paren &&
                   !(body && tree.last(node) == below)) {
            return {};
        }
        below = node;
    }
    if (!out.empty() && out.front() == "config") {
        out.erase(out.begin());
    }
    return out;
}

void Walk::collect(Reader& reader, Value* body, const std::vector<std::string>& path,
                   std::vector<Value*>& out, int deep) {
    Value* given = body; // where it stands
    body = reader.force(body);
    if (deep > 30 || !reader.hold(1)) {
        return;
    }
    if (body->kind == Kind::merge) {
        for (const Item& item : body->items) {
            collect(reader, item.value, path, out, deep + 1);
        }
    }
    if (path.empty()) {
        if (body->kind != Kind::merge) { // what cannot be told is told as such
            out.push_back(given);
        }
        return;
    }
    if (body->kind != Kind::set) {
        return;
    }
    const auto look = [&](const std::string& name, const std::vector<std::string>& rest) {
        for (Value* here = body; here != nullptr && here->kind == Kind::set;) {
            if (const auto found = here->attrs.find(name); found != here->attrs.end()) {
                collect(reader, found->second, rest, out, deep + 1);
            }
            here = here->rest == nullptr ? nullptr : reader.force(here->rest);
        }
    };
    look(path.front(), {path.begin() + 1, path.end()});
    if (deep == 0) {
        look("config", path);
    }
}

} // namespace agentd::proposals::map
