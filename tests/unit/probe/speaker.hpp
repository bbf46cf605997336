/// @file
/// A server on the loopback that says what a test wants it to.
#pragma once

#include "agentd/core/fd.hpp"
#include "tests/support/catch.hpp"

#include <functional>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>

namespace agentd::probe {

inline bool say(int fd, std::string_view words) {
    return ::send(fd, words.data(), words.size(), MSG_NOSIGNAL) >= 0;
}

/// Talks to whoever connects and asks, one after another.
class Speaker {
  public:
    explicit Speaker(std::function<void(int)> talk) : talk_(std::move(talk)) {
        listener_ = core::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(listener_.get(), 4) == 0);
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        thread_ = std::jthread([this] { serve(); });
    }
    explicit Speaker(std::string words)
        : Speaker([words = std::move(words)](int fd) { say(fd, words); }) {}
    ~Speaker() { ::shutdown(listener_.get(), SHUT_RDWR); }

    std::string at() const { return "127.0.0.1:" + std::to_string(port); }
    std::int64_t port = 0;

  private:
    void serve() const {
        for (;;) {
            const core::Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!fd) {
                return;
            }
            char request[1024];
            [[maybe_unused]] const auto got = ::recv(fd.get(), request, sizeof request, 0);
            talk_(fd.get());
        }
    }
    std::function<void(int)> talk_;
    core::Fd listener_;
    std::jthread thread_;
};

} // namespace agentd::probe
