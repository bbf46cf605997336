/// @file
/// Whether a page answers as it should.
#pragma once

#include "agentd/probe/answer.hpp"
#include "agentd/probe/endpoint.hpp"

#include <chrono>

namespace agentd::probe {

/// Answers GET with a status of 200 to 399, within the limit? Reads `HTTP/1.1 200` and nothing
/// that comes after it, however much that is.
Answer http(const Page& page, std::chrono::seconds limit);

} // namespace agentd::probe
