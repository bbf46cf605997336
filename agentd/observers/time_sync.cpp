#include "agentd/observers/time_sync.hpp"

#include <array>
#include <cmath>
#include <filesystem>
#include <sys/timex.h>

namespace agentd::observers {

namespace {

constexpr std::array keepers{"systemd-timesyncd.service", "chronyd.service", "ntpd.service",
                             "openntpd.service", "ntpd-rs.service"};
constexpr std::int64_t tolerated_us = 5'000'000;
constexpr std::int64_t remembered_us = 3'600'000'000;

/// nullopt where nobody says it: the kernel may not be asked under the daemon's filter of system
/// calls.
std::optional<bool> synchronised(Sight& sight, const std::string& keeper) {
    if (keeper == keepers.front()) {
        return std::filesystem::exists(sight.on_host("/run/systemd/timesync/synchronized"));
    }
    struct timex clock {}; // modes 0: it only reads
    const int state = ::adjtimex(&clock);
    return state < 0 ? std::nullopt : std::optional((clock.status & STA_UNSYNC) == 0);
}

} // namespace

std::vector<std::string> TimeSync::kinds() const {
    return {"clock_not_synchronised", "clock_jumped"};
}

std::optional<std::int64_t> TimeSync::jump(std::int64_t offset_us, std::int64_t mono_us) {
    if (offset_ && std::abs(offset_us - *offset_) > tolerated_us) {
        jumped_at_ = mono_us;
        jumped_by_ = (offset_us - *offset_) / 1'000'000;
    }
    offset_ = offset_us;
    if (jumped_at_ && mono_us - *jumped_at_ > remembered_us) {
        jumped_at_.reset();
    }
    return jumped_at_ ? std::optional(jumped_by_) : std::nullopt;
}

Findings TimeSync::look(Sight& sight) {
    Findings findings;
    const auto& moment = sight.moment();
    if (const auto by =
            jump(moment.now.time_since_epoch().count() - moment.mono_us, moment.mono_us)) {
        findings.conditions.push_back({.key = "clock_jumped",
                                       .kind = "clock_jumped",
                                       .title = "the clock was set",
                                       .detail = "it moved by " + std::to_string(*by) +
                                                 " seconds; approvals and windows go by it",
                                       .severity = Severity::warning});
    }
    std::string keeper;
    for (const char* name : keepers) {
        const auto* unit = machine::find_unit(sight.units(), name);
        if (unit != nullptr && unit->active == "active") {
            keeper = name;
            break;
        }
    }
    const auto in_time = keeper.empty() ? std::nullopt : synchronised(sight, keeper);
    unsynchronised_ = in_time == false ? unsynchronised_ + 1 : 0;
    if (unsynchronised_ >= 2) {
        findings.conditions.push_back({.key = "clock_not_synchronised",
                                       .kind = "clock_not_synchronised",
                                       .subject = keeper,
                                       .title = "the clock is not synchronised",
                                       .detail = keeper + " runs and has not got the time",
                                       .severity = Severity::warning});
    }
    findings.facts.push_back(
        {.name = "clock",
         .owner = "systemd",
         .state = !findings.conditions.empty() ? Fact::State::amiss
                  : in_time == true            ? Fact::State::good
                                               : Fact::State::unknown,
         .text = keeper.empty() ? "nothing that keeps the time runs here"
                 : !in_time     ? "kept by " + keeper + ", which does not say whether it has it"
                 : *in_time     ? "synchronised by " + keeper
                                : "not synchronised yet by " + keeper});
    return findings;
}

} // namespace agentd::observers
