/// @file
/// The systems that were applied on this machine and found healthy, as root remembers them.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/names.hpp"

#include <string>
#include <vector>

namespace agentd::applyd {

/// One file of root's own, replaced whole. The caller holds the journal's lock when it writes.
class LastGood {
  public:
    static constexpr std::size_t most = 64;

    explicit LastGood(const std::string& directory) : file_(directory + "/last-good") {}

    /// Newest first, each once. What cannot be read is left out: it is only not known to be good.
    std::vector<core::StorePath> list() const;
    /// The same as text.
    std::vector<std::string> names() const;
    /// Durable when it returns. The oldest is forgotten beyond `most`.
    void remember(const core::StorePath& system);

  private:
    std::string file_;
};

} // namespace agentd::applyd
