/// @file
/// What the listeners put up with, in one place.
#pragma once

#include <chrono>
#include <cstddef>

namespace agentd::web {

struct Limits {
    std::size_t header = 16U << 10;
    std::size_t body = 1U << 20;
    std::size_t connections = 128;      ///< over HTTP; for one more `who_goes` goes
    std::size_t streams = 32;           ///< of these, event streams; one more gets 503
    std::size_t local_connections = 32; ///< of all uids but root, who is never kept out
    std::size_t local_per_uid = 16;     ///< of these; one more takes the place of one at rest
    std::size_t behind = 4U << 20;      ///< bytes waiting for a slow reader before it is dropped
    std::size_t answers = 128U << 20;   ///< bytes waiting for all of admin.sock but root together
    std::chrono::milliseconds head{5'000}; ///< for a stranger to send the head of a request
    std::chrono::milliseconds request{
        30'000}; ///< to send a whole request, and to take the response
    std::chrono::milliseconds keep_alive{15'000}; ///< between signs of life on a stream
    std::chrono::milliseconds linger{2'000};      ///< for a refused sender to hear why
};

} // namespace agentd::web
