#include "control.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace agentd::demo {

using nlohmann::json;

namespace {

constexpr const char* socket_path = "/run/systemd/private.sock";
constexpr const char* fifo_path = "/run/systemd/private.fifo";
constexpr std::size_t line_limit = 64 * 1024;
constexpr std::size_t client_limit = 32;

json to_json(const UnitState& unit) {
    return {{"name", unit.name},         {"load", unit.load},
            {"active", unit.active},     {"sub", unit.sub},
            {"result", unit.result},     {"n_restarts", unit.n_restarts},
            {"main_pid", unit.main_pid}, {"exit_status", unit.exit_status},
            {"path", unit.path},         {"description", unit.description}};
}

std::string text_of(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string refusal(const std::string& why) {
    return text_of({{"ok", false}, {"error", why}});
}

} // namespace

Control::Control(Supervisor& supervisor, std::function<void()> poweroff)
    : supervisor_(supervisor), poweroff_(std::move(poweroff)) {
    mkdir("/run/systemd", 0755);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket_path, sizeof address.sun_path - 1);
    const mode_t before = umask(0177);
    listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const bool bound =
        bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        listen(listener_, 16) == 0 && mkfifo(fifo_path, 0600) == 0;
    umask(before);
    // read and write: the last writer's leaving is no end of file
    fifo_ = open(fifo_path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (!bound || fifo_ < 0)
        throw std::runtime_error(std::string(socket_path) + ": " + std::strerror(errno));
}

Control::~Control() {
    while (!clients_.empty())
        drop(clients_.begin()->first);
    close(listener_);
    close(fifo_);
}

void Control::add_descriptors(std::vector<pollfd>& into) const {
    into.push_back({.fd = listener_, .events = POLLIN, .revents = 0});
    into.push_back({.fd = fifo_, .events = POLLIN, .revents = 0});
    for (const auto& [fd, client] : clients_)
        into.push_back({.fd = fd, .events = POLLIN, .revents = 0});
}

void Control::serve(const std::vector<pollfd>& ready) {
    for (const auto& each : ready) {
        if (each.revents == 0)
            continue;
        if (each.fd == listener_)
            accept_client();
        else if (each.fd == fifo_)
            read_fifo();
        else if (clients_.contains(each.fd))
            read_client(each.fd);
    }
}

void Control::accept_client() {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    ucred peer{};
    socklen_t size = sizeof peer;
    const bool root = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == 0;
    if (!root || clients_.size() >= client_limit) {
        close(fd);
        return;
    }
    clients_[fd] = {};
    serials_[fd] = ++next_serial_;
}

void Control::drop(int fd) {
    clients_.erase(fd);
    serials_.erase(fd);
    close(fd);
}

void Control::send_line(int fd, const std::string& line) {
    const std::string whole = line + "\n";
    // a client that does not read loses its connection, not our time
    if (send(fd, whole.data(), whole.size(), MSG_NOSIGNAL | MSG_DONTWAIT) !=
        static_cast<ssize_t>(whole.size()))
        shutdown(fd, SHUT_RDWR);
}

void Control::read_client(int fd) {
    char buffer[4096];
    const ssize_t got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0 || clients_[fd].unread.size() > line_limit)
        return drop(fd);
    clients_[fd].unread.append(buffer, static_cast<std::size_t>(got));
    const unsigned serial = serials_[fd];
    const Reply reply = [this, fd, serial](const std::string& line) {
        const auto found = serials_.find(fd);
        if (found != serials_.end() && found->second == serial)
            send_line(fd, line);
    };
    for (std::size_t end = 0; (end = clients_[fd].unread.find('\n')) != std::string::npos;) {
        const std::string line = clients_[fd].unread.substr(0, end);
        clients_[fd].unread.erase(0, end + 1);
        handle(line, reply, &clients_[fd]);
    }
}

