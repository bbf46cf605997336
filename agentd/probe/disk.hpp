/// @file
/// Whether a file system has room.
#pragma once

#include "agentd/core/fd.hpp"
#include "agentd/core/result.hpp"
#include "agentd/probe/answer.hpp"

#include <cstdint>
#include <string>

namespace agentd::probe {

/// A hold on the path, without a right to read or list it: taken while one may still pass through
/// everybody's folders. The problem's code is `cannot` when nothing is there.
core::Result<core::Fd> hold(const std::string& path);

struct Room {
    std::int64_t mib = 0;
    std::int64_t inodes = 0; ///< where the file system counts them
};
/// Has the file system of `held` so much for others than root?
Answer disk(const core::Fd& held, const Room& wanted);

} // namespace agentd::probe
