#include "proposals/map/traits.hpp"

#include "proposals/nix/layout.hpp"
#include "proposals/nix/locate.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>
#include <set>

namespace agentd::proposals::map {

using nix::no_node;
using nix::NodeId;
using nix::NodeKind;

namespace {

constexpr std::size_t most_options = 20'000;

/// Names of a binding's path; empty where one is computed.
std::vector<std::string> plain_names(const nix::Tree& tree, NodeId binding) {
    std::vector<std::string> out;
    for (const auto& name : nix::path_texts(tree, tree.first(binding))) {
        if (!name) {
            return {};
        }
        out.push_back(*name);
    }
    return out;
}

/// The whole path of a binding, through the sets it stands in.
std::vector<std::string> whole_path(const nix::Tree& tree, const std::vector<NodeId>& parents,
                                    NodeId binding) {
    std::vector<std::string> out;
    for (NodeId node = binding; node != no_node; node = parents[node]) {
        if (tree.kind(node) == NodeKind::binding) {
            const auto names = plain_names(tree, node);
            if (names.empty()) {
                return {};
            }
            out.insert(out.begin(), names.begin(), names.end());
        } else if (tree.kind(node) == NodeKind::let_in) {
            break;
        }
    }
    return out;
}

bool declares(std::string_view name) {
    return name == "mkOption" || name == "mkEnableOption" || name == "mkPackageOption" ||
           name == "mkOpt" || name == "mkBoolOpt" || name == "mkOpt'" || name == "mkBoolOpt'";
}

class FileTraits {
  public:
    FileTraits(const SourceFile& file, RepoMap& map)
        : file_(file), tree_(file.tree), map_(map), parents_(nix::parents_of(file.tree)) {}

    void run() {
        const nix::Layout layout(tree_.source());
        map_.style.files += 1;
        map_.style.tabs += layout.step() == "\t" ? 1 : 0;
        for (NodeId node = 0; node < tree_.size(); ++node) {
            if (tree_.kind(node) == NodeKind::list) {
                list(node, layout);
            } else if (tree_.kind(node) == NodeKind::binding) {
                binding(node);
            }
        }
    }

  private:
    void list(NodeId node, const nix::Layout& layout) {
        const auto items = tree_.children(node);
        if (items.empty()) {
            return;
        }
        const bool many = layout.breaks_between(tree_.start(node), tree_.end(node));
        if (items.size() > 1) {
            (many ? map_.style.many_line_lists : map_.style.one_line_lists) += 1;
        }
        if (!many) {
            const bool blank = tree_.start(items.front()) > tree_.start(node) + 1;
            (blank ? map_.style.open_brackets : map_.style.tight_brackets) += 1;
        }
    }

    void binding(NodeId node) {
        const NodeId value = nix::bare(tree_, tree_[tree_.first(node)].next);
        NodeId call = value;
        if (tree_.kind(call) == NodeKind::binary) { // `mkEnableOption "x" // { default = …; }`
            call = nix::bare(tree_, tree_.first(call));
        }
        if (declares(nix::call_of(tree_, call).name)) {
            own_option(node);
        }
        formatter(node);
        const bool set =
            tree_.kind(value) == NodeKind::set || tree_.kind(value) == NodeKind::lambda;
        if (set && map_.aspects.size() < most_options) {
            aspect(node);
        }
    }

    /// `formatter = … pkgs.alejandra`, or a program of treefmt or of git hooks.
    void formatter(NodeId node) {
        const auto names = nix::path_texts(tree_, tree_.first(node));
        const bool asked = std::any_of(names.begin(), names.end(), [](const auto& name) {
            return name == "formatter" || name == "programs" || name == "hooks";
        });
        if (!asked || !map_.formatter.empty()) {
            return;
        }
        constexpr std::string_view known[] = {"alejandra",      "nixfmt-rfc-style", "nixfmt-tree",
                                              "nixfmt-classic", "nixfmt",           "nixpkgs-fmt"};
        const auto& tokens = tree_.tokens();
        for (auto i = tree_[node].first_token; i < tree_[node].end_token; ++i) {
            const bool word = tokens[i].kind == nix::TokenKind::identifier;
            for (const auto name : known) {
                if (word && tree_.text(tokens[i]) == name) {
                    map_.formatter = name;
                    return;
                }
            }
        }
    }

