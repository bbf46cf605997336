/// @file
/// The socket of the privileged part: one request a connection, one apply at a time.
#pragma once

#include "agentd/applyd/activation.hpp"
#include "agentd/applyd/pairing.hpp"
#include "agentd/core/line_socket.hpp"

#include <stop_token>
#include <string>

namespace agentd::applyd {

/// Everything long-lived in agentd-applyd, in the order of its life.
class Helper {
public:
    Helper(Config config, std::string config_file);

    /// Settles what an earlier life left behind, then serves.
    void serve(core::Listener listener, const std::stop_token& stop);
    /// What the way back runs: takes the lock (waiting for one that is still at work) and settles.
    void settle_now(const std::optional<std::string>& nonce);

private:
    void answer(core::Listener::Connection& connection, const std::stop_token& stop);
    core::Json dispatch(const core::Json& request, core::Listener::Connection& connection,
                        const std::stop_token& stop);
    core::Json apply(const core::Json& request, core::Listener::Connection& connection,
                     const std::stop_token& stop);
    core::Json settle_request();
    core::Json pair(const core::Json& request, const core::Peer& peer);
    void refuse(const std::string& subject, const core::Problem& problem, const core::Peer& peer);
    bool allowed(const core::Peer& peer) const;
    Tools tools();

    Config config_;
    core::SystemClock clock_;
    Journal journal_;
    evaluator::Nix nix_;
    machine::Machine machine_;
    Switcher switcher_;
    Health health_;
    WayBack way_back_;
    audit::Client log_;
    Verifier verifier_;
    Pairing pairing_;
};

} // namespace agentd::applyd
