/// @file
/// One program on `admin.sock`.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/line_socket.hpp"
#include "web/control_plane.hpp"
#include "web/server/crowd.hpp"
#include "web/server/limits.hpp"
#include "web/server/mailbox.hpp"
#include "web/server/room.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/streambuf.hpp>

#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace agentd::web {

/// An answer of ours, not of the control plane.
std::string error_line(std::string_view code, std::string_view message, int exit);

/// A request line at a time, each answered before the next is read.
class LocalConnection : public std::enable_shared_from_this<LocalConnection> {
  public:
    using Socket = boost::asio::local::stream_protocol::socket;
    using Error = boost::system::error_code;

    LocalConnection(Socket socket, core::Peer peer, ControlPlane& control_plane,
                    const Limits& limits, std::shared_ptr<Mailbox> mailbox,
                    Crowd<LocalConnection>& crowd);

    std::uint32_t uid() const noexcept { return peer_.uid; }
    const Guest& guest() const noexcept { return guest_; }
    Untaken untaken() const noexcept { return {.bytes = behind_, .since = taken_}; }
    void read();
    void close();

  private:
    void mark(bool at_work);
    void on_line(Error error);
    void call(core::Json request);
    void answer(const std::string& line, bool last);
    bool make_room(std::size_t more);
    void write(const std::string& line);
    void enqueue(const std::string& line);
    void write_next();

    Socket socket_;
    core::Peer peer_;
    Guest guest_{};
    ControlPlane& control_plane_;
    boost::asio::streambuf buffer_;
    std::size_t most_behind_;
    Patience patience_;
    std::size_t behind_ = 0;
    std::chrono::steady_clock::time_point taken_{};
    std::shared_ptr<Mailbox> mailbox_;
    Crowd<LocalConnection>& crowd_;
    std::deque<std::string> queue_;
    bool ending_ = false;
};

} // namespace agentd::web
