/// @file
/// Whether a page answers as it should.
#pragma once

#include "agentd/probe/connect.hpp"

namespace agentd::probe {

/// Answers GET with a status of 200 to 399, in time? Reads `HTTP/1.1 200` and nothing that comes
/// after it, however much that is.
Answer http(const core::Fd& connection, const Page& page, const Patience& patience);

} // namespace agentd::probe
