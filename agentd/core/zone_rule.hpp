/// @file
/// POSIX rules of time zones (`CET-1CEST,M3.5.0,M10.5.0/3`): when summer begins and ends, every
/// year.
#pragma once

#include "agentd/core/result.hpp"

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace agentd::core {

/// Day and time of one change between summer and winter in a POSIX rule.
struct YearlyChange {
    enum class Form { month_week_day, day_of_year, day_of_year_without_leap };
    Form form = Form::month_week_day;
    int month = 0, week = 0;      ///< 1 to 12, 1 to 5 (the last)
    int day = 0;                  ///< of the week (Sunday is 0), or of the year
    std::chrono::seconds time{0}; ///< of the local day; may be negative or beyond it
};

struct ZoneRule {
    std::chrono::seconds winter{}, summer{};    ///< what local time is ahead of UTC
    std::optional<YearlyChange> begin{}, end{}; ///< of summer; none: always winter
};

/// Problem `bad_zone`.
Result<ZoneRule> parse_zone_rule(std::string_view text);

/// From `at` on the offset is this.
struct ZoneChange {
    std::chrono::sys_seconds at{};
    std::chrono::seconds offset{};
};
/// Those of one year, in order; two or none.
std::vector<ZoneChange> changes_of(const ZoneRule& rule, std::chrono::year year);

} // namespace agentd::core
