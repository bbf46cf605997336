/// @file
/// Room on the store's disk, looked at while something writes to it: Nix has no cap on what a build
/// or a cache writes.
#pragma once

#include "agentd/core/result.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace agentd::evaluator {

class Room {
  public:
    /// @param reserve bytes of the disk of `folder` that are to stay free, at least: see
    /// `kept_free`
    Room(std::string folder, std::uint64_t reserve);
    /// False when less is free. What cannot be asked is not in the way.
    bool left() const noexcept;

  private:
    std::string folder_;
    std::uint64_t reserve_;
};

/// What of a disk of `size` bytes stays free, when `free` of them are now: a twentieth of it for
/// the rest of the machine, but never more than a quarter of what is free, so that a full disk is
/// no end of everything; and `reserve` in any case.
std::uint64_t kept_free(std::uint64_t size, std::uint64_t free, std::uint64_t reserve) noexcept;

/// For people, under the code of who was ended for it.
core::Problem no_room(std::string code);

} // namespace agentd::evaluator
