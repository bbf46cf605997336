/// @file
/// What the files of a repository say of options, and the switches that are its own.
#pragma once

#include "proposals/map/repo_map.hpp"
#include "proposals/operations.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::planners::goal {

enum class Seen { no, unclear, yes };

/// `my.web.enable`, which is none of nixpkgs' options by its first name.
struct Switch {
    std::string option{};
    std::string user{};            ///< of home-manager, where it is said in a home
    std::set<std::string> hosts{}; ///< in whose files it is said; empty where it is declared alone
};

/// Files are read when they are asked for; they and the map live longer.
class Sayings {
  public:
    Sayings(proposals::map::Files& files, const proposals::map::RepoMap& map);

    /// Whether the files of the hosts say something of an option, or of what is below it.
    Seen seen(const proposals::OptionPath& option) const;
    /// The repository's own `….NAME.enable`.
    std::vector<Switch> switches(std::string_view name) const;

  private:
    /// A file that some host may be made of says it.
    bool said_in_unread(const proposals::OptionPath& option) const;
    struct Use {
        std::string user{};
        std::set<std::string> hosts{};
    };
    void collect() const;
    bool is_of_an_input(std::string_view option) const;
    void collect_from(const std::string& file, const Use& use) const;

    proposals::map::Files& files_;
    const proposals::map::RepoMap& map_;
    std::map<std::string, Use> used_{};
    mutable std::optional<std::map<std::string, Switch>> found_{};
};

} // namespace agentd::planners::goal
