#include "web/server/http_server.hpp"

#include "agentd/core/failure.hpp"

#include <boost/asio/write.hpp>

namespace agentd::web {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using error_code = boost::system::error_code;

namespace {

/// The reason, for who looks; it fits into the socket's buffer, so nobody waits.
void turn_away(tcp::socket& socket) {
    const Response refused =
        error_response(503, "busy", "the daemon answers as many pages as it can right now",
                       "close some of them, or try again in a minute");
    error_code ignored;
    socket.non_blocking(true, ignored);
    asio::write(socket,
                asio::buffer("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
                             "Content-Type: application/json\r\nContent-Length: " +
                             std::to_string(refused.body.size()) + "\r\n\r\n" + refused.body),
                ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
    // What is unread when a socket closes would reset the connection, and take our words with it.
    std::array<char, 4096> unread{};
    socket.read_some(asio::buffer(unread), ignored);
}

} // namespace

HttpServer::HttpServer(asio::io_context& io, const Address& address, Router& router,
                       EventHub& events, Limits limits, std::shared_ptr<Mailbox> mailbox)
    : acceptor_(io), pause_(io), router_(router), events_(events), limits_(limits),
      mailbox_(std::move(mailbox)) {
    error_code error;
    const auto host = asio::ip::make_address(address.address, error);
    if (error) {
        throw core::Failure(core::FailureKind::misconfigured,
                            "not an address to listen on: " + error.message(), address.address);
    }
    const tcp::endpoint endpoint(host, address.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) {
        acceptor_.set_option(asio::socket_base::reuse_address(true), error);
        acceptor_.bind(endpoint, error);
    }
    if (!error) {
        acceptor_.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
        throw core::Failure(core::FailureKind::busy,
                            "cannot listen for the page: " + error.message(),
                            address.address + ":" + std::to_string(address.port));
    }
    accept();
}

void HttpServer::accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
        if (!acceptor_.is_open()) {
            return;
        }
        if (error) {
            return pause();
        }
        if (make_room()) {
            welcome(std::move(socket));
        } else {
            turn_away(socket);
        }
        accept();
    });
}

void HttpServer::welcome(tcp::socket socket) {
    auto connection = std::make_shared<HttpConnection>(
        std::move(socket), HttpConnection::Surroundings{.router = router_,
                                                        .events = events_,
                                                        .limits = limits_,
                                                        .mailbox = mailbox_,
                                                        .crowd = crowd_,
                                                        .streams = streams_});
    crowd_.join(connection);
    connection->read();
}

/// Connections that say nothing must not keep anybody out.
bool HttpServer::make_room() {
    if (crowd_.size() + streams_.size() < limits_.connections) {
        return true;
    }
    const auto everybody = crowd_.everybody();
    std::vector<Guest> guests;
    for (const auto& one : everybody) {
        guests.push_back(one->guest());
    }
    const auto goes = who_goes(guests);
    if (goes) {
        everybody[*goes]->close();
    }
    return goes.has_value();
}

/// No descriptor is free, most likely: trying at once would only spin.
void HttpServer::pause() {
    pause_.expires_after(std::chrono::milliseconds(100));
    pause_.async_wait([this](error_code error) {
        if (!error) {
            accept();
        }
    });
}

void HttpServer::close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

} // namespace agentd::web
