/// @file
/// One HTTP/1.1 connection: requests one after the other, each answered before the next is read.
#pragma once

#include "web/router.hpp"
#include "web/server/event_stream.hpp"
#include "web/server/room.hpp"
#include "web/server/wire.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace agentd::web {

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
  public:
    struct Surroundings {
        Router& router;
        EventHub& events;
        Limits limits;
        std::shared_ptr<Mailbox> mailbox;
        Crowd<HttpConnection>& crowd;
        Crowd<EventStream>& streams;
    };
    HttpConnection(Wire socket, Visitor visitor, Surroundings in);

    void read();
    /// As of now.
    const Guest& guest() const noexcept { return guest_; }
    /// Hangs up, whatever is under way.
    void close();

  private:
    using Message = boost::beast::http::request<boost::beast::http::string_body>;
    void on_head(boost::system::error_code error);
    void on_read(boost::system::error_code error);
    void on_error(boost::system::error_code error);
    void mark(bool at_work);
    void route(const Request& request, bool keep);
    void answer(Response response, bool keep);
    void refuse(int status, std::string_view code, std::string_view message);
    void send(Response response, bool keep);
    void hand_over(Response response);
    void linger();
    void drain();

    WireStream stream_;
    Visitor visitor_;
    boost::beast::flat_buffer buffer_;
    std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
    Surroundings in_;
    Guest guest_{};
    std::array<char, 4096> drain_{};
};

} // namespace agentd::web
