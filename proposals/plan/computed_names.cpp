// Which names a computed one may come to.
#include "proposals/plan/workspace.hpp"

#include "proposals/nix/names.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals::plan {

using nix::NodeId;
using nix::NodeKind;

namespace {

bool is_text(const nix::Tree& tree, NodeId node) {
    return tree.kind(node) == NodeKind::string || tree.kind(node) == NodeKind::indented;
}

/// Hands on what is called the same, or is asked for as an option: `x = x`, `x = vars.x`.
bool is_handed_on(const nix::Tree& tree, NodeId value, std::string_view name) {
    value = nix::bare(tree, value);
    if (tree.kind(value) == NodeKind::identifier) {
        return tree.text(value) == name;
    }
    if (tree.kind(value) == NodeKind::select) {
        const auto text = tree.text(value);
        return !text.starts_with("inputs.") && text.ends_with("." + std::string(name));
    }
    if (tree.kind(value) == NodeKind::string) { // `username = "${username}"`
        const auto text = tree.text(value);
        const bool one =
            text.starts_with("\"${") && text.ends_with("}\"") && text.find('}') == text.size() - 2;
        const auto inside = one ? text.substr(3, text.size() - 5) : std::string_view{};
        return inside == name ||
               (!inside.starts_with("inputs.") && inside.ends_with("." + std::string(name)));
    }
    const auto call = nix::call_of(tree, value).name;
    return call == "mkOption" || call == "mkDefault" || call == "mkForce";
}

/// Names whose value is no text that is written out.
void read_open(const nix::Tree& tree, Texts& out) {
    for (NodeId node = 0; node < tree.size(); ++node) {
        const NodeKind kind = tree.kind(node);
        if (kind == NodeKind::attr_name) {
            out.names.emplace(tree.text(node));
        }
        if (kind == NodeKind::lambda && tree.kind(tree.first(node)) == NodeKind::identifier) {
            out.open.emplace(tree.text(tree.first(node)));
        } else if (kind == NodeKind::binding) {
            const auto name = nix::path_texts(tree, tree.first(node)).back();
            const NodeId value = tree.last(node);
            if (name && !nix::plain_string(tree, nix::bare(tree, value)) &&
                !is_handed_on(tree, value, *name)) {
                out.open.insert(*name);
            }
        } else if (kind == NodeKind::inherit_from &&
                   tree.text(tree.first(node)).find("inputs") != std::string_view::npos) {
            for (NodeId attr = tree[tree.first(node)].next; attr != nix::no_node;
                 attr = tree[attr].next) {
                out.open.emplace(tree.text(attr));
            }
        }
    }
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

const Texts& Workspace::texts() {
    if (!texts_) {
        texts_.emplace();
        for (const std::string& file : files_.nix_files()) {
            if (const map::SourceFile* source = files_.parse(file)) {
                read_texts(source->tree, *texts_);
                read_open(source->tree, *texts_);
            }
        }
    }
    return *texts_;
}

Workspace::Could Workspace::could_be_called(std::string_view computed, const std::string& wanted) {
    const Computed name = computed_of(computed);
    if (!name.one) {
        return Could::be;
    }
    if (!wanted.starts_with(name.before) || !wanted.ends_with(name.after) ||
        wanted.size() < name.before.size() + name.after.size()) {
        return Could::not_be;
    }
    const std::string piece =
        wanted.substr(name.before.size(), wanted.size() - name.before.size() - name.after.size());
    const auto bound = texts().bound.find(name.variable);
    if (!name.variable.empty() && bound != texts().bound.end()) {
        return bound->second.count(piece) > 0 ? Could::be : Could::not_be;
    }
    return texts().all.count(piece) > 0 ? Could::be : Could::hardly_be;
}

bool Workspace::is_said_anywhere(std::string_view word) {
    return texts().all.count(word) > 0 || texts().names.count(word) > 0;
}

std::optional<std::string> Workspace::text_of(std::string_view computed) {
    const Computed name = computed_of(computed);
    constexpr std::array<std::string_view, 6> anything{"name", "n", "x", "key", "value", "id"};
    const bool vague = std::find(anything.begin(), anything.end(), name.variable) != anything.end();
    if (!name.one || name.variable.empty() || !name.before.empty() || !name.after.empty() ||
        vague) {
        return std::nullopt;
    }
    const auto bound = texts().bound.find(name.variable);
    const bool sure = bound != texts().bound.end() && bound->second.size() == 1 &&
                      texts().open.count(name.variable) == 0;
    return sure ? std::optional(*bound->second.begin()) : std::nullopt;
}

namespace {

/// Names that are one `${…}` each, by what they come to; a few of them.
std::map<std::string, std::string> computed_in(Workspace& space, const nix::Tree& tree) {
    constexpr std::size_t most = 16;
    std::map<std::string, std::string> out;
    std::set<std::string_view> seen;
    for (NodeId path = 0; path < tree.size() && seen.size() < most; ++path) {
        if (tree.kind(path) != NodeKind::attr_path) {
            continue;
        }
        for (NodeId attr = tree.first(path); attr != nix::no_node; attr = tree[attr].next) {
            const bool whole = tree.kind(attr) == NodeKind::interpolation &&
                               !nix::attr_text(tree, attr) && seen.insert(tree.text(attr)).second;
            if (const auto text = whole ? space.text_of(tree.text(attr)) : std::nullopt) {
                out.emplace(*text, nix::computed_mark + std::string(tree.text(attr)));
            }
        }
    }
    return out;
}

/// How many of the first names the file says something of.
std::size_t names_said(const nix::Tree& tree, const std::vector<std::string>& names) {
    for (std::size_t count = names.size(); count > 0; --count) {
        const auto found = nix::locate(tree, std::span(names.data(), count), nix::FileKind::module);
        if (!found.exact.empty() || !found.below.empty()) {
            return count;
        }
    }
    return 0;
}

} // namespace

std::vector<std::string> Workspace::names_in(const Candidate& at, const OptionPath& option) {
    std::vector<std::string> plain = at.prefix;
    plain.insert(plain.end(), option.parts().begin(), option.parts().end());
    const nix::Tree* text = tree(at.file);
    if (text == nullptr || text->source().find("${") == std::string::npos) {
        return plain;
    }
    const auto computed = computed_in(*this, *text);
    std::vector<std::string> best = plain;
    std::size_t most = computed.empty() ? 0 : names_said(*text, plain);
    for (std::size_t i = at.prefix.size(); i < plain.size(); ++i) {
        const auto written = computed.find(plain[i]);
        if (written == computed.end()) {
            continue;
        }
        auto other = plain;
        other[i] = written->second;
        const std::size_t said = names_said(*text, other);
        if (said > i && said > most) {
            best = std::move(other);
            most = said;
            taken_names_[at.file] =
                plain[i] + " is taken for what " + written->second.substr(1) + " comes to there";
        }
    }
    return best;
}

} // namespace agentd::proposals::plan
