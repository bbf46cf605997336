/// @file
/// A peer that speaks systemd's bus over a socket of its own: what tests/host has for real.
#pragma once

#include "agentd/core/fd.hpp"

#include <systemd/sd-bus.h>

#include <cstring>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace agentd::test {

inline constexpr const char* manager = "/org/freedesktop/systemd1";
inline constexpr const char* manager_interface = "org.freedesktop.systemd1.Manager";

/// Answers Subscribe and ListJobs (one job, number 7) of one connection after another; after the
/// last call it is to wait for it does what it was told to, and closes.
class BusPeer {
  public:
    using Act = std::function<void(sd_bus*)>;

    explicit BusPeer(std::string path) : path_(std::move(path)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
        listener_ = core::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener_.get(), 4) != 0) {
            throw std::runtime_error("cannot listen");
        }
    }
    std::string address() const { return "unix:path=" + path_; }

    /// In a thread: one connection.
    std::jthread serve(Act act, std::string last_call = "ListJobs") {
        return std::jthread(
            [this, act = std::move(act), last = std::move(last_call)] { serve_one(act, last); });
    }

  private:
    struct Calls {
        std::string last{};
        bool all = false;
    };

    static int on_call(sd_bus_message* call, void* data, sd_bus_error*) {
        auto& calls = *static_cast<Calls*>(data);
        const char* member = sd_bus_message_get_member(call);
        calls.all = calls.all || (member != nullptr && calls.last == member);
        if (sd_bus_message_is_method_call(call, nullptr, "ListJobs") > 0) {
            sd_bus_message* reply = nullptr;
            sd_bus_message_new_method_return(call, &reply);
            sd_bus_message_append(reply, "a(usssoo)", 1, 7, "old.service", "start", "running",
                                  "/job/7", "/unit/old");
            sd_bus_send(nullptr, reply, nullptr);
            sd_bus_message_unref(reply);
            return 1;
        }
        return sd_bus_message_is_method_call(call, nullptr, "Subscribe") > 0
                   ? sd_bus_reply_method_return(call, "")
                   : 0;
    }

    void serve_one(const Act& act, const std::string& last_call) const {
        const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        sd_bus* bus = nullptr;
        sd_id128_t id{};
        Calls calls{.last = last_call};
        sd_bus_new(&bus);
        sd_bus_set_fd(bus, fd, fd);
        sd_bus_set_server(bus, 1, id);
        sd_bus_set_anonymous(bus, 1);
        sd_bus_set_sender(bus, "org.freedesktop.systemd1");
        sd_bus_add_filter(bus, nullptr, &BusPeer::on_call, &calls);
        sd_bus_start(bus);
        for (int i = 0; i < 1000 && !calls.all; ++i) {
            if (const int code = sd_bus_process(bus, nullptr); code < 0) {
                break;
            } else if (code == 0) {
                sd_bus_wait(bus, 100'000);
            }
        }
        act(bus);
        sd_bus_flush(bus);
        sd_bus_flush_close_unref(bus);
    }

    std::string path_;
    core::Fd listener_;
};

} // namespace agentd::test
