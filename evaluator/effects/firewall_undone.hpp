/// @file
/// Lines of a firewall's own scripts after which it refuses nothing any more.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace agentd::evaluator::effects {

/// Of a script of NixOS's firewall that is read from its first line to its last.
class FirewallUndone {
  public:
    /// @param built the chains of NixOS stand already: what empties them before is no matter
    void iptables(std::string_view line, bool built);
    /// @param in_input within a chain that every packet comes through
    void nft(std::string_view line, bool built, bool in_input);
    bool any() const noexcept { return any_; }

  private:
    bool any_ = false;
};

} // namespace agentd::evaluator::effects
