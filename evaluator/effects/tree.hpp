/// @file
/// What a built toplevel contains, read within limits: its `etc` in full, the rest by name.
#pragma once

#include "evaluator/effects/store_reader.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator::effects {

struct TreeLimits {
    std::size_t entries = 20'000;
    std::size_t depth = 24;
    std::size_t file_bytes = 4U << 20;
    std::size_t total_bytes = 192U << 20;
};

/// One name of the tree.
struct Node {
    enum class Kind {
        file,       ///< `bytes()` is what it holds
        reference,  ///< a directory elsewhere in the store that is compared by its path (`sw`,
                    ///< `kernel`)
        outside,    ///< a link that leaves the store or the closure, to `target`: what is there
                    ///< is bound by nothing, and may be something else tomorrow
        unreadable, ///< dangling, looping, special, too large or too deep; `why` says which
    };
    Kind kind = Kind::unreadable;
    std::string target{}; ///< store path it resolves to, or where the link leaves to
    std::size_t size = 0; ///< of a file
    std::string why{};
    bool executable = false;

    /// What a file holds, read when it is first asked for. Throws where it cannot be read any more.
    const std::string& bytes() const;
    mutable std::optional<std::string> held{}; ///< by `bytes` alone
};

/// True when a reader of the machine would see no difference: same bytes, whatever the store path.
/// One file of the store is not read for that.
bool same(const Node& a, const Node& b);

struct Tree {
    std::map<std::string, Node> nodes{}; ///< by path below the toplevel, `etc/ssh/sshd_config`
    bool truncated = false;              ///< a limit was hit: not everything is here

    const Node* find(std::string_view path) const;
    /// The bytes of a regular file, or nullptr.
    const std::string* file(std::string_view path) const;
};

/// Where the two differ: names that only one has, or that hold something else; sorted.
std::vector<std::string> differences(const Tree& before, const Tree& after);

/// What `store` is kept to is all that is read.
Tree read_tree(const StoreReader& store, const std::string& toplevel, TreeLimits limits = {});

} // namespace agentd::evaluator::effects
