#include "evaluator/room.hpp"

#include <algorithm>
#include <sys/statvfs.h>

namespace agentd::evaluator {

std::uint64_t kept_free(std::uint64_t size, std::uint64_t free, std::uint64_t reserve) noexcept {
    return std::max(reserve, std::min(size / 20, free / 4));
}

Room::Room(std::string folder, std::uint64_t reserve)
    : folder_(std::move(folder)), reserve_(reserve) {
    struct statvfs now {};
    if (::statvfs(folder_.c_str(), &now) == 0) {
        const std::uint64_t block = now.f_frsize;
        reserve_ = kept_free(now.f_blocks * block, now.f_bavail * block, reserve);
    }
}

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
