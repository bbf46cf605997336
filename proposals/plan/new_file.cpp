#include "proposals/plan/new_file.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using nix::no_node;
using nix::NodeKind;

namespace {

/// How often each spelling is met.
struct Habits {
    std::map<std::string, std::size_t> none{}; ///< of files that name no argument
    std::map<std::string, std::size_t> gaps{};
    std::size_t tight{};
    std::size_t open{};

    std::size_t files() const {
        std::size_t out = 0;
        for (const auto& [text, count] : none) {
            out += count;
        }
        return out + tight + open;
    }
};

std::string most(const std::map<std::string, std::size_t>& counts, const std::string& otherwise) {
    const auto found =
        std::max_element(counts.begin(), counts.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    return found == counts.end() ? otherwise : found->first;
}

/// Only what a module may be: a set, or a function of named arguments (or `_`) that gives one.
void count(const nix::Tree& tree, Habits& habits) {
    const nix::NodeId root = tree.root();
    if (tree.kind(root) == NodeKind::set) {
        habits.none[""] += 1;
        return;
    }
    if (tree.kind(root) != NodeKind::lambda || tree.kind(tree.last(root)) != NodeKind::set) {
        return;
    }
    const nix::NodeId argument = tree.first(root);
    const std::string written(tree.text(argument));
    const bool pattern = tree.kind(argument) == NodeKind::pattern;
    const bool any = pattern && written.find("...") == std::string::npos;
    if (any || (!pattern && written != "_") || written.find('@') != std::string::npos) {
        return;
    }
    std::string gap =
        tree.source().substr(tree.end(argument), tree.start(tree.last(root)) - tree.end(argument));
    gap.erase(std::remove(gap.begin(), gap.end(), '\r'), gap.end());
    if (gap == ": " || gap == ":\n" || gap == ":\n\n") {
        habits.gaps[gap.substr(1)] += 1;
    }
    if (!pattern || written == "{ ... }" || written == "{...}") {
        habits.none[written + ":"] += 1;
    } else if (written.find('\n') == std::string::npos) {
        (written.starts_with("{ ") ? habits.open : habits.tight) += 1;
    }
}

class Overlay final : public TreeReader {
  public:
    Overlay(map::Files& files, std::map<std::string, std::string> texts)
        : files_(files), texts_(std::move(texts)) {}

    std::optional<TreeEntry> find(std::string_view path) const override {
        if (texts_.count(std::string(path)) > 0) {
            return TreeEntry{};
        }
        switch (files_.kind(std::string(path))) {
        case map::Files::Kind::file:
            return TreeEntry{};
        case map::Files::Kind::folder:
            return TreeEntry{.mode = FileMode::directory};
        case map::Files::Kind::other:
            return TreeEntry{.mode = FileMode::symlink};
        case map::Files::Kind::none:
            break;
        }
        return std::nullopt;
    }
    std::optional<std::string> read(std::string_view path) const override {
        const auto found = texts_.find(std::string(path));
        return found != texts_.end() ? std::optional(found->second)
                                     : files_.read(std::string(path));
    }
    std::vector<std::string> paths() const {
        std::vector<std::string> out = files_.all();
        for (const auto& [path, text] : texts_) {
            if (!std::binary_search(files_.all().begin(), files_.all().end(), path)) {
                out.push_back(path);
            }
        }
        return out;
    }

  private:
    map::Files& files_;
    std::map<std::string, std::string> texts_;
};

std::set<std::string> made_of(const map::Host& host) {
    std::set<std::string> out;
    for (const map::ModuleUse& use : host.modules) {
        out.insert(use.file + (use.maybe ? " ?" : ""));
    }
    for (const auto& [user, modules] : host.homes) {
        for (const map::ModuleUse& use : modules) {
            out.insert(user + " " + use.file + (use.maybe ? " ?" : ""));
        }
    }
    return out;
}

} // namespace

nix::Heading heading_in(Workspace& space, const std::string& folder) {
    constexpr std::size_t enough = 3;
    Habits here;
    Habits all;
    for (const std::string& file : space.files().nix_files()) {
        const nix::Tree* tree = space.map().hosts_of(file).empty()     ? nullptr
                                : space.files().parse(file) == nullptr ? nullptr
                                                                       : space.tree(file);
        if (tree != nullptr && map::name_of(file) != "flake.nix") {
            count(*tree, all);
            if (map::folder_of(file) == folder) {
                count(*tree, here);
            }
        }
    }
    const Habits& habits = here.files() >= enough ? here : all;
    const auto& gaps = habits.gaps.empty() ? all.gaps : habits.gaps;
    const auto& none = habits.none.empty() ? all.none : habits.none;
    const nix::Heading usual;
    return {.none = most(none, usual.none),
            .tight = habits.tight > habits.open,
            .gap = most(gaps, usual.gap)};
}

core::Result<map::RepoMap> map_after(Workspace& space, const std::string& path,
                                     const std::string& text) {
    std::map<std::string, std::string> texts;
    for (const FileEdit& edit : space.edits()) {
        texts[edit.path] = edit.bytes.value_or("");
    }
    if (!path.empty()) {
        texts[path] = text;
    }
    const Overlay overlay(space.files(), std::move(texts));
    map::Files files(overlay, overlay.paths());
    return map::make_map(files, space.map().flake);
}

std::optional<core::Problem> changed_others(const map::RepoMap& before, const map::RepoMap& after,
                                            const HostNames& targets) {
    for (const map::Host& host : after.hosts) {
        const auto found =
            std::find_if(before.hosts.begin(), before.hosts.end(), [&](const auto& one) {
                return one.name == host.name && one.kind == host.kind;
            });
        const map::Host* old = found == before.hosts.end() ? nullptr : &*found;
        if (targets.count(host.name) > 0 || (old != nullptr && made_of(*old) == made_of(host))) {
            continue;
        }
        const auto now = made_of(host);
        const auto then = old == nullptr ? std::set<std::string>{} : made_of(*old);
        std::vector<std::string> changed;
        std::set_symmetric_difference(now.begin(), now.end(), then.begin(), then.end(),
                                      std::back_inserter(changed));
        return core::Problem{.code = "other_hosts",
                             .message = host.name +
                                        ", which was not asked for, would be made of "
                                        "other files than before: " +
                                        changed.front(),
                             .hint = "name all hosts that it is for, or import it by hand"};
    }
    return std::nullopt;
}

} // namespace agentd::proposals::plan
