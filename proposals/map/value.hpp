/// @file
/// What an expression of a repository comes to, as far as that can be told without Nix.
#pragma once

#include "proposals/map/files.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals::map {

struct Value;

/// Stands in a text or a path for a piece that cannot be told.
inline constexpr char hole = '\x01';

struct Item {
    Value* value{};
    bool maybe{}; ///< under a condition that cannot be told
};

/// What names mean where an expression stands.
struct Scope {
    Scope* up{};
    std::map<std::string_view, Value*> names{};
    Value* with{};
};

/// One value; made and owned by a Reader.
struct Value {
    enum class Kind : std::uint8_t {
        waiting, ///< an expression that nobody asked for yet
        working, ///< … that is being read now
        alias,   ///< … that is another value, `rest`
        unknown,
        null,
        boolean,
        integer,
        text,
        path, ///< in the repository; also a text that begins with one
        list,
        merge, ///< mkMerge [ … ]
        set,
        function,
        outside, ///< what comes from elsewhere, by its dotted name: `inputs.nixpkgs.lib`
        applied, ///< a function of outside that waits for more arguments
        flake,   ///< the flake itself: `self`
        system,  ///< a call of nixosSystem and its like
    };

    Kind kind{Kind::unknown};
    bool maybe{}; ///< of a list or set: it may have more than is known
    bool truth{};
    std::int64_t number{};
    std::string text{};        ///< of a system: the name of its function
    std::vector<Item> items{}; ///< of a list; arguments of `applied`
    std::map<std::string, Value*, std::less<>> attrs{};
    Value* rest{}; ///< of a set: what has the names that it has not; of a system: its argument
    const SourceFile* file{}; ///< where it is written
    nix::NodeId node{nix::no_node};
    Scope* scope{};
};

} // namespace agentd::proposals::map
