/// @file
/// How a program ended and what it said.
#pragma once

#include "sandbox/command.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace agentd::sandbox {

struct Exited {
    int code{};
    friend bool operator==(const Exited&, const Exited&) = default;
};
struct Signalled {
    int signal{};
    friend bool operator==(const Signalled&, const Signalled&) = default;
};
/// Its deadline passed; it and its group are gone.
struct TimedOut {
    friend bool operator==(const TimedOut&, const TimedOut&) = default;
};
/// Somebody asked to stop; it and its group are gone.
struct Cancelled {
    friend bool operator==(const Cancelled&, const Cancelled&) = default;
};
/// Its `wanted` said no; it and its group are gone.
struct Unwanted {
    friend bool operator==(const Unwanted&, const Unwanted&) = default;
};
/// It wrote more than a cap with Cap::Above::stop; it and its group are gone.
struct OutputLimit {
    Stream stream{};
    friend bool operator==(const OutputLimit&, const OutputLimit&) = default;
};

using Ending = std::variant<Exited, Signalled, TimedOut, Cancelled, OutputLimit, Unwanted>;

/// The first bytes of a stream, up to its cap.
struct Captured {
    std::string bytes{};
    bool truncated = false;
    std::uint64_t total = 0; ///< bytes that were written, kept or not
};

struct Outcome {
    Ending ending = Exited{};
    Captured out{};
    Captured err{};
    std::chrono::microseconds wall{};
    std::chrono::microseconds user_cpu{};
    std::chrono::microseconds system_cpu{};
    std::int64_t max_rss_kib = 0; ///< of the biggest process of the tree that was waited for

    /// Exited with status 0.
    bool succeeded() const noexcept;
};

/// "exited with status 3", "killed by signal 9", "did not finish in time", …
std::string describe(const Ending& ending);

} // namespace agentd::sandbox
