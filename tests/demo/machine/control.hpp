/// @file
/// How the machine is asked things: a unix socket for programs, a fifo for systemctl.
#pragma once

#include "supervisor.hpp"

#include <map>
#include <poll.h>
#include <string>

namespace agentd::demo {

/// Serves /run/systemd/private.sock and /run/systemd/private.fifo. One JSON object a line each
/// way; README.md has the protocol. Only root gets an answer.
class Control {
  public:
    Control(Supervisor& supervisor, std::function<void()> poweroff);
    ~Control();
    Control(const Control&) = delete;
    Control& operator=(const Control&) = delete;

    void add_descriptors(std::vector<pollfd>& into) const;
    void serve(const std::vector<pollfd>& ready);
    /// To everybody who subscribed.
    void tell(const UnitState& state);
    void tell_job(unsigned id, const std::string& unit, const std::string& result);

  private:
    using Reply = std::function<void(const std::string& line)>;
    struct Client {
        std::string unread{};
        bool subscribed = false;
    };

    void accept_client();
    void read_client(int fd);
    void read_fifo();
    void handle(const std::string& line, const Reply& reply, Client* client);
    void send_line(int fd, const std::string& line);
    void send_to_subscribers(const std::string& line);
    void drop(int fd);

    Supervisor& supervisor_;
    std::function<void()> poweroff_;
    int listener_ = -1, fifo_ = -1;
    std::string fifo_unread_{};
    std::map<int, Client> clients_{};
    unsigned next_serial_ = 0;
    std::map<int, unsigned> serials_{}; ///< a late answer must not reach the next owner of a number
};

} // namespace agentd::demo
