#include "web/server/http_server.hpp"

#include "agentd/core/failure.hpp"
#include "web/server/tls_relay.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <cstring>
#include <sys/socket.h>
#include <unistd.h>

namespace agentd::web {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using error_code = boost::system::error_code;

namespace {

/// The reason, for who looks; it fits into the socket's buffer, so nobody waits.
void turn_away(Wire& socket) {
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
    socket.shutdown(asio::socket_base::shutdown_send, ignored);
    // What is unread when a socket closes would reset the connection, and take our words with it.
    std::array<char, 4096> unread{};
    socket.read_some(asio::buffer(unread), ignored);
}

/// The address at the other end.
std::string party_of(Wire& socket) {
    error_code gone;
    const auto end = socket.remote_endpoint(gone);
    tcp::endpoint address;
    if (gone || end.size() > address.capacity()) {
        return {};
    }
    std::memcpy(address.data(), end.data(), end.size());
    address.resize(end.size());
    return address.address().to_string();
}

} // namespace

HttpServer::Door HttpServer::on(const Address& address) {
    error_code error;
    const auto host = asio::ip::make_address(address.address, error);
    if (error) {
        throw core::Failure(core::FailureKind::misconfigured,
                            "not an address to listen on: " + error.message(), address.address);
    }
    asio::io_context unused;
    tcp::acceptor acceptor(unused);
    const tcp::endpoint endpoint(host, address.port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) {
        acceptor.set_option(asio::socket_base::reuse_address(true), error);
        acceptor.bind(endpoint, error);
    }
    if (!error) {
        acceptor.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
        throw core::Failure(core::FailureKind::busy,
                            "cannot listen for the page: " + error.message(),
                            address.address + ":" + std::to_string(address.port));
    }
    const std::uint16_t port = acceptor.local_endpoint().port();
    return {.socket = core::Fd(acceptor.release()),
            .family = endpoint.protocol().family(),
            .port = port};
}

HttpServer::Door HttpServer::behind(core::Listener proxy) {
    Door door{.socket = core::Fd(::dup(proxy.fd())), .family = AF_UNIX};
    door.proxy = std::move(proxy);
    return door;
}

HttpServer::HttpServer(asio::io_context& io, Door door, Router& router, EventHub& events,
                       Limits limits, std::shared_ptr<Mailbox> mailbox)
    : door_(std::move(door)), acceptor_(io), pause_(io), router_(router), events_(events),
      limits_(limits), mailbox_(std::move(mailbox)) {
    acceptor_.assign(asio::generic::stream_protocol(door_.family, 0), door_.socket.release());
    accept();
}

void HttpServer::accept() {
    acceptor_.async_accept([this](error_code error, Wire socket) {
        if (!acceptor_.is_open()) {
            return;
        }
        if (error) {
            return pause();
        }
        if (may_enter(socket)) {
            if (make_room()) {
                welcome(std::move(socket));
            } else if (!door_.tls) {
                turn_away(socket);
            }
        }
        accept();
    });
}

/// A proxy's socket is the proxy's: what it says of who asks is believed.
bool HttpServer::may_enter(Wire& socket) const {
    return !door_.proxy || core::peer_of(socket.native_handle()).uid == door_.proxy_uid;
}

void HttpServer::welcome(Wire socket) {
    const Visitor visitor{.party = door_.proxy ? "proxy" : party_of(socket),
                          .connected = core::SystemClock().now(),
                          .identity_header = door_.proxy ? door_.identity_header : ""};
    if (door_.tls) {
        socket = begin_tls(std::move(socket), door_.tls->current(), limits_);
    }
    auto connection =
        std::make_shared<HttpConnection>(std::move(socket), visitor,
                                         HttpConnection::Surroundings{.router = router_,
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
