#include "evaluator/room.hpp"

#include <sys/statvfs.h>

namespace agentd::evaluator {

bool Room::left() const noexcept {
    struct statvfs now {};
    return ::statvfs(folder_.c_str(), &now) != 0 ||
           static_cast<std::uint64_t>(now.f_bavail) * now.f_frsize >= reserve_;
}

core::Problem no_room(std::string code) {
    return {.code = std::move(code),
            .message = "the disk of /nix/store is nearly full: it was ended before nothing is left",
            .where = "/nix/store",
            .hint =
                "make room (`agentctl store gc` proposes to collect garbage), then verify again"};
}

} // namespace agentd::evaluator
