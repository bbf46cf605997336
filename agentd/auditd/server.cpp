#include "agentd/auditd/server.hpp"

#include "agentd/core/log.hpp"

#include <algorithm>
#include <memory>
#include <unistd.h>

namespace agentd::auditd {

bool Server::may_enter(const core::Peer& peer) const {
    return options_.trust_socket_mode || peer.uid == 0 || peer.uid == ::geteuid() ||
           std::find(options_.writers.begin(), options_.writers.end(), peer.uid) !=
               options_.writers.end();
}

void Server::run(core::Listener& listener, std::stop_token stop) {
    while (auto connection = listener.accept(stop)) {
        slots_.remove_if([](const Slot& slot) { return slot.done.load(); });
        if (!may_enter(connection->peer)) {
            connection->channel.write_line(
                error_line({.code = "denied",
                            .message = "uid " + std::to_string(connection->peer.uid) +
                                       " may not use the log"}));
            continue;
        }
        const bool own = connection->peer.uid == 0 || connection->peer.uid == ::geteuid();
        if (slots_.size() >= max_connections - (own ? 0 : reserved_connections)) {
            connection->channel.write_line(
                error_line({.code = "busy", .message = "too many connections; try again"}));
            continue;
        }
        admit(std::move(*connection));
    }
    for (Slot& slot : slots_) {
        slot.thread.request_stop();
    }
}

void Server::admit(core::Listener::Connection connection) {
    Slot& slot = slots_.emplace_back();
    slot.thread =
        std::jthread([this, &slot, peer = connection.peer, channel = std::move(connection.channel)](
                         const std::stop_token& stop) mutable {
            try {
                Session(desk_, channel, peer).serve(stop);
            } catch (const std::exception& trouble) {
                core::log(core::Level::error, trouble.what());
            }
            slot.done = true;
        });
}

} // namespace agentd::auditd
