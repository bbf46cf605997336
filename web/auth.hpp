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

    /// A refusal, or nullopt when the request may go on: Host in the list (else 421); a POST needs
    /// `Sec-Fetch-Site: same-origin` (or, where the browser sends none, an Origin of the list), JSON
    /// content and `X-Agentd: 1` (else 403/415). `same-site` is another port: never enough.
    std::optional<Response> refuse(const Request& request) const;
};

struct Session {
    std::string key_id{};
    std::string name{};
    core::Instant created{};
    core::Instant last_seen{};
};

/// Server-side sessions: 256-bit random tokens of which only the SHA-256 is kept. Idle 30 minutes, 12 hours
/// at most. Thread-safe.
class Sessions {
public:
    explicit Sessions(const core::Clock& clock) : clock_(clock) {}

    /// The `Set-Cookie` value of a new session.
    std::string open(std::string key_id, std::string name);
    std::optional<Session> find(const Request& request);
    std::size_t size() const;

private:
    void expire(core::Instant now);
    const core::Clock& clock_;
    mutable std::mutex mutex_;
    std::map<std::string, Session> by_token_digest_;
};

} // namespace agentd::web
