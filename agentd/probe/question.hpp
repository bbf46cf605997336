/// @file
/// What agentd-probe is asked, as one JSON object on its stdin.
#pragma once

#include "agentd/core/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::probe {

enum class Kind { tcp, http, dns, disk, ssh, find, command };

struct Question {
    Kind kind = Kind::tcp;
    /// tcp, ssh: `127.0.0.1:80` · http: `http://…` · dns: a host name · disk, find: a path ·
    /// command: the program's file.
    std::string target{};
    std::chrono::seconds limit{1};        ///< 1 to 600
    std::vector<std::string> arguments{}; ///< command
    std::int64_t free_mb = 0;             ///< disk
    std::int64_t free_inodes = 0;         ///< disk
    std::string user{};                   ///< ssh: who logs in, "" for the key exchange alone
    std::string key{};                    ///< ssh: file with his private key
    bool outside = false;                 ///< ssh: from a network of its own
};

constexpr std::size_t longest_question = std::size_t{1} << 20;

/// Every field has to be there, and none besides.
core::Result<Question> parse_question(std::string_view json);

} // namespace agentd::probe
