/// @file
/// A directory that only its maker can look into, gone with the object.
#pragma once

#include "agentd/core/fd.hpp"

#include <string>
#include <vector>

namespace agentd::ctl {

class Scratch {
  public:
    /// Mode 0700 below /tmp. Failure when it cannot be made.
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const std::string& path() const noexcept { return path_; }
    /// Removes those of our own whose maker was killed outright, and says which they were.
    static std::vector<std::string> sweep();

  private:
    std::string path_;
    core::Fd held_{}; ///< as long as it is locked, its maker lives
};

} // namespace agentd::ctl
