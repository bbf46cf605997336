/// @file
/// Who comes in: pairing, coming back with a key that is known already, and the session of each
/// request.
#pragma once

#include "web/auth.hpp"
#include "web/control_plane.hpp"
#include "web/login.hpp"
#include "web/request.hpp"

#include <functional>
#include <memory>
#include <string>

namespace agentd::web {

struct EntranceOptions {
    std::string host{};      ///< the machine's name, shown before pairing
    bool separation = false; ///< whether the processes run under uids of their own
};

/// Shared, because an answer of the control plane may come when the server has gone. The control
/// plane and the clock outlive it.
class Entrance : public std::enable_shared_from_this<Entrance> {
  public:
    using Respond = std::function<void(Response)>;
    using Admitted = std::function<void(const Session&)>;

    Entrance(EntranceOptions options, ControlPlane& control_plane, const core::Clock& clock);

    /// `GET /session`; an unpaired browser also gets a challenge to sign.
    Response state(const Request& request);
    /// Whether a request has cookie and proof of an open session; its key is not looked up.
    bool has_session(const Request& request) { return sessions_.find(request).has_value(); }
    /// `POST /pair`: a one-time token and a new key for a session.
    void pair(const Request& request, const Respond& respond);
    /// `POST /login`: the signature of a known key over a challenge for a session.
    void login(const Request& request, const Respond& respond);
    /// Calls `admitted` for a request with a session, else refuses it. Once a minute the key of the
    /// session is looked up again: a key that was taken off the machine loses its sessions.
    void admit(const Request& request, const Respond& respond, Admitted admitted);
    /// Whether the session of a long answer has not ended in between. Its key is looked up again,
    /// too; what comes of that is known to the next who asks. No: when nobody can say.
    bool is_alive(const Session& session);

  private:
    /// Has the key looked up; what is known of its sessions is settled before `then` hears it.
    void look_up(const std::string& key_id, std::function<void(const Answer&)> then);
    void open(const Answer& answer, const std::string& identity, Response& response);
    void logged_in(const std::string& challenge, const std::string& identity, const Answer& answer,
                   const Respond& respond);

    EntranceOptions options_;
    ControlPlane& control_plane_;
    Sessions sessions_;
    Logins logins_;
};

/// What the API answers for an answer of the control plane.
Response to_response(const Answer& answer);

} // namespace agentd::web
