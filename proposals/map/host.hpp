/// @file
/// One host of a repository, and the files and modules that it is made of.
#pragma once

#include "proposals/map/evaluated.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace agentd::proposals::map {

/// A file that a host is made of.
struct ModuleUse {
    std::string file{};
    std::string by{}; ///< the file that imports it; "" is the flake's own list
    std::vector<std::string> also_by{};
    std::size_t distance{};          ///< imports between the host and it
    bool maybe{};                    ///< imported under a condition that cannot be told
    bool by_value{};                 ///< `(import ./x.nix)`: to Nix no module of its own
    bool read = true;                ///< the imports lead to it
    std::optional<bool> evaluated{}; ///< it takes part; nullopt: not asked, or not told
    friend bool operator==(const ModuleUse&, const ModuleUse&) = default;
};
using Modules = std::vector<ModuleUse>;

/// A module that is written below names in a file of something else:
/// `flake.modules.nixos.web = { … }`.
struct InlineModule {
    std::string file{};
    std::vector<std::string> prefix{}; ///< those names, without a first `config`
    std::size_t distance{};
    bool maybe{};
    friend bool operator==(const InlineModule&, const InlineModule&) = default;
};

struct Host {
    std::string name{};      ///< below nixosConfigurations
    std::string kind{};      ///< `nixos`, `darwin` or `home`
    std::string host_name{}; ///< networking.hostName where it is written out; "" otherwise
    Modules modules{};       ///< in the order in which they are met
    std::map<std::string, Modules> homes{}; ///< of home-manager, by user
    /// Modules inside of something else, by user; "" for those of the system.
    std::map<std::string, std::vector<InlineModule>> inside{};
    /// Files that hold such modules, and not plainly below names.
    std::map<std::string, std::set<std::string>> inlined{};
    bool in_part{}; ///< only its own files are known, not what it shares
    std::map<std::string, EvaluatedPart> evaluated{}; ///< by user; empty where Nix was not asked
    std::vector<std::string> outside{};               ///< modules of inputs, by name
    std::vector<std::string> unresolved{}; ///< `file:line: …`, imports that could not be followed
    /// Evaluation told all modules of it and of its users.
    bool whole() const;
};

} // namespace agentd::proposals::map
