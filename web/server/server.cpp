#include "web/server/server.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/line_socket.hpp"
#include "web/server/http_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include <deque>
#include <istream>
#include <pwd.h>
#include <unistd.h>

namespace agentd::web {

namespace asio = boost::asio;
using local = asio::local::stream_protocol;
using error_code = boost::system::error_code;

namespace {

constexpr int most_local = 32;

std::string error_line(std::string_view code, std::string_view message, int exit) {
    return core::canonical({{"ok", false},
                            {"error",
                             {{"code", code},
                              {"message", message},
                              {"where", nullptr},
                              {"hint", nullptr},
                              {"exit", exit}}}});
}

/// The account's name as the machine knows it; for the log, never for a decision.
std::string user_name(uid_t uid) {
    const ::passwd* account = ::getpwuid(uid); // only the web thread asks
    return account != nullptr ? account->pw_name : "uid " + std::to_string(uid);
}

/// One `agentctl`: a request line at a time, each answered before the next is read.
class LocalConnection : public std::enable_shared_from_this<LocalConnection> {
public:
    LocalConnection(local::socket socket, core::Peer peer, ControlPlane& control_plane,
                    std::shared_ptr<int> open)
        : socket_(std::move(socket)), peer_(peer), control_plane_(control_plane),
          buffer_(core::LineChannel::max_line), open_(std::move(open)) {
        ++*open_;
    }
    ~LocalConnection() { --*open_; }

    void read() {
        asio::async_read_until(socket_, buffer_, '\n',
                               [self = shared_from_this()](error_code error, std::size_t) {
                                   self->on_line(error);
                               });
    }

private:
    void on_line(error_code error) {
        if (error == asio::error::not_found) {
            return write(error_line("usage", "a request may have at most 1 MiB", 64));
        }
        if (error) {
            return;
        }
        std::string line;
        std::istream stream(&buffer_);
        std::getline(stream, line);
        const auto request = core::parse_json(line);
        if (!request || !request->is_object() || !request->contains("method") ||
            !request->at("method").is_string()) {
            write(error_line("usage",
                             request ? "a request is {\"method\":…,\"params\":{…}}"
                                     : request.problem().message,
                             64));
            return read();
        }
        const auto params = request->find("params");
        const Caller caller{.channel = Caller::Channel::local_socket,
                            .uid = peer_.uid,
                            .name = user_name(peer_.uid)};
        control_plane_.call(
            caller, request->at("method").get<std::string>(),
            params == request->end() ? core::Json::object() : *params,
            [self = shared_from_this()](const std::string& event) {
                self->post("{\"event\":" + event + "}", false);
            },
            [self = shared_from_this()](const Answer& answer) {
                self->post(answer.ok ? "{\"ok\":true,\"result\":" + answer.body + "}"
                                     : "{\"error\":" + answer.body + ",\"ok\":false}",
                           true);
            });
    }

    void post(std::string line, bool last) {
        asio::post(socket_.get_executor(),
                   [self = shared_from_this(), line = std::move(line), last]() mutable {
                       self->write(std::move(line));
                       if (last) {
                           self->read();
                       }
                   });
    }

    void write(std::string line) {
        queue_.push_back(std::move(line) + "\n");
        if (queue_.size() == 1) {
            write_next();
        }
    }

    void write_next() {
        asio::async_write(socket_, asio::buffer(queue_.front()),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) {
                                  return;
                              }
                              self->queue_.pop_front();
                              if (!self->queue_.empty()) {
                                  self->write_next();
                              }
                          });
    }

    local::socket socket_;
    core::Peer peer_;
    ControlPlane& control_plane_;
    asio::streambuf buffer_;
    std::shared_ptr<int> open_;
    std::deque<std::string> queue_;
};

/// Binding (mode, stale files, group) is `core::Listener`'s; Asio only accepts on its descriptor.
class LocalServer {
public:
    LocalServer(asio::io_context& io, core::Listener listener, ControlPlane& control_plane)
        : listener_(std::move(listener)), acceptor_(io), control_plane_(control_plane) {
        acceptor_.assign(local(), ::dup(listener_.fd()));
        accept();
    }
    void close() {
        error_code ignored;
        acceptor_.close(ignored);
    }

private:
    void accept() {
        acceptor_.async_accept([this](error_code error, local::socket socket) {
            if (error == asio::error::operation_aborted) {
                return;
            }
            if (!error && *open_ < most_local) {
                const core::Peer peer = core::peer_of(socket.native_handle());
                std::make_shared<LocalConnection>(std::move(socket), peer, control_plane_, open_)
                    ->read();
            }
            accept();
        });
    }
    core::Listener listener_;
    local::acceptor acceptor_;
    ControlPlane& control_plane_;
    std::shared_ptr<int> open_ = std::make_shared<int>(0);
};

} // namespace

struct Server::Parts {
    asio::io_context io{1};
    Sessions sessions;
    Router router;
    std::optional<HttpServer> http;
    LocalServer local_server;

    Parts(ServerOptions options, ControlPlane& control_plane, EventHub& events,
          const core::Clock& clock)
        : sessions(clock), router(options.router, control_plane, sessions),
          local_server(io,
                       core::Listener({.path = options.admin_socket,
                                       .mode = 0660,
                                       .group = options.admin_group}),
                       control_plane) {
        if (options.http) {
            http.emplace(io, options.address, options.port, router, events);
        }
    }
};

Server::Server(ServerOptions options, ControlPlane& control_plane, EventHub& events,
               const core::Clock& clock)
    : parts_(std::make_unique<Parts>(std::move(options), control_plane, events, clock)) {}

Server::~Server() = default;

std::uint16_t Server::port() const noexcept { return parts_->http ? parts_->http->port() : 0; }

void Server::run() { parts_->io.run(); }

void Server::stop() {
    asio::post(parts_->io, [this] {
        if (parts_->http) {
            parts_->http->close();
        }
        parts_->local_server.close();
        parts_->io.stop();
    });
}

} // namespace agentd::web
