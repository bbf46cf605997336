// Which names a computed one may come to.
#include "proposals/plan/workspace.hpp"

#include "proposals/nix/names.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using nix::NodeId;
using nix::NodeKind;

namespace {

bool is_text(const nix::Tree& tree, NodeId node) {
    return tree.kind(node) == NodeKind::string || tree.kind(node) == NodeKind::indented;
}

/// `x = "a"`, `x = mkOption { default = "a"; }`, `{ x ? "a" }`.
void read_texts(const nix::Tree& tree, Texts& out) {
    const auto parents = nix::parents_of(tree);
    for (NodeId node = 0; node < tree.size(); ++node) {
        const auto text =
            is_text(tree, node) ? nix::plain_string(tree, node) : std::optional<std::string>();
        if (!text) {
            continue;
        }
        out.all.insert(*text);
        NodeId up = parents[node];
        for (int steps = 0; up != nix::no_node && steps < 12; ++steps, up = parents[up]) {
            if (tree.kind(up) == NodeKind::formal) {
                out.bound[std::string(tree.text(tree.tokens()[tree[up].first_token]))].insert(
                    *text);
                break;
            }
            if (tree.kind(up) == NodeKind::binding) {
                const auto name = nix::path_texts(tree, tree.first(up)).back();
                if (name && *name != "default") {
                    out.bound[*name].insert(*text);
                    break;
                }
            }
        }
    }
}

/// A computed name: what is written out around its one `${…}`, and what stands in that.
struct Computed {
    std::string before{};
    std::string variable{}; ///< the last name of `a.b.x`; "" for any other expression
    std::string after{};
    bool one{};
};

Computed computed_of(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"') {
        text = text.substr(1, text.size() - 2);
    }
    const auto start = text.find("${");
    const auto end = text.find('}', start);
    if (start == text.npos || end == text.npos || text.find("${", end) != text.npos) {
        return {};
    }
    const auto inside = text.substr(start + 2, end - start - 2);
    const bool plain = std::all_of(inside.begin(), inside.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.' || c == '\'';
    });
    return {.before = std::string(text.substr(0, start)),
            .variable = plain ? std::string(inside.substr(inside.rfind('.') + 1)) : "",
            .after = std::string(text.substr(end + 1)),
            .one = true};
}

} // namespace

Workspace::Could Workspace::could_be_called(std::string_view computed, const std::string& wanted) {
    const Computed name = computed_of(computed);
    if (!name.one) {
        return Could::be;
    }
    if (!wanted.starts_with(name.before) || !wanted.ends_with(name.after) ||
        wanted.size() < name.before.size() + name.after.size()) {
        return Could::not_be;
    }
    if (!texts_) {
        texts_.emplace();
        for (const std::string& file : files_.nix_files()) {
            if (const map::SourceFile* source = files_.parse(file)) {
                read_texts(source->tree, *texts_);
            }
        }
    }
    const std::string piece =
        wanted.substr(name.before.size(), wanted.size() - name.before.size() - name.after.size());
    const auto bound = texts_->bound.find(name.variable);
    if (!name.variable.empty() && bound != texts_->bound.end()) {
        return bound->second.count(piece) > 0 ? Could::be : Could::not_be;
    }
    return texts_->all.count(piece) > 0 ? Could::be : Could::hardly_be;
}

} // namespace agentd::proposals::plan
