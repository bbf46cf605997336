#include "agentd/core/clock.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <fmt/format.h>

#include <ctime>

namespace agentd::core {

Instant SystemClock::now() const {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::int64_t SystemClock::monotonic_us() const {
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000;
}

std::string format_instant(Instant instant) {
    using namespace std::chrono;
    const auto day = floor<days>(instant);
    const year_month_day date{day};
    const hh_mm_ss time{instant - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count(),
                       time.subseconds().count());
}

std::optional<Instant> parse_instant(std::string_view text) {
    using namespace std::chrono;
    constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd.ddddddZ";
    if (text.size() != shape.size()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == 'd' ? !digit : text[i] != shape[i]) {
            return std::nullopt;
        }
    }
    const auto number = [&](std::size_t at, std::size_t length) {
        return static_cast<int>(*parse_integer(text.substr(at, length)));
    };
    const year_month_day date{year{number(0, 4)}, month{static_cast<unsigned>(number(5, 2))},
                              day{static_cast<unsigned>(number(8, 2))}};
    if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59) {
        return std::nullopt;
    }
    return sys_days{date} + hours{number(11, 2)} + minutes{number(14, 2)} +
           seconds{number(17, 2)} + microseconds{number(20, 6)};
}

std::string format_duration(std::chrono::microseconds duration) {
    const auto ms = duration.count() / 1000;
    const auto plural = [](std::int64_t n, std::string_view unit) {
        return fmt::format("{} {}{}", n, unit, n == 1 ? "" : "s");
    };
    if (ms < 1000) {
        return fmt::format("{} ms", ms);
    }
    if (ms < 60'000) {
        return fmt::format("{:.1f} s", static_cast<double>(ms) / 1000.0);
    }
    const auto minutes = ms / 60'000;
    return minutes < 60     ? plural(minutes, "minute")
           : minutes < 2880 ? plural(minutes / 60, "hour")
                            : plural(minutes / 1440, "day");
}

std::string boot_id() {
    const auto text = read_file_if_exists("/proc/sys/kernel/random/boot_id", 64);
    return text ? std::string(trim(*text)) : "unknown";
}

std::string machine_id(std::string_view root) {
    const auto text = read_file_if_exists(std::string(root) + "/etc/machine-id", 64);
    const auto id = text ? trim(*text) : std::string_view();
    return id.empty() ? "unknown" : std::string(id);
}

} // namespace agentd::core
