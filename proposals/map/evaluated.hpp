/// @file
/// What an evaluation of a host says of the files of the repository, and what becomes of the map.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals::map {

class Files;
struct RepoMap;

/// A file that takes part in a host, by its path in the repository, as modules are called: a folder
/// is its default.nix.
struct EvaluatedFile {
    bool module = false;   ///< it is one itself, or defines as one
    bool inside = false;   ///< modules stand in it, inside of something else
    bool declares = false; ///< options
    std::string by{};      ///< a module that imports it; "" is the flake, or not known
    /// Options that it defines and nothing of more priority outdoes; of one whose value is a set
    /// the names in that set, too.
    std::set<std::string, std::less<>> sets{};
    friend bool operator==(const EvaluatedFile&, const EvaluatedFile&) = default;
};

/// The system, or the home of one user.
struct EvaluatedPart {
    bool whole = false; ///< all modules are told: what is not here is none of them
    std::map<std::string, EvaluatedFile, std::less<>> files{};
    std::set<std::string, std::less<>> unknown{}; ///< options whose definitions throw
    friend bool operator==(const EvaluatedPart&, const EvaluatedPart&) = default;
};

struct EvaluatedHost {
    std::string name{};
    std::vector<std::string> hosts{};             ///< all of nixosConfigurations
    std::map<std::string, EvaluatedPart> parts{}; ///< by user; "" is the system
    friend bool operator==(const EvaluatedHost&, const EvaluatedHost&) = default;
};

/// Files that were not read as the host's become its modules, those that an evaluation does not
/// have are marked (`ModuleUse::evaluated`), and disagreements are noted. A file is taken from no
/// host; where the two differ it is not certain (`maybe`), until all hosts are evaluated. Hosts
/// that were not read are added; after it no others are thought possible.
void add_evaluated(Files& files, RepoMap& map, const EvaluatedHost& host);

} // namespace agentd::proposals::map
