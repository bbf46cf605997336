/// @file
/// What to start: one program with everything it may know and use.
#pragma once

#include "sandbox/profile.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::sandbox {

enum class Stream { out, err };

/// How much of one stream is kept, and what happens above it. What is not kept is still read, so
/// that a flood never blocks the program.
struct Cap {
    enum class Above {
        truncate, ///< keep the first `bytes`, go on, mark it as truncated
        stop,     ///< end the program: the ending is OutputLimit
    };
    std::size_t bytes = 1U << 20;
    Above above = Above::truncate;
};

/// Called for each line without its LF, on the thread that called run(). A line longer than 64 KiB
/// comes in pieces of 64 KiB. Lines above the cap are still given, so a callback must bound what it
/// keeps.
using LineCallback = std::function<void(Stream, std::string_view)>;

/// One program to run. There is never a shell and never a search along PATH.
struct Command {
    std::string program{};                            ///< absolute path, also argv[0]
    std::vector<std::string> arguments{};             ///< argv[1…]; no NUL inside
    std::map<std::string, std::string> environment{}; ///< all of it: nothing is inherited
    std::string directory = "/";
    std::optional<std::string> input{}; ///< bytes of stdin; nullopt is /dev/null
    std::chrono::milliseconds deadline = std::chrono::minutes(1); ///< then SIGTERM to the group
    std::chrono::milliseconds grace = std::chrono::seconds(2);    ///< then SIGKILL
    Cap out{};
    Cap err{};
    LineCallback on_line{};
    /// Asked at least four times a second, on the thread that called run(): false ends the program
    /// as a deadline does, and the ending is Unwanted.
    std::function<bool()> wanted{};
    std::optional<Profile> profile{}; ///< nullopt: only what run() always does
};

} // namespace agentd::sandbox
