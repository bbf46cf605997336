/// @file
/// The port through which the page, the API and the command line reach the daemon. The daemon
/// implements it; tests implement it in ten lines.
#pragma once

#include "agentd/core/clock.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace agentd::web {

/// Who asks. Made by the listener from what the kernel or a session says, never from the request's
/// text.
struct Caller {
    enum class Channel { local_socket, browser };
    Channel channel = Channel::local_socket;
    /// The peer of a local socket; nullopt for a browser, which is nobody on the machine.
    std::optional<std::uint32_t> uid{};
    std::string key_id{}; ///< the paired browser's key; empty on a local socket
    std::string name{};   ///< for the log: user or approver name
    bool paired = false;  ///< a browser without a session may only pair
    /// Since when the connection is open; nullopt on a local socket, which proves no network.
    std::optional<core::Instant> connected{};
};

/// What came of a call. `body` is one JSON document: the result, or
/// `{code,message,where,hint,exit}`.
struct Answer {
    bool ok = false;
    std::string body{};
    std::string code{}; ///< error code when not ok
};

class ControlPlane {
  public:
    using OnEvent = std::function<void(const std::string& json)>;
    using Done = std::function<void(Answer)>;

    virtual ~ControlPlane() = default;
    /// Starts one call of the contract (docs/contracts.md). Returns at once. `on_event` is called
    /// zero or more times and `done` exactly once, each from any thread.
    virtual void call(Caller caller, std::string method, nlohmann::json params, OnEvent on_event,
                      Done done) = 0;
};

} // namespace agentd::web
