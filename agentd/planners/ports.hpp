/// @file
/// Ports as people write them: `8080`, `53/udp`, `tcp port 80`, `53 tcp and udp`.
#pragma once

#include "agentd/core/result.hpp"
#include "agentd/planners/sentence.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace agentd::planners {

struct Port {
    std::int64_t number = 0; ///< 1 to 65535
    std::string protocol{};  ///< `tcp`, `udp`, or empty where nobody said
    friend bool operator==(const Port&, const Port&) = default;
};

/// Problems: `bad_port`, `not_understood`.
core::Result<std::vector<Port>> read_ports(const Clause& clause);

} // namespace agentd::planners
