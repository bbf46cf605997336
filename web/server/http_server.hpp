/// @file
/// HTTP/1.1 by Beast: connections, limits and event streams; routing is somebody else's.
#pragma once

#include "web/events.hpp"
#include "web/router.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>

namespace agentd::web {

class HttpServer {
public:
    HttpServer(boost::asio::io_context& io, const std::string& address, std::uint16_t port,
               Router& router, EventHub& events);
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    void close();

private:
    void accept();
    boost::asio::io_context& io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    Router& router_;
    EventHub& events_;
    std::shared_ptr<int> open_ = std::make_shared<int>(0); ///< shared with each connection: how many there are
};

} // namespace agentd::web
