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
    /// @param reserve bytes of the disk of `folder` that are to stay free
    Room(std::string folder, std::uint64_t reserve)
        : folder_(std::move(folder)), reserve_(reserve) {}
    /// False when less is free. What cannot be asked is not in the way.
    bool left() const noexcept;

  private:
    std::string folder_;
    std::uint64_t reserve_;
};

/// For people, under the code of who was ended for it.
core::Problem no_room(std::string code);

} // namespace agentd::evaluator
