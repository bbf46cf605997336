#include "agentd/ctl/session.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <ctime>
#include <unistd.h>

namespace agentd::ctl {

std::optional<std::int64_t> start_ticks(std::string_view stat) noexcept {
    // The name in parentheses may hold anything; after the last one of them fields are numbers.
    constexpr std::size_t start_time = 19; // field 22, counted from the one after the name
    const auto close = stat.rfind(") ");
    if (close == std::string_view::npos) {
        return std::nullopt;
    }
    const auto fields = core::split(core::trim(stat.substr(close + 2)), ' ');
    return fields.size() > start_time ? core::parse_integer(fields[start_time]) : std::nullopt;
}

std::optional<core::Instant> session_began(const core::Clock& clock) {
    const pid_t leader = ::getsid(0);
    if (leader <= 0) {
        return std::nullopt;
    }
    const auto stat =
        core::read_file_if_exists("/proc/" + std::to_string(leader) + "/stat", 1U << 16);
    const auto ticks = stat ? start_ticks(*stat) : std::nullopt;
    const long per_second = ::sysconf(_SC_CLK_TCK);
    timespec now{};
    if (!ticks || per_second <= 0 || ::clock_gettime(CLOCK_BOOTTIME, &now) != 0) {
        return std::nullopt;
    }
    const auto since_boot =
        std::chrono::seconds(now.tv_sec) + std::chrono::duration_cast<std::chrono::microseconds>(
                                               std::chrono::nanoseconds(now.tv_nsec));
    const auto began = std::chrono::microseconds(*ticks * 1'000'000 / per_second);
    return clock.now() - (since_boot - began);
}

} // namespace agentd::ctl
