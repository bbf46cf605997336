/// @file
/// One mebibyte kept back, so that a full disk can still be put on record.
#pragma once

#include <string>

namespace agentd::audit {

class Ballast {
  public:
    static constexpr std::size_t size = 1U << 20;

    explicit Ballast(std::string path) : path_(std::move(path)) {}
    /// True when the ballast lies there, whole; made when it does not. False: no room for it.
    bool ensure();
    void release() noexcept;

  private:
    std::string path_;
};

} // namespace agentd::audit
