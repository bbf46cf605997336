/// @file
/// Takes connections on append.sock and gives each a thread.
#pragma once

#include "agentd/auditd/session.hpp"

#include <atomic>
#include <list>
#include <stop_token>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace agentd::auditd {

struct ServerOptions {
    std::vector<uid_t> writers{}; ///< besides root and our own uid
    bool trust_socket_mode = false;
};

class Server {
  public:
    static constexpr std::size_t max_connections = 64;
    /// Kept for root and our own uid: no other writer can keep the privileged helper from writing.
    static constexpr std::size_t reserved_connections = 8;

    Server(ServerOptions options, Desk desk) : options_(std::move(options)), desk_(desk) {}
    /// Serves until `stop`; returns when every connection is closed.
    void run(core::Listener& listener, std::stop_token stop);

  private:
    struct Slot {
        std::atomic<bool> done = false;
        std::jthread thread{};
    };

    bool may_enter(const core::Peer& peer) const;
    void admit(core::Listener::Connection connection);

    ServerOptions options_;
    Desk desk_;
    std::list<Slot> slots_;
};

} // namespace agentd::auditd
