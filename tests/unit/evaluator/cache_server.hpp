/// @file
/// A binary cache on loopback, for tests: serves a folder, and misbehaves where it is told to.
#pragma once

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "tests/support/catch.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <map>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace agentd::test {

class CacheServer {
  public:
    enum class Fault {
        none,
        missing,  ///< 404
        slow,     ///< the head, then silence
        endless,  ///< the right beginning, then bytes without end
        loop,     ///< a redirect to itself
        elsewhere ///< a redirect to a file of this machine
    };

    explicit CacheServer(std::string folder)
        : folder_(std::move(folder)), fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(fd_.get(), 64) == 0);
        REQUIRE(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
    }
    ~CacheServer() {
        thread_.request_stop();
        thread_.join();
        answers_.clear();
    }

    const std::string& url() const { return url_; }
    /// What answers to requests whose path ends so.
    void fault(Fault fault, const std::string& suffix = ".nar") {
        const std::lock_guard lock(mutex_);
        fault_ = fault;
        suffix_ = suffix;
    }
    std::vector<std::string> asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

  private:
    void serve(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            pollfd waiting{fd_.get(), POLLIN, 0};
            if (::poll(&waiting, 1, 50) <= 0) {
                continue;
            }
            core::Fd peer(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (peer) {
                answers_.emplace_back([this, peer = std::move(peer)](const std::stop_token& own) {
                    answer(peer.get(), own);
                });
            }
        }
    }

    static bool put(int fd, std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    static bool put_head(int fd, const std::string& status, const std::string& more) {
        return put(fd, "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + more + "\r\n");
    }

    void answer(int fd, const std::stop_token& stop) {
        std::string request;
        char buffer[4096];
        while (request.find("\r\n\r\n") == request.npos) {
            pollfd waiting{fd, POLLIN, 0};
            if (stop.stop_requested() || request.size() > 65536) {
                return;
            }
            if (::poll(&waiting, 1, 50) <= 0) {
                continue;
            }
            const auto got = ::recv(fd, buffer, sizeof buffer, 0);
            if (got <= 0) {
                return;
            }
            request.append(buffer, static_cast<std::size_t>(got));
        }
        const std::string first = request.substr(0, request.find('\r'));
        const auto words = core::split(first, ' ');
        const bool head = words.at(0) == "HEAD";
        const std::string path(words.at(1).substr(0, words.at(1).find('?')));
        const auto fault = [&] {
            const std::lock_guard lock(mutex_);
            asked_.push_back(path);
            return path.ends_with(suffix_) ? fault_ : Fault::none;
        }();
        const auto body = core::read_file_if_exists(folder_ + path, 64U << 20);
        if (!body || fault == Fault::missing) {
            put_head(fd, "404 Not Found", "Content-Length: 0\r\n");
        } else if (fault == Fault::loop || fault == Fault::elsewhere) {
            put_head(fd, "302 Found",
                     "Location: " + (fault == Fault::loop ? path : "file://" + folder_ + path) +
                         "\r\nContent-Length: 0\r\n");
        } else if (fault == Fault::endless) {
            put_head(fd, "200 OK", "");
            const std::string more(1U << 16, 'x');
            bool open = put(fd, *body);
            while (open && !stop.stop_requested()) {
                open = put(fd, more);
            }
        } else {
            put_head(fd, "200 OK", "Content-Length: " + std::to_string(body->size()) + "\r\n");
            if (fault == Fault::slow) {
                while (!stop.stop_requested()) {
                    pollfd waiting{fd, POLLIN, 0};
                    if (::poll(&waiting, 1, 50) > 0) {
                        return; // it gave up
                    }
                }
            } else if (!head) {
                put(fd, *body);
            }
        }
    }

    std::string folder_;
    core::Fd fd_;
    std::string url_;
    mutable std::mutex mutex_;
    Fault fault_ = Fault::none;
    std::string suffix_;
    std::vector<std::string> asked_;
    std::vector<std::jthread> answers_;
    std::jthread thread_;
};

} // namespace agentd::test
