#include "web/server/local_server.hpp"

#include "web/server/local_connection.hpp"

#include <boost/asio/write.hpp>

#include <unistd.h>

namespace agentd::web {

namespace asio = boost::asio;
using local = asio::local::stream_protocol;
using error_code = boost::system::error_code;

LocalServer::LocalServer(asio::io_context& io, core::Listener listener, ControlPlane& control_plane,
                         Limits limits, std::shared_ptr<Mailbox> mailbox)
    : listener_(std::move(listener)), acceptor_(io), pause_(io), control_plane_(control_plane),
      limits_(limits), mailbox_(std::move(mailbox)) {
    acceptor_.assign(local(), ::dup(listener_.fd()));
    accept();
}

LocalServer::~LocalServer() = default;

void LocalServer::close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

/// The reason, for who looks; it fits into the socket's buffer, so nobody waits.
void LocalServer::turn_away(local::socket& socket) {
    error_code ignored;
    socket.non_blocking(true, ignored);
    const std::string line =
        error_line("busy", "too many programs speak to agentd at once; try again", 75) + "\n";
    asio::write(socket, asio::buffer(line), ignored);
}

void LocalServer::accept() {
    acceptor_.async_accept([this](error_code error, local::socket socket) {
        if (!acceptor_.is_open()) {
            return;
        }
        if (error) {
            return pause();
        }
        const core::Peer peer = core::peer_of(socket.native_handle());
        if (make_room(peer.uid)) {
            auto connection = std::make_shared<LocalConnection>(
                std::move(socket), peer, control_plane_, limits_, mailbox_, crowd_);
            crowd_.join(connection);
            connection->read();
        } else {
            turn_away(socket);
        }
        accept();
    });
}

/// Connections at rest must not keep anybody out, and nobody keeps out root.
bool LocalServer::make_room(std::uint32_t uid) {
    if (uid == 0) {
        return true;
    }
    const auto everybody = crowd_.everybody();
    std::vector<std::shared_ptr<LocalConnection>> own;
    std::vector<std::shared_ptr<LocalConnection>> others;
    for (const auto& one : everybody) {
        if (one->uid() != 0) {
            (one->uid() == uid ? own : others).push_back(one);
        }
    }
    const bool too_many = own.size() >= limits_.local_per_uid;
    if (!too_many && own.size() + others.size() < limits_.local_connections) {
        return true;
    }
    auto& among = own;
    if (!too_many) {
        among.insert(among.end(), others.begin(), others.end());
    }
    std::vector<Guest> guests;
    for (const auto& one : among) {
        guests.push_back(one->guest());
    }
    const auto goes = who_goes(guests);
    if (goes) {
        among[*goes]->close();
    }
    return goes.has_value();
}

/// No descriptor is free, most likely: trying at once would only spin.
void LocalServer::pause() {
    pause_.expires_after(std::chrono::milliseconds(100));
    pause_.async_wait([this](error_code error) {
        if (!error) {
            accept();
        }
    });
}

} // namespace agentd::web
