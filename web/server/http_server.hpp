/// @file
/// Accepts HTTP connections and keeps their number within bounds; routing is somebody else's.
#pragma once

#include "web/server/http_connection.hpp"

#include <boost/asio/io_context.hpp>

namespace agentd::web {

class HttpServer {
  public:
    struct Address {
        std::string address{};
        std::uint16_t port = 0;
    };
    HttpServer(boost::asio::io_context& io, const Address& address, Router& router,
               EventHub& events, Limits limits, std::shared_ptr<Mailbox> mailbox);
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    void close();

  private:
    void accept();
    void welcome(boost::asio::ip::tcp::socket socket);
    bool make_room();
    void pause();

    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    Router& router_;
    EventHub& events_;
    Limits limits_;
    std::shared_ptr<Mailbox> mailbox_;
    Crowd<HttpConnection> crowd_;
    Crowd<EventStream> streams_;
};

} // namespace agentd::web
