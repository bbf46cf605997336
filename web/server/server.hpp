/// @file
/// The listeners of the daemon, on one thread: HTTP, HTTP for a proxy, JSON lines on `admin.sock`.
/// The only folder that sees Asio and Beast.
#pragma once

#include "agentd/core/clock.hpp"
#include "web/control_plane.hpp"
#include "web/events.hpp"
#include "web/router.hpp"
#include "web/server/limits.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace agentd::web {

struct ServerOptions {
    std::string admin_socket{}; ///< path of the socket file
    std::optional<std::uint32_t> admin_group{};
    bool http = true;
    std::string address = "127.0.0.1";
    std::uint16_t port = 8484;     ///< 0: any free one
    std::string tls_certificate{}; ///< PEM; empty: no TLS
    std::string tls_key{};
    std::string proxy_socket{}; ///< empty: none
    std::uint32_t proxy_uid = 0;
    std::string identity_header{}; ///< of the proxy, in small letters; empty: none is heard
    RouterOptions router{};
    Limits limits{};
};

/// An answer or an event that comes when the server has gone, on whatever thread, is dropped.
class Server {
  public:
    /// Binds at once; Failure{busy} names the address or socket that is taken.
    Server(ServerOptions options, ControlPlane& control_plane, EventHub& events,
           const core::Clock& clock);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const noexcept;
    /// Serves until `stop`; call from the web thread.
    void run();
    /// From any thread or a signal's thread.
    void stop();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace agentd::web
