/// @file
/// One browser that listens: server-sent events over a connection that was HTTP until now.
#pragma once

#include "web/events.hpp"
#include "web/request.hpp"
#include "web/server/crowd.hpp"
#include "web/server/limits.hpp"
#include "web/server/mailbox.hpp"
#include "web/server/wire.hpp"

#include <boost/asio/steady_timer.hpp>

#include <array>
#include <deque>
#include <memory>
#include <string>

namespace agentd::web {

/// Ends when the browser goes, falls `Limits::behind` bytes or two keep-alives behind, or when its
/// session ends or nobody can say whether it still counts: then it is told so. It reconnects and
/// asks for a replay.
class EventStream : public std::enable_shared_from_this<EventStream> {
  public:
    struct Surroundings {
        EventHub& events;
        Limits limits;
        std::shared_ptr<Mailbox> mailbox;
        Crowd<EventStream>& crowd;
    };
    EventStream(Wire socket, Surroundings in);
    ~EventStream();

    /// @param response carries `events_after`, `events_while` and the headers to send.
    void start(Response response);

  private:
    void watch_for_end();
    void keep_alive();
    void enqueue(std::string bytes);
    void write_next();
    void end();
    void close();

    Wire socket_;
    boost::asio::steady_timer timer_;
    Surroundings in_;
    std::function<bool()> allowed_;
    std::uint64_t subscription_ = 0;
    std::deque<std::string> queue_;
    std::size_t behind_ = 0;
    std::uint64_t written_ = 0;        ///< how many pieces went out
    std::uint64_t written_before_ = 0; ///< at the last keep-alive
    bool ending_ = false;              ///< as soon as everything is written
    std::array<char, 256> drain_{};
};

} // namespace agentd::web
