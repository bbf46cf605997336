/// @file
/// A plain socket client for the tests of the real listeners, and a server on its own thread.
#pragma once

#include "agentd/core/fd.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/web/fake_plane.hpp"
#include "web/server/server.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace agentd::test {

/// Blocking, with a deadline: what does not come within 20 s does not come.
class Client {
  public:
    static Client tcp(std::uint16_t port, int receive_buffer = 0) {
        core::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (receive_buffer != 0) {
            ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        }
        ::sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connect(fd, &address, sizeof address);
        return Client(std::move(fd));
    }
    static Client local(const std::string& path) {
        core::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        ::sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        connect(fd, &address, sizeof address);
        return Client(std::move(fd));
    }

    /// Of another uid, as the kernel will name it; the caller is root. Only this thread changes.
    static Client local_as(::uid_t uid, const std::string& path) {
        if (::syscall(SYS_setresuid, -1, uid, -1) != 0) {
            throw std::runtime_error("setresuid");
        }
        try {
            auto client = local(path);
            ::syscall(SYS_setresuid, -1, 0, -1);
            return client;
        } catch (...) {
            ::syscall(SYS_setresuid, -1, 0, -1);
            throw;
        }
    }

    /// False when the other side has hung up.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    /// Through `mark`, or whatever came until the other side hung up; the rest is kept.
    std::string read_until(std::string_view mark) {
        std::size_t at = 0;
        while ((at = buffer_.find(mark)) == std::string::npos && more()) {
        }
        return take(at == std::string::npos ? buffer_.size() : at + mark.size());
    }
    std::string line() { return read_until("\n"); }
    std::string read_all() {
        while (more()) {
        }
        return take(buffer_.size());
    }
    /// One whole response, head and body.
    std::string response() {
        std::string head = read_until("\r\n\r\n");
        const auto at = head.find("Content-Length: ");
        const std::size_t length = at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
        while (buffer_.size() < length && more()) {
        }
        return head + take(std::min(length, buffer_.size()));
    }
    /// Waits until the other side hangs up.
    bool is_hung_up() {
        read_all();
        return ended_;
    }
    void hang_up() { fd_.reset(); }

  private:
    explicit Client(core::Fd fd) : fd_(std::move(fd)) {}
    static void connect(const core::Fd& fd, const void* address, ::socklen_t size) {
        if (::connect(fd.get(), static_cast<const ::sockaddr*>(address), size) != 0) {
            throw std::runtime_error("connect");
        }
    }
    std::string take(std::size_t count) {
        std::string taken = buffer_.substr(0, count);
        buffer_.erase(0, count);
        return taken;
    }
    bool more() {
        ::pollfd wait{.fd = fd_.get(), .events = POLLIN, .revents = 0};
        char bytes[65536];
        if (ended_ || ::poll(&wait, 1, 20'000) != 1) {
            return false;
        }
        const auto count = ::recv(fd_.get(), bytes, sizeof bytes, 0);
        ended_ = count <= 0;
        buffer_.append(bytes, count > 0 ? static_cast<std::size_t>(count) : 0);
        return !ended_;
    }

    core::Fd fd_;
    std::string buffer_{};
    bool ended_ = false;
};

inline const std::string own_fields = "Host: localhost:8484\r\n";

inline std::string get_text(const std::string& target, const std::string& extra = "") {
    return "GET " + target + " HTTP/1.1\r\n" + own_fields + extra + "\r\n";
}

inline std::string post_text(const std::string& target, const std::string& body,
                             const std::string& extra = "") {
    return "POST " + target + " HTTP/1.1\r\n" + own_fields +
           "Origin: http://localhost:8484\r\nSec-Fetch-Site: same-origin\r\nX-Agentd: 1\r\n"
           "Content-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n" + extra + "\r\n" + body;
}

/// The real server on loopback, with a fake behind it.
struct Running {
    TempDir dir{};
    FixedClock clock{};
    FakePlane plane{};
    web::EventHub events{};
    std::unique_ptr<web::Server> server{};
    std::jthread thread{};

    explicit Running(const web::Limits& limits = {}) : Running(web::ServerOptions{}, limits) {}
    /// With doors of the test's own.
    explicit Running(web::ServerOptions options, const web::Limits& limits = {}) {
        options.admin_socket = dir / "admin.sock";
        options.port = 0;
        options.router.guard.origins = {"http://localhost:8484"};
        options.limits = limits;
        server = std::make_unique<web::Server>(std::move(options), plane, events, clock);
        thread = std::jthread([this] { server->run(); });
    }
    ~Running() { stop(); }
    /// The server is gone when it returns.
    void stop() {
        if (server) {
            server->stop();
            thread.join();
            server.reset();
        }
    }

    Client tcp(int receive_buffer = 0) const { return Client::tcp(server->port(), receive_buffer); }
    Client local() const { return Client::local(dir / "admin.sock"); }
    /// As any uid; nullopt when the kernel would not let this process be somebody else.
    std::optional<Client> local_as(::uid_t uid) const {
        if (::geteuid() != 0) {
            return std::nullopt;
        }
        ::chmod(dir.path().c_str(), 0755);
        ::chmod((dir / "admin.sock").c_str(), 0666);
        return Client::local_as(uid, dir / "admin.sock");
    }
    /// The header lines of a newly paired browser's session.
    std::string cookie() const {
        auto client = tcp();
        client.send(post_text("/api/v1/pair", "{}"));
        const auto answer = client.response();
        const auto at = answer.find("__Host-agentd=");
        const std::string name = R"("session":")";
        const auto proof = answer.substr(answer.find(name) + name.size(), 64);
        return "Cookie: " + answer.substr(at, answer.find(';', at) - at) +
               "\r\nX-Agentd-Session: " + proof + "\r\n";
    }
    /// A client whose stream is open already.
    Client listening(const std::string& extra = "", int receive_buffer = 0) const {
        auto client = tcp(receive_buffer);
        client.send(get_text("/api/v1/events", cookie() + extra));
        client.read_until(": connected\n\n");
        return client;
    }
};

inline int status_of(const std::string& response) {
    return response.size() < 12 ? 0 : std::stoi(response.substr(9, 3));
}

} // namespace agentd::test
