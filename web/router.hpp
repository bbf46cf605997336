/// @file
/// From a request to a call of the control plane, and back. No sockets here.
#pragma once

#include "web/auth.hpp"
#include "web/control_plane.hpp"
#include "web/request.hpp"

#include <functional>

namespace agentd::web {

struct RouterOptions {
    Guard guard{};
    std::string host{};      ///< the machine's name, shown before pairing
    bool separation = false; ///< whether the processes run under uids of their own
};

/// Routes of `/api/v1`, the page and `/healthz`. Holds references only: the control plane and the sessions
/// outlive it.
class Router {
public:
    using Respond = std::function<void(Response)>;

    Router(RouterOptions options, ControlPlane& control_plane, Sessions& sessions);
    /// Calls `respond` exactly once, now or later, from any thread.
    void handle(const Request& request, Respond respond);

private:
    void api(const Request& request, const Respond& respond);
    void pair(const Request& request, const Respond& respond);
    Response session_state(const Request& request);

    RouterOptions options_;
    ControlPlane& control_plane_;
    Sessions& sessions_;
};

} // namespace agentd::web
