#include "web/server/http_server.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <deque>

namespace agentd::web {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using error_code = boost::system::error_code;
using namespace std::chrono_literals;

namespace {

constexpr int most_connections = 128;
constexpr std::size_t most_header = 16 << 10;
constexpr std::size_t most_body = 1 << 20;
constexpr std::size_t most_behind = 4 << 20;

std::optional<Request> to_request(const http::request<http::string_body>& message) {
    const Method method = message.method() == http::verb::get    ? Method::get
                          : message.method() == http::verb::post ? Method::post
                                                                 : Method::other;
    auto request = parse_target(method, {message.target().data(), message.target().size()});
    if (!request) {
        return std::nullopt;
    }
    for (const auto& field : message) {
        request->headers[core::to_lower({field.name_string().data(), field.name_string().size()})] =
            std::string(field.value());
    }
    request->body = message.body();
    return request;
}

/// One connection; alive as long as one of its operations is.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(tcp::socket socket, Router& router, EventHub& events, std::shared_ptr<int> open)
        : stream_(std::move(socket)), timer_(stream_.get_executor()), router_(router),
          events_(events), open_(std::move(open)) {
        ++*open_;
    }
    ~Connection() {
        --*open_;
        if (subscription_ != 0) {
            events_.unsubscribe(subscription_);
        }
    }

    void read() {
        parser_.emplace();
        parser_->header_limit(most_header);
        parser_->body_limit(most_body);
        stream_.expires_after(30s);
        http::async_read(stream_, buffer_, *parser_,
                         [self = shared_from_this()](error_code error, std::size_t) {
                             self->on_read(error);
                         });
    }

private:
    void on_read(error_code error) {
        if (error == http::error::body_limit || error == http::error::header_limit) {
            return send(error_response(413, "too_large", "the request is too large"), false);
        }
        if (error) {
            return;
        }
        stream_.expires_never();
        const bool keep = parser_->get().keep_alive();
        const auto request = to_request(parser_->get());
        if (!request) {
            return send(error_response(400, "bad_target", "the address is malformed"), false);
        }
        // `respond` may come from another thread: back to this one before touching the stream.
        router_.handle(*request, [self = shared_from_this(), keep](Response response) {
            asio::post(self->stream_.get_executor(),
                       [self, keep, response = std::move(response)]() mutable {
                           if (response.events_after) {
                               self->start_events(*response.events_after, std::move(response));
                           } else {
                               self->send(std::move(response), keep);
                           }
                       });
        });
    }

    void send(Response response, bool keep) {
        auto message = std::make_shared<http::response<http::string_body>>();
        message->version(11);
        message->result(static_cast<unsigned>(response.status));
        for (const auto& [name, value] : response.headers) {
            message->insert(name, value);
        }
        message->body() = std::move(response.body);
        message->keep_alive(keep);
        message->prepare_payload();
        stream_.expires_after(30s);
        http::async_write(stream_, *message,
                          [self = shared_from_this(), message, keep](error_code error, std::size_t) {
                              if (!error && keep) {
                                  self->read();
                              } else {
                                  self->close();
                              }
                          });
    }

    void start_events(std::uint64_t after, Response response) {
        std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                           "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n"
                           "Connection: close\r\n";
        for (const auto& [name, value] : response.headers) {
            head += name + ": " + value + "\r\n";
        }
        enqueue(head + "\r\n: connected\n\n");
        const std::weak_ptr<Connection> weak = shared_from_this();
        const auto executor = stream_.get_executor();
        subscription_ = events_.subscribe(after, [weak, executor](const Event& event) {
            asio::post(executor, [weak, text = to_sse(event)] {
                if (const auto self = weak.lock()) {
                    self->enqueue(text);
                }
            });
        });
        watch_for_end();
        keep_alive();
    }

    /// The client sends nothing more: reading only tells when it has gone.
    void watch_for_end() {
        stream_.async_read_some(asio::buffer(drain_),
                                [self = shared_from_this()](error_code error, std::size_t) {
                                    if (error) {
                                        self->close();
                                    } else {
                                        self->watch_for_end();
                                    }
                                });
    }

    void keep_alive() {
        timer_.expires_after(15s);
        timer_.async_wait([weak = weak_from_this()](error_code error) {
            const auto self = weak.lock();
            if (!error && self) {
                self->enqueue(": alive\n\n");
                self->keep_alive();
            }
        });
    }

    void enqueue(std::string bytes) {
        behind_ += bytes.size();
        if (behind_ > most_behind) {
            return close(); // a reader this slow reconnects and replays
        }
        queue_.push_back(std::move(bytes));
        if (queue_.size() == 1) {
            write_next();
        }
    }

    void write_next() {
        asio::async_write(stream_, asio::buffer(queue_.front()),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) {
                                  return self->close();
                              }
                              self->behind_ -= self->queue_.front().size();
                              self->queue_.pop_front();
                              if (!self->queue_.empty()) {
                                  self->write_next();
                              }
                          });
    }

    void close() {
        error_code ignored;
        timer_.cancel();
        stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
        stream_.socket().close(ignored);
    }

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    asio::steady_timer timer_;
    Router& router_;
    EventHub& events_;
    std::shared_ptr<int> open_;
    std::uint64_t subscription_ = 0;
    std::deque<std::string> queue_;
    std::size_t behind_ = 0;
    std::array<char, 256> drain_{};
};

} // namespace

HttpServer::HttpServer(asio::io_context& io, const std::string& address, std::uint16_t port,
                       Router& router, EventHub& events)
    : io_(io), acceptor_(io), router_(router), events_(events) {
    const tcp::endpoint endpoint(asio::ip::make_address(address), port);
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    acceptor_.bind(endpoint, error);
    if (!error) {
        acceptor_.listen(64, error);
    }
    if (error) {
        throw core::Failure(core::FailureKind::busy, "cannot listen for the page: " + error.message(),
                            address + ":" + std::to_string(port));
    }
    accept();
}

void HttpServer::accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
        if (error == asio::error::operation_aborted) {
            return;
        }
        if (!error && *open_ < most_connections) {
            std::make_shared<Connection>(std::move(socket), router_, events_, open_)->read();
        }
        accept();
    });
}

void HttpServer::close() {
    error_code ignored;
    acceptor_.close(ignored);
}

} // namespace agentd::web
