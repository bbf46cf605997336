/// @file
/// The socket of the privileged part: one request a connection, one apply at a time.
#pragma once

#include "agentd/applyd/activation.hpp"
#include "agentd/applyd/pairing_desk.hpp"
#include "agentd/applyd/passkey_counters.hpp"
#include "agentd/core/line_socket.hpp"

#include <atomic>
#include <list>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace agentd::applyd {

/// `{"ok":false,"error":{…}}`
core::Json refusal(const core::Problem& problem);

/// Root, or the user this process runs as.
bool is_own(const core::Peer& peer);

/// Everything long-lived in agentd-applyd, in the order of its life.
class Helper {
  public:
    Helper(Config config, std::string config_file);

    /// Settles what an earlier life left behind, then serves until `stop`, or until nothing was
    /// asked for `idle` long or ten times that has passed and nothing is under way (never, when it
    /// is negative); what was begun is ended first.
    void serve(core::Listener listener, std::chrono::milliseconds idle,
               const std::stop_token& stop);
    /// What the way back runs: takes the lock (waiting for one that is still at work) and settles;
    /// tried again for some minutes when the machine does not let it. `what` is a nonce, or `any`;
    /// or `boot`, before a boot counts as a good one: then only what an earlier boot left behind,
    /// and a first boot into a new system is judged. Failure{misconfigured} when that is not well.
    /// For what is under way in this boot `boot` does not wait: a switch may wait for it.
    void settle_now(const std::string& what);

  private:
    static constexpr std::size_t most_connections = 32;
    static constexpr std::size_t reserved_connections = 8; ///< for root, whatever agentd does
    template <class Do, class Leave> void with_lock(Do act, Leave leave);
    /// Unless something is under way, which holds the lock; a machine that is not up is asked
    /// again.
    void settle_if_free();
    struct Slot {
        std::atomic<bool> done = false;
        std::jthread thread{};
    };
    void admit(core::Listener::Connection connection, const std::stop_token& stop);
    void serve_one(core::Listener::Connection& connection, const std::stop_token& stop) noexcept;
    core::Json answer(core::Listener::Connection& connection, const std::stop_token& stop);
    core::Json dispatch(const core::Json& request, core::Listener::Connection& connection,
                        const std::stop_token& stop);
    core::Json apply(const core::Json& request, core::Listener::Connection& connection,
                     const std::stop_token& stop);
    /// Keeps both systems in the store; a Problem when that came too late for the new one.
    core::Result<core::Done> take_up(const VerifiedStatement& verified, const Presences& presences,
                                     const core::Peer& peer, const std::stop_token& stop);
    static core::Result<Presences> presences_from_json(const core::Json& value);
    core::Json announce(const core::Json& request);
    void forget_waiting();
    core::Json object(const core::Json& request, const core::Peer& peer);
    core::Json settle_request();
    core::Json confirm(const core::Json& request);
    core::Json cancel(const core::Json& request);
    core::Json brake(const core::Json& request, const core::Peer& peer);
    core::Json trust(const core::Json& request);
    core::Json trust_grant(const core::Json& request);
    core::Json trust_revoke(const core::Json& request);
    core::Json health(const std::stop_token& stop);
    core::Json lift(const std::string& path, const core::Peer& peer);
    void record_brake(const char* what, const core::Json& path, const std::string& reason,
                      const core::Peer& peer);
    core::Json pair(const core::Json& request, const core::Peer& peer, const std::stop_token& stop);
    core::Json invite(const core::Json& request);
    core::Json enrol(const core::Json& request, const std::stop_token& stop);
    /// Root hears what a link brought, and says whether it counts.
    core::Json offered(const core::Json& request, const std::stop_token& stop);
    core::Json admit_key(const core::Json& request);
    /// A passkey's assertion at the moment it is made: later its count may have gone on.
    core::Json seen(const core::Json& request);
    void refuse(const std::string& subject, const core::Problem& problem, const core::Peer& peer);
    bool allowed(const core::Peer& peer) const;
    Tools tools();

    Config config_;
    core::SystemClock clock_;
    Journal journal_;
    Brake brake_;
    TrustRecords trust_;
    evaluator::Nix nix_;
    machine::Machine machine_;
    Switcher switcher_;
    Health health_;
    WayBack way_back_;
    audit::Client log_; ///< with everything above it used only by who holds the journal's lock
    Announcements announced_; ///< written under its lock, read by whoever applies
    std::mutex announced_lock_;
    Verifier verifier_;
    Confirmation confirmation_; ///< the one thing that several threads share
    std::mutex health_lock_;
    std::mutex pairing_lock_;
    Pairing pairing_;
    PairingDesk desk_;
    PasskeyCounters passkeys_;
    std::list<Slot> slots_; ///< last: joined before anything they use goes
};

} // namespace agentd::applyd
