/// @file
/// What was seen of one system while it ran in a container (`agentd.rehearsal/1`). The system says
/// most of it of itself, and may lie.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::rehearsal {

/// One unit as its systemd showed it.
struct Unit {
    std::string name{};
    std::string active{}; ///< systemd's ActiveState
    std::string sub{};
    std::string result{};    ///< `success`, `exit-code`, …; "" where it has none
    std::int64_t status = 0; ///< of its main process
    std::int64_t restarts = 0;
    /// It was started again, and runs for longer now than it can have run before it fell.
    bool steady = false;
    bool skipped = false; ///< a condition of it did not hold
    bool waiting = false; ///< a job of it was not done
    bool ran = false;     ///< it was started at least once
    std::string needs{};  ///< what it asks for that no rehearsal has; "" for nothing known
    friend bool operator==(const Unit&, const Unit&) = default;
};

/// One listening socket, read from outside.
struct Listener {
    std::string protocol{}; ///< tcp or udp
    std::string address{};  ///< `0.0.0.0`, `127.0.0.1`, `::`, …
    std::uint16_t port = 0;
    friend auto operator<=>(const Listener&, const Listener&) = default;
};

/// What a dry activation said.
struct DryRun {
    static constexpr std::size_t max_text = 64U << 10;

    std::int64_t status = 0; ///< its exit status; -1: it did not end in time
    std::chrono::milliseconds took{};
    std::string text{};
    friend bool operator==(const DryRun&, const DryRun&) = default;
};

struct Rehearsal {
    static constexpr std::size_t max_units = 2'048;
    static constexpr std::size_t max_listeners = 1'024;
    static constexpr std::size_t max_log = 96U << 10;

    std::string system{};
    std::string state = "none"; ///< what systemd said last of the whole; `none`: it never answered
    bool up = false;            ///< it had done all that it starts when it boots
    std::chrono::milliseconds boot{};  ///< until then, or until it was given up
    std::vector<Unit> units{};         ///< sorted by name; of a dry run: just before it
    std::vector<Listener> listening{}; ///< sorted
    bool truncated = false;            ///< there is more of either
    std::string log{};                 ///< for people
    std::optional<DryRun> dry_run{};   ///< where it was asked for, and it was up
    std::string environment{};         ///< one line: kernel, systemd-nspawn, limits
    friend bool operator==(const Rehearsal&, const Rehearsal&) = default;

    const Unit* find(std::string_view name) const noexcept;
};

core::Json to_json(const Rehearsal& rehearsal);
/// Refused: what is unknown, too much, or not sorted.
core::Result<Rehearsal> rehearsal_from_json(const core::Json& value);

} // namespace agentd::rehearsal
