/// @file
/// From a request to a call of the control plane, and back. No sockets here.
#pragma once

#include "web/auth.hpp"
#include "web/control_plane.hpp"
#include "web/entrance.hpp"
#include "web/request.hpp"

#include <functional>

namespace agentd::web {

struct RouterOptions {
    Guard guard{};
    EntranceOptions entrance{};
};

/// Routes of `/api/v1`, the page and `/healthz`. The control plane and the clock outlive it; it may
/// itself be gone when an answer comes.
class Router {
  public:
    using Respond = std::function<void(Response)>;

    Router(RouterOptions options, ControlPlane& control_plane, const core::Clock& clock);
    /// Calls `respond` exactly once, now or later, from any thread.
    void handle(const Request& request, Respond respond);
    /// Whether a request comes with a session that is open.
    bool has_session(const Request& request) const;

  private:
    void events(const Request& request, const Respond& respond);
    void api(const Request& request, const Respond& respond);

    RouterOptions options_;
    ControlPlane& control_plane_;
    std::shared_ptr<Entrance> entrance_; ///< shared with the answers that are still to come
};

} // namespace agentd::web
