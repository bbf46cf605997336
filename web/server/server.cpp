#include "web/server/server.hpp"

#include "web/server/http_server.hpp"
#include "web/server/local_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace agentd::web {

namespace asio = boost::asio;

/// Order of members is order of life: the io_context goes last, after every owner of a connection.
struct Server::Parts {
    asio::io_context io{1};
    std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>(io); ///< shared with late answers
    Router router;
    std::optional<HttpServer> http;
    std::optional<HttpServer> proxied;
    LocalServer local_server;

    Parts(ServerOptions options, ControlPlane& control_plane, EventHub& events,
          const core::Clock& clock)
        : router(options.router, control_plane, clock),
          local_server(
              io,
              core::Listener(
                  {.path = options.admin_socket, .mode = 0660, .group = options.admin_group}),
              control_plane, options.limits, mailbox) {
        if (options.http) {
            auto door = HttpServer::on({.address = options.address, .port = options.port});
            if (!options.tls_certificate.empty()) {
                door.tls.emplace(options.tls_certificate, options.tls_key);
            }
            http.emplace(io, std::move(door), router, events, options.limits, mailbox);
        }
        if (!options.proxy_socket.empty()) {
            // Everybody may knock; the kernel says who it is, and one user is let in.
            auto door =
                HttpServer::behind(core::Listener({.path = options.proxy_socket, .mode = 0666}));
            door.proxy_uid = options.proxy_uid;
            door.identity_header = options.identity_header;
            proxied.emplace(io, std::move(door), router, events, options.limits, mailbox);
        }
    }
    ~Parts() { mailbox->close(); }
};

Server::Server(ServerOptions options, ControlPlane& control_plane, EventHub& events,
               const core::Clock& clock)
    : parts_(std::make_unique<Parts>(std::move(options), control_plane, events, clock)) {}

Server::~Server() = default;

std::uint16_t Server::port() const noexcept {
    return parts_->http ? parts_->http->port() : 0;
}

void Server::run() {
    parts_->io.run();
}

void Server::stop() {
    asio::post(parts_->io, [this] {
        for (auto* door : {&parts_->http, &parts_->proxied}) {
            if (*door) {
                (*door)->close();
            }
        }
        parts_->local_server.close();
        parts_->io.stop();
    });
}

} // namespace agentd::web