    /// A position is counted from the beginning of the text: here once for all options.
    std::size_t line_of(NodeId node) {
        if (breaks_.empty()) {
            const auto text = tree_.source();
            for (auto at = text.find('\n'); at != std::string_view::npos;
                 at = text.find('\n', at + 1)) {
                breaks_.push_back(at);
            }
            breaks_.push_back(text.size());
        }
        const auto at = std::lower_bound(breaks_.begin(), breaks_.end(), tree_.start(node));
        return static_cast<std::size_t>(at - breaks_.begin()) + 1;
    }

    void own_option(NodeId node) {
        auto path = whole_path(tree_, parents_, node);
        const auto options = std::find(path.begin(), path.end(), "options");
        if (options == path.end() || map_.own_options.size() >= most_options) {
            return;
        }
        path.erase(path.begin(), options + 1);
        if (!path.empty()) {
            map_.own_options.push_back(
                {.path = nix::joined(path), .file = file_.path, .line = line_of(node)});
        }
    }

    /// `den.aspects.X.nixos = …`, `flake.modules.nixos.X = …`, `flake.nixosModules.X = …`.
    void aspect(NodeId node) {
        const auto path = whole_path(tree_, parents_, node);
        const std::size_t n = path.size();
        std::string name;
        if (n == 4 && path[0] == "den" && path[1] == "aspects" && path[3] == "nixos") {
            name = path[2];
        } else if (n == 4 && path[0] == "flake" && path[1] == "modules" && path[2] == "nixos") {
            name = path[3];
        } else if (n == 3 && path[0] == "flake" && path[1] == "nixosModules") {
            name = path[2];
        }
        if (!name.empty()) {
            map_.aspects.push_back({.name = name, .file = file_.path, .prefix = path});
        }
    }

    const SourceFile& file_;
    const nix::Tree& tree_;
    RepoMap& map_;
    std::vector<NodeId> parents_;
    std::vector<std::size_t> breaks_{};
};

bool outside_has(const RepoMap& map, std::string_view part) {
    const auto in = [&](const std::vector<std::string>& names) {
        return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            return name.find(part) != std::string::npos;
        });
    };
    return std::any_of(map.hosts.begin(), map.hosts.end(),
                       [&](const Host& host) { return in(host.outside); });
}

bool input_has(const RepoMap& map, std::string_view part) {
    return std::any_of(map.inputs.begin(), map.inputs.end(), [&](const FlakeInput& input) {
        return input.url.find(part) != std::string::npos;
    });
}

void find_unused(const Files& files, RepoMap& map) {
    std::set<std::string> used;
    std::set<std::string> folders;
    const auto add = [&](const Modules& modules) {
        for (const ModuleUse& use : modules) {
            used.insert(use.file);
            folders.insert(folder_of(use.file));
        }
    };
    for (const Host& host : map.hosts) {
        add(host.modules);
        for (const auto& [user, modules] : host.homes) {
            add(modules);
        }
    }
    for (const std::string& path : files.nix_files()) {
        const bool beside =
            folders.count(folder_of(path)) > 0 ||
            (path.ends_with("/default.nix") && folders.count(folder_of(folder_of(path))) > 0);
        if (beside && used.count(path) == 0 && name_of(path) != "flake.nix") {
            map.unused.push_back(path);
        }
    }
}

} // namespace

bool Style::expands_lists() const noexcept {
    return many_line_lists > 0 && one_line_lists * 50 < one_line_lists + many_line_lists;
}

void read_traits(Files& files, RepoMap& map) {
    for (const std::string& path : files.nix_files()) {
        if (const SourceFile* file = files.parse(path)) {
            FileTraits(*file, map).run();
        }
    }
    map.nix_files = files.nix_files().size();
    map.broken = files.broken();
    map.secrets = outside_has(map, "sops") || input_has(map, "sops-nix")   ? "sops-nix"
                  : outside_has(map, "agenix") || input_has(map, "agenix") ? "agenix"
                                                                           : "";
    map.disko = outside_has(map, "disko") || input_has(map, "/disko");
    const bool module = std::any_of(map.hosts.begin(), map.hosts.end(), [](const Host& host) {
        return host.kind != "home" && !host.homes.empty();
    });
    const bool alone = std::any_of(map.hosts.begin(), map.hosts.end(),
                                   [](const Host& host) { return host.kind == "home"; });
    map.home_manager = module && alone ? "nixos module and standalone"
                       : module        ? "nixos module"
                       : alone         ? "standalone"
                                       : "";
    find_unused(files, map);
}

} // namespace agentd::proposals::map
