/// @file
/// Space and inodes of every real file system, and whether it can still be written.
#pragma once

#include "agentd/observers/observer.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::observers {

/// One file system as /proc/<pid>/mountinfo has it (proc(5)), mounted once or often.
struct Mount {
    std::string device{};   ///< `major:minor`
    std::string point{};    ///< the shortest path it is mounted at
    std::string type{};     ///< ext4
    bool read_only = false; ///< the file system itself, not only this mount of it
    friend bool operator==(const Mount&, const Mount&) = default;
};
/// File systems that keep data: backed by a block device, or btrfs, zfs, bcachefs. At most 64.
std::vector<Mount> real_mounts(std::string_view mountinfo);
/// Mount points that fstab(5) wants read-only.
std::set<std::string> wanted_read_only(std::string_view fstab);

struct Space {
    std::uint64_t bytes = 0, bytes_free = 0; ///< free: for those who are not root
    std::uint64_t inodes = 0, inodes_free = 0;
};

/// Kinds `disk_full` (a warning below a tenth and 20 GiB, critical below 3 % and 2 GiB; resolved 2
/// % above), `inodes_full` (a tenth, 3 %), `disk_read_only`.
class Disk final : public Observer {
  public:
    std::vector<std::string> kinds() const override;
    Schedule schedule() const override { return {.on = topics({Topic::mounts})}; }
    Findings look(Sight& sight) override;

    /// What is amiss with the space of one mount.
    std::vector<Condition> judge(const std::string& point, const Space& space);

  private:
    Condition* full(std::vector<Condition>& into, const std::string& key, int free_percent,
                    bool plenty, bool few);
    std::set<std::string> low_; ///< keys: resolved a little above where they opened
};

} // namespace agentd::observers
