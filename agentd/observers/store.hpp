/// @file
/// The Nix daemon, and the bytes of the store as far as they were read again.
#pragma once

#include "agentd/observers/all.hpp"

namespace agentd::observers {

/// Kinds `nix_daemon_down` (the machine has its units, and none is active, or its socket is gone)
/// and `store_damaged` (a path of the running system is not what was built).
class Store final : public Observer {
  public:
    explicit Store(Knowledge knowledge) : knowledge_(std::move(knowledge)) {}
    std::vector<std::string> kinds() const override { return {"nix_daemon_down", "store_damaged"}; }
    Schedule schedule() const override { return {.on = topics({Topic::units, Topic::store})}; }
    Findings look(Sight& sight) override;

  private:
    Fact daemon(Sight& sight, Findings& findings) const;
    Knowledge knowledge_;
};

} // namespace agentd::observers
