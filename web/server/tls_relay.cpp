#include "web/server/tls_relay.hpp"

#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace agentd::web {

namespace {

namespace asio = boost::asio;
using error_code = boost::system::error_code;
using Inner = asio::local::stream_protocol::socket;

class TlsRelay : public std::enable_shared_from_this<TlsRelay> {
  public:
    TlsRelay(Wire outside, std::shared_ptr<asio::ssl::context> context, Limits limits)
        : context_(std::move(context)), outside_(std::move(outside), *context_),
          inside_(outside_.get_executor()), deadline_(outside_.get_executor()), limits_(limits) {}

    Wire begin() {
        Inner other(outside_.get_executor());
        asio::local::connect_pair(inside_, other);
        outside_.async_handshake(asio::ssl::stream_base::server,
                                 [self = shared_from_this()](error_code error) {
                                     if (error) {
                                         return self->close();
                                     }
                                     self->shaken_ = true;
                                     self->inwards();
                                 });
        outwards(); // what is inside may give up while hands are shaken
        return other;
    }

  private:
    void inwards() {
        outside_.async_read_some(
            asio::buffer(in_), [self = shared_from_this()](error_code error, std::size_t got) {
                if (error) {
                    error_code ignored; // who speaks no more may still listen
                    self->inside_.shutdown(asio::socket_base::shutdown_send, ignored);
                    self->outside_ended_ = true;
                    return self->inside_ended_ ? self->close() : void();
                }
                asio::async_write(self->inside_, asio::buffer(self->in_, got),
                                  [self](error_code failed, std::size_t) {
                                      failed ? self->close() : self->inwards();
                                  });
            });
    }

    void outwards() {
        inside_.async_read_some(asio::buffer(out_),
                                [self = shared_from_this()](error_code error, std::size_t got) {
                                    if (error || !self->shaken_) {
                                        return self->end();
                                    }
                                    self->watch();
                                    asio::async_write(self->outside_, asio::buffer(self->out_, got),
                                                      [self](error_code failed, std::size_t) {
                                                          self->deadline_.cancel();
                                                          failed ? self->close() : self->outwards();
                                                      });
                                });
    }

    /// Who takes nothing for so long is hung up on, as by what answers him.
    void watch() {
        deadline_.expires_after(limits_.request);
        deadline_.async_wait([weak = weak_from_this()](error_code error) {
            const auto self = weak.lock();
            if (!error && self) {
                self->close();
            }
        });
    }

    /// Nothing more comes from inside: the other side is told, and may end by itself.
    void end() {
        inside_ended_ = true;
        if (!shaken_ || outside_ended_) {
            return close();
        }
        deadline_.expires_after(limits_.linger);
        deadline_.async_wait([weak = weak_from_this()](error_code error) {
            const auto self = weak.lock();
            if (!error && self) {
                self->close();
            }
        });
        outside_.async_shutdown([self = shared_from_this()](error_code) { self->close(); });
    }

    void close() {
        error_code ignored;
        deadline_.cancel();
        outside_.lowest_layer().close(ignored);
        inside_.close(ignored);
    }

    std::shared_ptr<asio::ssl::context> context_; ///< outlives the stream
    asio::ssl::stream<Wire> outside_;
    Inner inside_;
    asio::steady_timer deadline_;
    Limits limits_;
    std::array<char, 16384> in_{};
    std::array<char, 16384> out_{};
    bool shaken_ = false;
    bool inside_ended_ = false;
    bool outside_ended_ = false;
};

} // namespace

Wire begin_tls(Wire outside, std::shared_ptr<asio::ssl::context> context, Limits limits) {
    return std::make_shared<TlsRelay>(std::move(outside), std::move(context), limits)->begin();
}

} // namespace agentd::web
