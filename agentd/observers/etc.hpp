/// @file
/// /etc against the store: what the running system put there and is not as it was built.
#pragma once

#include "agentd/observers/observer.hpp"

#include <map>
#include <string>
#include <vector>

namespace agentd::observers {

/// How one running system's etc differs from the machine's /etc; paths are below /etc, sorted.
struct EtcDrift {
    std::size_t compared = 0;
    std::vector<std::string> replaced{}; ///< something else is there
    std::vector<std::string> missing{};
    std::map<std::string, std::vector<std::string>> foreign{}; ///< folder -> names nobody declared
    std::vector<std::string> folders{};                        ///< every folder that was looked at
    bool static_link = true; ///< /etc/static leads to that system's etc
};
/// @param built `<toplevel>/etc`. @param etc the machine's /etc as this process sees it. At most
/// 5,000 files are compared; files that are copied (NixOS's `mode`) by their bytes, up to 1 MiB.
EtcDrift compare_etc(const std::string& built, const std::string& etc);

/// Kinds `etc_replaced`, `etc_missing` (one for each path, 20 of each at most) and `etc_foreign`
/// (one for each folder of which the system owns every file, because programs obey whatever lies
/// there: pam.d, sudoers.d, systemd/system, …).
class Etc final : public Observer {
  public:
    std::vector<std::string> kinds() const override;
    Schedule schedule() const override {
        return {.on = topics({Topic::etc, Topic::links}), .passes = 10};
    }
    Findings look(Sight& sight) override;
    Aim aim() const override;

  private:
    std::vector<std::string> folders_;
};

} // namespace agentd::observers
