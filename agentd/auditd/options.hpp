/// @file
/// The command line of agentd-auditd.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <variant>
#include <vector>

namespace agentd::auditd {

struct Options {
    std::string directory{};
    std::string socket{};           ///< not needed when systemd hands the socket in
    std::string host{};             ///< the log's origin is `agentd/<host>`
    std::string key_path{};         ///< empty: `key` in the directory
    std::vector<uid_t> writers{};   ///< may append, besides root and the program's own uid
    bool trust_socket_mode = false; ///< whoever may open the socket may append
    bool accept_loss = false;
};

/// The options, or the status to exit with (usage was printed: 0 for --help, else 64).
std::variant<Options, int> parse_options(int argc, const char* const* argv);

} // namespace agentd::auditd
