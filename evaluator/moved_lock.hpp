/// @file
/// An old and a new flake.lock compared as values: whether nothing moved but what was to move.
#pragma once

#include "agentd/core/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

struct MayMove {
    std::vector<std::string> inputs{}; ///< that the flake names itself
    /// Of those whose address in flake.nix changes with it: the new one.
    std::map<std::string, std::string> addresses{};
    std::vector<std::string> origins{}; ///< flake.origins
};

struct MovedInput {
    std::string name{};
    std::string from{};      ///< revision, else hash; "" where it was not locked
    std::string to{};        ///< likewise
    std::int64_t before = 0; ///< lastModified; 0 where the lock does not say
    std::int64_t after = 0;  ///< likewise
    bool pinned = false;     ///< flake.nix names the revision itself
    bool moved = false;      ///< or what hangs from it did
    bool older() const noexcept { return moved && before > 0 && after > 0 && after < before; }
};

struct MovedLock {
    std::string text{}; ///< in Nix's own layout
    std::vector<MovedInput> inputs{};
    bool moved() const noexcept;
};

/// Nothing but the named inputs and what hangs from them alone may differ; what is new among those
/// comes from where the base's inputs come from, or from an origin of the owner's, with a hash and
/// from where flake.nix says. What the owner made an input take from another stays so. Problems:
/// `lock_unreadable`, `no_such_input` (with the names there are), `input_follows`,
/// `lock_moved_more`, `lock_rewired`, `lock_mismatch`, and those of sources_of().
core::Result<MovedLock> moved_lock(std::string_view before, std::string_view after,
                                   const MayMove& may);

/// The names that the flake gives to its inputs, of those that are locked by themselves.
core::Result<std::vector<std::string>> locked_names(std::string_view lock);
/// `no_such_input`, `input_follows`; of names that may be bumped nothing.
core::Result<core::Done> may_be_bumped(std::string_view lock,
                                       const std::vector<std::string>& inputs);

} // namespace agentd::evaluator
