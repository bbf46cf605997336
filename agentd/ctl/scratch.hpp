/// @file
/// A directory that only its maker can look into, gone with the object.
#pragma once

#include <string>

namespace agentd::ctl {

class Scratch {
  public:
    /// Mode 0700 below /tmp. Failure when it cannot be made.
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const std::string& path() const noexcept { return path_; }

  private:
    std::string path_;
};

} // namespace agentd::ctl
