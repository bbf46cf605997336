#include "web/server/local_connection.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/long_answer.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include <istream>
#include <pwd.h>

namespace agentd::web {

namespace asio = boost::asio;

namespace {

/// The account's name as the machine knows it; for the log, never for a decision.
std::string user_name(uid_t uid) {
    const ::passwd* account = ::getpwuid(uid); // only the web thread asks
    return account != nullptr ? account->pw_name : "uid " + std::to_string(uid);
}

/// `{"method":…,"params":{…}}` and nothing else.
core::Result<core::Json> parse_request(std::string_view line) {
    auto request = core::parse_json(line);
    if (!request) {
        return request.problem();
    }
    const bool object = request->is_object();
    const auto method = object ? request->find("method") : request->end();
    const auto params = object ? request->find("params") : request->end();
    const bool has_params = params != request->end();
    if (method == request->end() || !method->is_string() || (has_params && !params->is_object()) ||
        request->size() != (has_params ? 2U : 1U)) {
        return core::Problem{.code = "usage",
                             .message = "a request is {\"method\":…,\"params\":{…}}"};
    }
    return request;
}

} // namespace

std::string error_line(std::string_view code, std::string_view message, int exit) {
    core::Json error =
        core::to_json(core::Problem{.code = std::string(code), .message = std::string(message)});
    error["exit"] = exit;
    return core::canonical({{"ok", false}, {"error", error}});
}

LocalConnection::LocalConnection(Socket socket, core::Peer peer, ControlPlane& control_plane,
                                 const Limits& limits, std::shared_ptr<Mailbox> mailbox,
                                 Crowd<LocalConnection>& crowd)
    : socket_(std::move(socket)), peer_(peer), control_plane_(control_plane),
      buffer_(core::LineChannel::max_line),
      most_behind_(limits.behind), patience_{.bytes = limits.answers, .still = limits.request},
      mailbox_(std::move(mailbox)), crowd_(crowd) {
    guest_.party = std::to_string(peer_.uid);
    guest_.known = true;
}

void LocalConnection::read() {
    mark(false);
    asio::async_read_until(
        socket_, buffer_, '\n',
        [self = shared_from_this()](Error error, std::size_t) { self->on_line(error); });
}

void LocalConnection::close() {
    const auto self = shared_from_this(); // leaving may let go of the last other owner
    Error ignored;
    socket_.close(ignored);
    crowd_.leave(this);
}

void LocalConnection::mark(bool at_work) {
    guest_.at_work = at_work;
    guest_.since = std::chrono::steady_clock::now();
}

void LocalConnection::on_line(Error error) {
    if (error == asio::error::not_found) {
        ending_ = true;
        return write(error_line("usage", "a request may have at most 1 MiB", 64));
    }
    if (error) {
        return close();
    }
    std::string line;
    std::istream stream(&buffer_);
    std::getline(stream, line);
    auto request = parse_request(line);
    if (!request) {
        write(error_line("usage", request.problem().message, 64));
        return read();
    }
    call(std::move(*request));
}

void LocalConnection::call(core::Json request) {
    mark(true);
    const Caller caller{
        .channel = Caller::Channel::local_socket, .uid = peer_.uid, .name = user_name(peer_.uid)};
    // Answers come on any thread, perhaps when this connection or the whole server has gone.
    const auto post = [weak = weak_from_this(), mailbox = mailbox_](std::string text, bool last) {
        mailbox->post([weak, text = std::move(text), last] {
            if (const auto self = weak.lock()) {
                self->answer(text, last);
            }
        });
    };
    try {
        control_plane_.call(
            caller, request.at("method").get<std::string>(),
            request.value("params", core::Json::object()),
            [post](const std::string& event) { post("{\"event\":" + event + "}", false); },
            [post](const Answer& answer) {
                post(answer.ok ? "{\"ok\":true,\"result\":" + answer.body + "}"
                               : "{\"error\":" + answer.body + ",\"ok\":false}",
                     true);
            });
    } catch (const std::exception& error) {
        core::log(core::Level::error, std::string("a call could not be started: ") + error.what());
        write(error_line("failed", "internal error; the daemon's own log says more", 1));
        read();
    }
}

void LocalConnection::answer(const std::string& line, bool last) {
    if (!last) {
        return write(line);
    }
    if (behind_ > most_behind_ || line.size() > core::longest_answer) {
        return close();
    }
    if (!make_room(line.size())) {
        write(error_line("busy", "too much waits for slow readers on this socket; try again", 75));
        return read();
    }
    // Who keeps up with the events may be behind by all of the answer.
    for (const std::string& part : core::lines_of_answer(line)) {
        enqueue(part);
    }
    if (socket_.is_open()) {
        read();
    }
}

/// For an answer in parts: what is shorter is held to `behind`. Nobody keeps out root.
bool LocalConnection::make_room(std::size_t more) {
    if (peer_.uid == 0 || more <= core::LineChannel::max_line) {
        return true;
    }
    std::vector<std::shared_ptr<LocalConnection>> others;
    std::vector<Untaken> untaken;
    for (auto& one : crowd_.everybody()) {
        if (one.get() != this && one->uid() != 0) {
            untaken.push_back(one->untaken());
            others.push_back(std::move(one));
        }
    }
    const auto go =
        who_gives_way(untaken, behind_ + more, patience_, std::chrono::steady_clock::now());
    if (!go) {
        return false;
    }
    for (const auto index : *go) {
        others[index]->close();
    }
    return true;
}

void LocalConnection::write(const std::string& line) {
    if (behind_ + line.size() + 1 > most_behind_) {
        return close();
    }
    enqueue(line);
}

void LocalConnection::enqueue(const std::string& line) {
    if (!socket_.is_open()) {
        return close();
    }
    behind_ += line.size() + 1;
    queue_.push_back(line + "\n");
    if (queue_.size() == 1) {
        taken_ = std::chrono::steady_clock::now();
        write_next();
    }
}

void LocalConnection::write_next() {
    asio::async_write(socket_, asio::buffer(queue_.front()),
                      [self = shared_from_this()](Error error, std::size_t) {
                          if (error) {
                              return self->close();
                          }
                          self->behind_ -= self->queue_.front().size();
                          self->taken_ = std::chrono::steady_clock::now();
                          self->queue_.pop_front();
                          if (!self->queue_.empty()) {
                              self->write_next();
                          } else if (self->ending_) {
                              self->close();
                          }
                      });
}

} // namespace agentd::web
