#include "web/server/http_connection.hpp"

#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

namespace agentd::web {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using error_code = boost::system::error_code;

namespace {

/// Our own value of a message; nullopt for a malformed target or a field that stands twice: two
/// programs could each believe another one of them.
std::optional<Request> to_request(const http::request<http::string_body>& message) {
    const Method method = message.method() == http::verb::get    ? Method::get
                          : message.method() == http::verb::post ? Method::post
                                                                 : Method::other;
    auto request = parse_target(method, {message.target().data(), message.target().size()});
    if (!request) {
        return std::nullopt;
    }
    for (const auto& field : message) {
        const auto name = core::to_lower({field.name_string().data(), field.name_string().size()});
        if (!request->headers.emplace(name, std::string(field.value())).second) {
            return std::nullopt;
        }
    }
    request->body = message.body();
    return request;
}

} // namespace

HttpConnection::HttpConnection(Wire socket, Visitor visitor, Surroundings in)
    : stream_(std::move(socket)), visitor_(std::move(visitor)), in_(std::move(in)) {
    guest_.party = visitor_.party;
    mark(false);
}

void HttpConnection::mark(bool at_work) {
    guest_.at_work = at_work;
    guest_.since = std::chrono::steady_clock::now();
}

void HttpConnection::read() {
    mark(false);
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(in_.limits.header));
    parser_->body_limit(in_.limits.body);
    stream_.expires_after(guest_.known ? in_.limits.request : in_.limits.head);
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->on_head(error); });
}

void HttpConnection::on_head(error_code error) {
    if (error) {
        return on_error(error);
    }
    stream_.expires_after(in_.limits.request);
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code failed, std::size_t) { self->on_read(failed); });
}

void HttpConnection::on_error(error_code error) {
    if (error == http::error::body_limit || error == http::error::header_limit ||
        error == http::error::buffer_overflow) {
        return refuse(413, "too_large", "the request is too large");
    }
    if (error == http::error::end_of_stream || error == http::error::partial_message) {
        return close();
    }
    if (error.category() == http::make_error_code(http::error::bad_method).category()) {
        return refuse(400, "bad_request", "this is not HTTP/1.1");
    }
    close();
}

void HttpConnection::on_read(error_code error) {
    if (error) {
        return on_error(error);
    }
    const auto& message = parser_->get();
    if (message.method() == http::verb::head) {
        // Its answer has no body, so it is not one of ours: the connection says so and ends.
        Response response{.status = 405, .headers = {{"Allow", "GET, POST"}}};
        add_security_headers(response);
        return send(std::move(response), false);
    }
    auto request = to_request(message);
    if (!request) {
        return refuse(400, "bad_request", "the address or the header is malformed");
    }
    request->connected = visitor_.connected;
    if (!visitor_.identity_header.empty()) {
        request->identity = request->header(visitor_.identity_header);
    }
    guest_.known = in_.router.has_session(*request);
    mark(true);
    // An answer may take minutes: no clock runs while the daemon is at work.
    stream_.expires_never();
    route(*request, message.keep_alive());
}

void HttpConnection::route(const Request& request, bool keep) {
    // The answer comes on any thread, perhaps when this connection or the whole server has gone.
    const Router::Respond respond = [weak = weak_from_this(), mailbox = in_.mailbox,
                                     keep](Response response) {
        auto shared = std::make_shared<Response>(std::move(response));
        mailbox->post([weak, keep, shared] {
            if (const auto self = weak.lock()) {
                self->answer(std::move(*shared), keep);
            }
        });
    };
    try {
        in_.router.handle(request, respond);
    } catch (const std::exception& error) {
        core::log(core::Level::error,
                  std::string("a request could not be answered: ") + error.what());
        refuse(500, "failed", "internal error; the daemon's own log says more");
    }
}

void HttpConnection::answer(Response response, bool keep) {
    if (!response.events_after) {
        const bool close = response.close;
        return send(std::move(response), keep && !close);
    }
    if (in_.streams.size() >= in_.limits.streams) {
        return refuse(503, "busy", "too many pages are listening already");
    }
    hand_over(std::move(response));
}

/// The socket goes on as an event stream; nothing of HTTP is left to do on it.
void HttpConnection::hand_over(Response response) {
    auto stream = std::make_shared<EventStream>(stream_.release_socket(),
                                                EventStream::Surroundings{.events = in_.events,
                                                                          .limits = in_.limits,
                                                                          .mailbox = in_.mailbox,
                                                                          .crowd = in_.streams});
    in_.streams.join(stream);
    in_.crowd.leave(this);
    stream->start(std::move(response));
}

void HttpConnection::refuse(int status, std::string_view code, std::string_view message) {
    Response response = error_response(status, code, message);
    add_security_headers(response);
    send(std::move(response), false);
}

void HttpConnection::send(Response response, bool keep) {
    auto message = std::make_shared<http::response<http::string_body>>();
    message->version(11);
    message->result(static_cast<unsigned>(response.status));
    for (const auto& [name, value] : response.headers) {
        message->insert(name, value);
    }
    // A page that counts down to a time of ours does it by our clock.
    message->set(http::field::date, http_date(core::SystemClock().now()));
    message->body() = std::move(response.body);
    message->keep_alive(keep);
    message->prepare_payload();
    stream_.expires_after(in_.limits.request);
    http::async_write(stream_, *message,
                      [self = shared_from_this(), message, keep](error_code error, std::size_t) {
                          if (error) {
                              self->close();
                          } else if (keep) {
                              self->read();
                          } else {
                              self->linger();
                          }
                      });
}

/// Closing while the other side still sends would reset the connection and take our answer with it.
void HttpConnection::linger() {
    error_code ignored;
    stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    stream_.expires_after(in_.limits.linger);
    drain();
}

void HttpConnection::drain() {
    stream_.async_read_some(asio::buffer(drain_),
                            [self = shared_from_this()](error_code error, std::size_t) {
                                if (error) {
                                    self->close();
                                } else {
                                    self->drain();
                                }
                            });
}

void HttpConnection::close() {
    const auto self = shared_from_this(); // leaving may let go of the last other owner
    stream_.close();
    in_.crowd.leave(this);
}

} // namespace agentd::web
