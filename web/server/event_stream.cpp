#include "web/server/event_stream.hpp"

#include <boost/asio/write.hpp>

namespace agentd::web {

namespace asio = boost::asio;
using error_code = boost::system::error_code;

EventStream::EventStream(Wire socket, Surroundings in)
    : socket_(std::move(socket)), timer_(socket_.get_executor()), in_(std::move(in)) {}

EventStream::~EventStream() {
    if (subscription_ != 0) {
        in_.events.unsubscribe(subscription_);
    }
}

void EventStream::start(Response response) {
    allowed_ = std::move(response.events_while);
    std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                       "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n"
                       "Connection: close\r\n";
    for (const auto& [name, value] : response.headers) {
        head += name + ": " + value + "\r\n";
    }
    const std::weak_ptr<EventStream> weak = shared_from_this();
    subscription_ = in_.events.subscribe(*response.events_after,
                                         [weak, mailbox = in_.mailbox](const Event& event) {
                                             mailbox->post([weak, text = to_sse(event)] {
                                                 if (const auto self = weak.lock()) {
                                                     self->enqueue(text);
                                                 }
                                             });
                                         });
    // Heard from before the browser believes that it listens; letters are opened after this.
    enqueue(head + "\r\n: connected\n\n");
    watch_for_end();
    keep_alive();
}

/// The client sends nothing more: reading only tells when it has gone.
void EventStream::watch_for_end() {
    socket_.async_read_some(asio::buffer(drain_),
                            [self = shared_from_this()](error_code error, std::size_t) {
                                if (error) {
                                    self->close();
                                } else {
                                    self->watch_for_end();
                                }
                            });
}

void EventStream::keep_alive() {
    timer_.expires_after(in_.limits.keep_alive);
    timer_.async_wait([weak = weak_from_this()](error_code error) {
        const auto self = weak.lock();
        if (error || !self) {
            return;
        }
        const bool stuck = !self->queue_.empty() && self->written_ == self->written_before_;
        if (stuck || self->ending_) {
            return self->close();
        }
        if (self->allowed_ && !self->allowed_()) {
            return self->end();
        }
        self->written_before_ = self->written_;
        self->enqueue(": alive\n\n");
        self->keep_alive();
    });
}

void EventStream::enqueue(std::string bytes) {
    if (!socket_.is_open() || ending_) {
        return;
    }
    behind_ += bytes.size();
    if (behind_ > in_.limits.behind) {
        return close();
    }
    queue_.push_back(std::move(bytes));
    if (queue_.size() == 1) {
        write_next();
    }
}

void EventStream::write_next() {
    asio::async_write(socket_, asio::buffer(queue_.front()),
                      [self = shared_from_this()](error_code error, std::size_t) {
                          if (error) {
                              return self->close();
                          }
                          ++self->written_;
                          self->behind_ -= self->queue_.front().size();
                          self->queue_.pop_front();
                          if (!self->queue_.empty()) {
                              self->write_next();
                          } else if (self->ending_) {
                              self->close();
                          }
                      });
}

/// Who is not told would believe that nothing happens any more.
void EventStream::end() {
    enqueue("event: status\ndata: {\"ended\":\"session\"}\n\n");
    ending_ = true;
    in_.events.unsubscribe(subscription_);
    keep_alive(); // whoever does not take even that is hung up on
}

void EventStream::close() {
    const auto self = shared_from_this(); // leaving may let go of the last other owner
    error_code ignored;
    timer_.cancel();
    socket_.shutdown(asio::socket_base::shutdown_both, ignored);
    socket_.close(ignored);
    in_.crowd.leave(this);
}

} // namespace agentd::web
