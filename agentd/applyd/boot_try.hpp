/// @file
/// The marker of a system that the next boot takes for the first time.
#pragma once

#include "agentd/core/clock.hpp"

#include <optional>
#include <string>

namespace agentd::applyd {

/// In `<directory>/boot-try.json` from when a system is made the default until a boot into it was
/// found well, or another system was booted.
struct BootTry {
    std::string proposal{};
    std::string system{};   ///< store path
    std::string boot_id{};  ///< of the boot that made it the default
    std::int64_t tries = 0; ///< boots into it that were judged
    friend bool operator==(const BootTry&, const BootTry&) = default;

    /// nullopt when there is none, or none that can be read: it only spares a judgement.
    static std::optional<BootTry> read(const std::string& directory);
    /// Durable when it returns.
    void write(const std::string& directory) const;
    static void remove(const std::string& directory) noexcept;
};

} // namespace agentd::applyd
