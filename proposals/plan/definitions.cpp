// What files say of an option: its bindings, how strong they are, and what may hide one.
#include "proposals/plan/workspace.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>
#include <charconv>

namespace agentd::proposals::plan {

using core::Problem;
using nix::no_node;
using nix::NodeId;
using nix::NodeKind;

namespace {

using MaybeNames = std::vector<std::optional<std::string>>;

/// What a call of mkForce and its like makes of a value; nullopt for any other.
std::optional<int> priority_of(const nix::Tree& tree, NodeId node) {
    const nix::Call call = nix::call_of(tree, node);
    if (call.name == "mkForce") {
        return 50;
    }
    if (call.name == "mkDefault") {
        return 1000;
    }
    if (call.name != "mkOverride" || call.arguments.size() != 2) {
        return std::nullopt;
    }
    const auto text = tree.text(nix::bare(tree, call.arguments[0]));
    int out = 100;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

/// The names of all bindings around a node, outermost first.
MaybeNames names_around(const nix::Tree& tree, const std::vector<NodeId>& parents, NodeId node) {
    MaybeNames out;
    for (; node != no_node && tree.kind(node) != NodeKind::let_in; node = parents[node]) {
        if (tree.kind(node) == NodeKind::binding) {
            const auto names = nix::path_texts(tree, tree.first(node));
            out.insert(out.begin(), names.begin(), names.end());
        }
    }
    if (!out.empty() && out.front() == "config") {
        out.erase(out.begin());
    }
    return out;
}

/// A computed name may be any.
bool begins(const MaybeNames& names, const std::vector<std::string>& path) {
    if (names.size() > path.size()) {
        return false;
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] && *names[i] != path[i]) {
            return false;
        }
    }
    return true;
}

std::vector<std::string> plain_names(const Candidate& at, const OptionPath& option) {
    std::vector<std::string> out = at.prefix;
    out.insert(out.end(), option.parts().begin(), option.parts().end());
    return out;
}

class Look {
  public:
    Look(Workspace& space, const nix::Tree& tree, const Candidate& at, const OptionPath& option)
        : space_(space), tree_(tree), at_(at), path_(plain_names(at, option)),
          parents_(nix::parents_of(tree)),
          found_(nix::locate(tree, space.names_in(at, option), nix::FileKind::module)) {
        for (const nix::Site& site : found_.exact) {
            seen_.insert(site.binding);
        }
    }

    void into(Workspace::Said& out) {
        for (const nix::Site& site : found_.exact) {
            if (!at_.inline_only) {
                out.definitions.push_back(definition(site));
            }
        }
        look_at_wholes(out);
        for (const nix::Obstacle& obstacle : found_.obstacles) {
            const auto around = names_around(tree_, parents_, obstacle.node);
            if (!obstacle.inherited && !at_.inline_only && is_unlikely_in(around)) {
                hide(out.unlikely, obstacle.node);
            } else if (obstacle.inherited ||
                       (!at_.inline_only && !around.empty() && begins(around, path_))) {
                hide_unless_other(out, obstacle.node);
            }
        }
        for (NodeId node = 0; node < tree_.size(); ++node) {
            if (tree_.kind(node) == NodeKind::binding && unseen(node)) {
                hide_unless_other(out, node);
            }
        }
    }

  private:
    Definition definition(const nix::Site& site) const {
        Definition out{.at = &at_,
                       .site = site,
                       .inside = site.condition != no_node,
                       .line = line_of(site.binding)};
        for (NodeId node = parents_[site.binding]; node != no_node; node = parents_[node]) {
            if (const auto priority = priority_of(tree_, node)) {
                out.priority = *priority;
                out.of_whole = out.of_whole || is_value_of_settings(node);
            }
        }
        NodeId value = nix::bare(tree_, site.value);
        for (auto inner = nix::unwrap(tree_, value); inner.value != no_node;
             inner = nix::unwrap(tree_, value)) {
            out.priority = priority_of(tree_, value).value_or(out.priority);
            out.inside = out.inside || inner.condition != no_node;
            value = nix::bare(tree_, inner.value);
        }
        out.conditional = at_.maybe || out.inside;
        out.value = tree_.text(value);
        return out;
    }

    /// A set that is computed, where nothing in the repository is called as the next name is.
    bool is_unlikely_in(const MaybeNames& around) const {
        const bool told = std::all_of(around.begin(), around.end(),
                                      [](const auto& name) { return name.has_value(); });
        return told && around.size() >= 2 && around.size() < path_.size() &&
               begins(around, path_) && !space_.is_said_anywhere(path_[around.size()]);
    }

    /// `settings = mkDefault { … }`: one option, whose parts are not said by themselves.
    bool is_value_of_settings(NodeId wrapper) const {
        NodeId up = parents_[wrapper];
        while (up != no_node && tree_.kind(up) == NodeKind::paren) {
            up = parents_[up];
        }
        if (up == no_node || tree_.kind(up) != NodeKind::binding) {
            return false;
        }
        const auto name = nix::path_texts(tree_, tree_.first(up)).back().value_or("");
        return name == "settings" || name.ends_with("Settings") || name.ends_with("onfig") ||
               name.ends_with("ariables");
    }

