/// @file
/// The request guard and the sessions of paired browsers.
#pragma once

#include "agentd/core/clock.hpp"
#include "web/request.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace agentd::web {

/// Which requests are looked at, at all. Nothing here can be switched off.
struct Guard {
    std::vector<std::string> origins{}; ///< e.g. `http://localhost:8484`

    /// A refusal, or nullopt when the request may go on: Host in the list (else 421); GET or POST
    /// (else 405); a POST needs `Sec-Fetch-Site: same-origin` (or, where the browser sends none, an
    /// Origin of the list), JSON content and `X-Agentd: 1` (else 403/415). `same-site` is another
    /// port: never enough.
    std::optional<Response> refuse(const Request& request) const;
};

struct Session {
    std::string key_id{};
    std::string name{};
    core::Instant created{};
    core::Instant last_seen{};
    core::Instant checked{}; ///< when its key was last known to be an approver's
    bool doubted = false;    ///< whether it still is could not be found out since
    std::string digest{};    ///< of its two tokens
    std::string identity{};  ///< a proxy's word of who opened it: it is nobody else's
};

/// What a browser is given when its session opens. The cookie alone opens nothing: a browser sends
/// it to every port of this host, whoever listens there. The page keeps `proof`, which no other
/// origin can read.
struct Opened {
    std::string set_cookie{}; ///< the value of `Set-Cookie`
    std::string proof{};      ///< what `X-Agentd-Session` has to say from now on
};

/// Server-side sessions: two 256-bit random tokens of which only one SHA-256 is kept. Idle 30
/// minutes, 12 hours at most. Thread-safe.
class Sessions {
  public:
    explicit Sessions(const core::Clock& clock) : clock_(clock) {}

    Opened open(std::string key_id, std::string name, std::string identity = {});
    /// The session of a request's cookie and proof, when it comes by the same proxy's word (or by
    /// none) as the one that opened it; being asked for keeps it from going idle.
    std::optional<Session> find(const Request& request);
    /// Whether it is still there and its key was known to be an approver's within three minutes,
    /// and not doubted since; without keeping it from going idle.
    bool is_alive(const Session& session);
    /// Whether its key was last looked up more than a minute ago, or is doubted.
    bool is_due(const Session& session);
    /// The key was looked up and is an approver's still.
    void confirm(const std::string& key_id);
    /// Nobody could say whether the key still is: until it is confirmed, nothing long goes on.
    void doubt(const std::string& key_id);
    /// The key is nobody's any more: its sessions end.
    void close_all(const std::string& key_id);
    std::size_t size() const;

  private:
    void expire(core::Instant now);
    const core::Clock& clock_;
    mutable std::mutex mutex_;
    std::map<std::string, Session> by_token_digest_;
};

} // namespace agentd::web
