#include "evaluator/effects/places.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <string_view>

namespace agentd::evaluator::effects {
namespace {

constexpr std::string_view grave =
    "/etc /root /nix /boot /usr /bin /sbin /lib /efi /dev /sys /proc /run/wrappers "
    "/run/current-system /run/booted-system /run/systemd /run/user /run/udev /run/dbus /run/keys "
    "/run/secrets /run/agenix /var/spool/cron /var/lib/systemd /var/lib/nixos";

} // namespace

bool is_grave_place(const std::string& path) {
    const auto folders = core::split(grave, ' ');
    return path == "/" || (path.find("..") == path.npos &&
                           std::any_of(folders.begin(), folders.end(), [&](std::string_view each) {
                               return path.starts_with(each);
                           }));
}

bool is_owner_of(const std::string& who, const std::string& path) {
    if (who.empty() || who == "-" || who == "root")
        return true;
    const auto parts = core::split(path, '/');
    return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
        if (part == who || !part.starts_with(who) || who.size() < 4)
            return part == who;
        const auto rest = part.substr(who.size());
        return rest.size() <= 2 || rest.front() == '-' || rest.front() == '_' ||
               rest.front() == '.';
    });
}

} // namespace agentd::evaluator::effects
