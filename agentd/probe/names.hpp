/// @file
/// Whether the machine's own resolver knows a name.
#pragma once

#include "agentd/probe/answer.hpp"

#include <string>

namespace agentd::probe {

/// An address of it? (getaddrinfo(3): files, DNS, whatever is configured.) The caller ends a
/// resolver that hangs.
Answer dns(const std::string& name);

} // namespace agentd::probe
