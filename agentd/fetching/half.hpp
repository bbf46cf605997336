/// @file
/// The half of `agentd-fetch` that is shut in, as a child, and the folder it writes to.
#pragma once

#include "agentd/core/fd.hpp"

#include <functional>
#include <string>
#include <sys/types.h>

namespace agentd::fetching {

/// A folder that goes with everything in it.
class Folder {
  public:
    explicit Folder(const std::string& above);
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::string& path() const noexcept { return path_; }

  private:
    std::string path_;
};

/// What it does; it writes its answer there. An exit status.
using Work = std::function<int(int out)>;

/// Works in a network of its own; killed when this goes. To be made while the process has one
/// thread.
class Half {
  public:
    explicit Half(const Work& work);
    ~Half();
    Half(const Half&) = delete;
    Half& operator=(const Half&) = delete;

    /// The socket in its network; none when it could not leave ours: then the answer says why.
    core::Fd listener() const;
    /// Where it writes its answer.
    int answer() const noexcept { return answer_.get(); }

  private:
    core::Fd answer_{};
    core::Fd socket_{};
    pid_t pid_ = -1;
};

} // namespace agentd::fetching