/// Each line: the path of the fifo the answer goes to, a blank, the request.
void Control::read_fifo() {
    char buffer[4096];
    for (ssize_t got = 0; (got = read(fifo_, buffer, sizeof buffer)) > 0;)
        fifo_unread_.append(buffer, static_cast<std::size_t>(got));
    for (std::size_t end = 0; (end = fifo_unread_.find('\n')) != std::string::npos;) {
        const std::string line = fifo_unread_.substr(0, end);
        fifo_unread_.erase(0, end + 1);
        const auto blank = line.find(' ');
        if (blank == std::string::npos || !line.starts_with("/run/systemd/reply.") ||
            line.find("..") != std::string::npos)
            continue;
        const std::string path = line.substr(0, blank);
        handle(
            line.substr(blank + 1),
            [path](const std::string& answer) {
                const int fd = open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
                if (fd < 0)
                    return; // nobody waits any more
                const std::string whole = answer + "\n";
                [[maybe_unused]] const auto written = write(fd, whole.data(), whole.size());
                close(fd);
            },
            nullptr);
    }
}

void Control::handle(const std::string& line, const Reply& reply, Client* client) {
    const json request = json::parse(line, nullptr, false);
    if (!request.is_object() || !request.contains("op") || !request["op"].is_string())
        return reply(refusal("a request is an object with \"op\""));
    const std::string op = request["op"];

    if (op == "list") {
        json units = json::array();
        for (const auto& unit : supervisor_.list())
            units.push_back(to_json(unit));
        return reply(text_of({{"ok", true}, {"units", units}}));
    }
    if (op == "daemon-reload") {
        supervisor_.daemon_reload();
        send_to_subscribers(text_of({{"event", "reloaded"}}));
        return reply(text_of({{"ok", true}}));
    }
    if (op == "reset-failed" && !request.contains("unit")) {
        supervisor_.reset_failed();
        return reply(text_of({{"ok", true}}));
    }
    if (op == "poweroff") {
        reply(text_of({{"ok", true}}));
        return poweroff_();
    }
    if (op == "subscribe") {
        if (client == nullptr)
            return reply(refusal("subscribe needs the socket"));
        client->subscribed = true;
        return reply(text_of({{"ok", true}, {"jobs", supervisor_.jobs()}}));
    }

    const std::string name =
        request.contains("unit") && request["unit"].is_string() ? request["unit"] : "";
    if (!is_unit_name(name))
        return reply(refusal("\"unit\" is not the name of a unit"));
    if (op == "show" || op == "is-active") {
        json answer = to_json(supervisor_.show(name));
        answer["ok"] = true;
        return reply(text_of(answer));
    }
    if (op == "reset-failed") {
        supervisor_.reset_failed(name);
        return reply(text_of({{"ok", true}}));
    }
    const auto done = [this, name, reply](const std::string& job) {
        const UnitState after = supervisor_.show(name);
        reply(text_of({{"ok", true},
                       {"job", job},
                       {"result", after.result},
                       {"active", after.active},
                       {"sub", after.sub}}));
    };
    const bool known = supervisor_.show(name).load == "loaded";
    const bool running = supervisor_.show(name).active != "inactive";
    if (!known && !(op == "stop" && running))
        return reply(refusal("Unit " + name + " not found."));
    if (op == "start")
        return supervisor_.start(name, done);
    if (op == "stop")
        return supervisor_.stop(name, done);
    if (op == "restart")
        return supervisor_.restart(name, done);
    if (op == "try-restart" && !running)
        return done("done");
    if (op == "try-restart")
        return supervisor_.restart(name, done);
    if (op == "reload")
        return supervisor_.reload(name, done);
    if (op == "reload-or-restart") {
        // like systemd: restart what cannot reload
        return supervisor_.reload(name, [this, name, done](const std::string& job) {
            if (job == "done")
                done(job);
            else
                supervisor_.restart(name, done);
        });
    }
    reply(refusal("unknown op: " + op));
}

void Control::tell(const UnitState& state) {
    send_to_subscribers(text_of({{"event", "unit"}, {"unit", to_json(state)}}));
}

void Control::tell_job(unsigned id, const std::string& unit, const std::string& result) {
    json event{{"event", result.empty() ? "job-new" : "job-removed"}, {"id", id}, {"unit", unit}};
    if (!result.empty())
        event["result"] = result;
    send_to_subscribers(text_of(event));
}

void Control::send_to_subscribers(const std::string& line) {
    for (const auto& [fd, client] : clients_)
        if (client.subscribed)
            send_line(fd, line);
}

} // namespace agentd::demo
