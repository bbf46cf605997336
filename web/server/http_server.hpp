/// @file
/// Accepts HTTP connections and keeps their number within bounds; routing is somebody else's.
#pragma once

#include "agentd/core/line_socket.hpp"
#include "web/server/http_connection.hpp"
#include "web/server/tls_files.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>

namespace agentd::web {

class HttpServer {
  public:
    struct Address {
        std::string address{};
        std::uint16_t port = 0;
    };
    /// Where visitors come in: over the network, with TLS or without, or by a proxy's own socket.
    struct Door {
        core::Fd socket{}; ///< that listens
        int family = 0;    ///< of addresses
        std::uint16_t port = 0;
        std::optional<TlsFiles> tls{};
        std::optional<core::Listener> proxy{}; ///< owns the socket's file
        std::uint32_t proxy_uid = 0;
        std::string identity_header{};
    };
    /// Failure when it cannot be listened there.
    static Door on(const Address& address);
    static Door behind(core::Listener proxy);

    HttpServer(boost::asio::io_context& io, Door door, Router& router, EventHub& events,
               Limits limits, std::shared_ptr<Mailbox> mailbox);
    std::uint16_t port() const noexcept { return door_.port; }
    void close();

  private:
    void accept();
    void welcome(Wire socket);
    bool may_enter(Wire& socket) const;
    bool make_room();
    void pause();

    Door door_;
    boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol> acceptor_;
    boost::asio::steady_timer pause_;
    Router& router_;
    EventHub& events_;
    Limits limits_;
    std::shared_ptr<Mailbox> mailbox_;
    Crowd<HttpConnection> crowd_;
    Crowd<EventStream> streams_;
};

} // namespace agentd::web
