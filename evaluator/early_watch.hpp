/// @file
/// Finds our own line among all that an evaluation traces: whoever does not know the nonce cannot
/// write it.
#pragma once

#include "evaluator/early_facts.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

class EarlyWatch {
  public:
    /// A nonce that nobody can guess, for one evaluation.
    explicit EarlyWatch(const EarlyCallback& tell);

    const std::string& nonce() const noexcept { return nonce_; }
    /// One line of Nix's stderr.
    void line(std::string_view line);
    /// Everything that is told early was read.
    bool seen() const noexcept { return seen_; }
    /// The toplevel is known: what goes wrong from here on is what we ask behind it.
    bool past_toplevel() const noexcept { return past_toplevel_; }

  private:
    const EarlyCallback& tell_;
    std::string nonce_;
    bool seen_ = false;
    bool past_toplevel_ = false;
    std::vector<std::string> warnings_{};
};

} // namespace agentd::evaluator
