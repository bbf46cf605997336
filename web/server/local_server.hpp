/// @file
/// JSON lines on `admin.sock`: each `agentctl` is one connection.
#pragma once

#include "agentd/core/line_socket.hpp"
#include "web/control_plane.hpp"
#include "web/server/crowd.hpp"
#include "web/server/limits.hpp"
#include "web/server/mailbox.hpp"
#include "web/server/room.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>

namespace agentd::web {

class LocalConnection;

/// Binding (mode, stale files, group) is `core::Listener`'s; Asio only accepts on its descriptor.
class LocalServer {
  public:
    LocalServer(boost::asio::io_context& io, core::Listener listener, ControlPlane& control_plane,
                Limits limits, std::shared_ptr<Mailbox> mailbox);
    ~LocalServer();
    void close();

  private:
    void accept();
    bool make_room(std::uint32_t uid);
    void turn_away(boost::asio::local::stream_protocol::socket& socket);
    void pause();

    core::Listener listener_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    ControlPlane& control_plane_;
    Limits limits_;
    std::shared_ptr<Mailbox> mailbox_;
    Crowd<LocalConnection> crowd_;
};

} // namespace agentd::web