    void look_at_wholes(Workspace::Said& out) const {
        for (const nix::Container& container : found_.containers) {
            NodeId up = parents_[container.set];
            while (up != no_node && tree_.kind(up) == NodeKind::paren) {
                up = parents_[up];
            }
            const bool whole = container.depth > 1 && up != no_node && priority_of(tree_, up) &&
                               is_value_of_settings(up);
            if (whole && found_.exact.empty()) {
                const std::string where = at_.file + ":" + std::to_string(line_of(container.set));
                out.wholes.push_back(
                    {.code = "whole",
                     .message = nix::joined(std::span(path_).first(container.depth)) +
                                " is said as a whole at " + where +
                                ", with a priority of its own: a part of it that is said "
                                "elsewhere would stand for all of it",
                     .where = where,
                     .hint = "say it there, by hand: " + where});
            }
        }
    }

    /// A binding of these names that `locate` did not find: inside a call, or a name is computed.
    bool unseen(NodeId node) const {
        const auto own = nix::path_texts(tree_, tree_.first(node));
        if (own.back() && *own.back() != path_.back()) {
            return false;
        }
        const bool seen = seen_.count(node) > 0;
        const auto names = names_around(tree_, parents_, node);
        if (inside(names)) {
            return !seen;
        }
        const bool told = std::any_of(names.begin(), names.end(),
                                      [](const auto& name) { return name.has_value(); });
        return !seen && told && names.size() == path_.size() && begins(names, path_);
    }

    /// In a module that stands inside of something else: `imports = [ { … } ]`.
    bool inside(const MaybeNames& names) const {
        if (names.size() <= path_.size()) {
            return at_.inline_only && names.size() == path_.size() && begins(names, path_);
        }
        const auto rest = names.end() - static_cast<std::ptrdiff_t>(path_.size());
        const bool listed = std::any_of(names.begin(), rest, [](const auto& name) {
            return name == "imports" || name == "modules" || name == "sharedModules";
        });
        return (at_.inline_only || listed) && begins({rest, names.end()}, path_);
    }

    /// A name that is computed is another one where nothing in the repository says this one.
    void hide_unless_other(Workspace::Said& out, NodeId node) const {
        std::vector<NodeId> attrs;
        for (NodeId up = node; up != no_node; up = parents_[up]) {
            if (tree_.kind(up) == NodeKind::binding) {
                const auto names = tree_.children(tree_.first(up));
                attrs.insert(attrs.begin(), names.begin(), names.end());
            }
        }
        if (!attrs.empty() && nix::attr_text(tree_, attrs.front()) == "config") {
            attrs.erase(attrs.begin());
        }
        using Could = Workspace::Could;
        Could could = Could::be;
        for (std::size_t i = 0; i < attrs.size() && i < path_.size(); ++i) {
            if (!nix::attr_text(tree_, attrs[i])) {
                could = std::min(could, space_.could_be_called(tree_.text(attrs[i]), path_[i]));
            }
        }
        if (could == Could::be) {
            hide(out.hidden, node);
            return;
        }
        if (could == Could::hardly_be) {
            hide(out.unlikely, node);
        }
        out.passed_over.push_back("a name is computed at " + at_.file + ":" +
                                  std::to_string(line_of(node)) + ", and taken for another than " +
                                  nix::joined(path_));
    }

    void hide(std::vector<core::Problem>& out, NodeId node) const {
        const std::string where = at_.file + ":" + std::to_string(line_of(node));
        const std::string text =
            core::printable(core::shorten(core::lines(tree_.text(node)).front(), 80));
        const bool inner = tree_.kind(node) == NodeKind::binding &&
                           nix::path_texts(tree_, tree_.first(node)).back() == path_.back();
        out.push_back(
            {.code = "opaque",
             .message =
                 inner ? nix::joined(path_) + " is said at " + where +
                             ", in something that may be of other hosts, or of this one: " + text
                       : "whether " + nix::joined(path_) + " is set at " + where +
                             " cannot be told: " + text,
             .where = where,
             .hint = "change it there by hand"});
    }

    std::size_t line_of(NodeId node) const {
        if (lines_.empty()) {
            const std::string& source = tree_.source();
            for (auto at = source.find('\n'); at != source.npos; at = source.find('\n', at + 1)) {
                lines_.push_back(at);
            }
            lines_.push_back(source.size());
        }
        const auto before = std::lower_bound(lines_.begin(), lines_.end(), tree_.start(node));
        return static_cast<std::size_t>(before - lines_.begin()) + 1;
    }

    Workspace& space_;
    const nix::Tree& tree_;
    const Candidate& at_;
    std::vector<std::string> path_;
    std::set<NodeId> seen_{};
    mutable std::vector<std::size_t> lines_{}; ///< where they end
    std::vector<NodeId> parents_;
    nix::Located found_;
};

} // namespace

Workspace::Said Workspace::said(const std::vector<Candidate>& candidates,
                                const OptionPath& option) {
    Said out;
    for (const Candidate& at : candidates) {
        look(at, option, out);
    }
    return out;
}

void Workspace::look(const Candidate& at, const OptionPath& option, Said& out) {
    const nix::Tree* text = tree(at.file);
    if (text == nullptr) {
        out.hidden.push_back({.code = "not_nix",
                              .message = at.file + " is no Nix that is understood",
                              .where = at.file});
        return;
    }
    const std::size_t first = out.definitions.size();
    Look(*this, *text, at, option).into(out);
    settle(at, option, out, first);
}

} // namespace agentd::proposals::plan
