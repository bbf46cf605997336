/// @file
/// agentd's own parts: whether they are there, have room to write, and finished what they began.
#pragma once

#include "agentd/observers/all.hpp"

namespace agentd::observers {

/// Whether somebody listens at a socket's path, from the text of /proc/net/unix.
bool listens_at(std::string_view table, std::string_view path);

/// Kinds `part_down` (the log's writer or the root helper), `log_space` (less than 256 MiB,
/// critical below 64 MiB, where the log or the daemon's state lies), `landing_waits` (a confirmed
/// change is not on the owner's branch).
class Parts final : public Observer {
  public:
    explicit Parts(Knowledge knowledge) : knowledge_(std::move(knowledge)) {}
    std::vector<std::string> kinds() const override;
    Schedule schedule() const override { return {.on = topics({Topic::log, Topic::units})}; }
    Findings look(Sight& sight) override;

  private:
    bool helper_listens() const;
    void look_at_space(Findings& findings) const;

    Knowledge knowledge_;
};

} // namespace agentd::observers
