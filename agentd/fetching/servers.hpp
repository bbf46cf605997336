/// @file
/// Who may be connected to for one input.
#pragma once

#include "agentd/fetching/question.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace agentd::fetching {

struct Server {
    std::string host{}; ///< lower case; an address without its brackets
    std::uint16_t port = 443;
    bool plain = false; ///< known to be http; no part of who it is
    friend bool operator==(const Server& a, const Server& b) noexcept {
        return a.host == b.host && a.port == b.port;
    }
};

/// Those of the input, and where they lead by design: a forge to where it keeps its archives.
std::vector<Server> servers_of(const evaluator::LockedSource& source);
/// Those of all inputs that a lock names, where they lead by design, and those of the addresses
/// that the flake names besides.
std::vector<Server> servers_of(const evaluator::LockWanted& wanted);
/// Those that entries of `flake.origins` name (`https://git.example:8443`,
/// `gitlab:a/b@git.example`); an entry of a known forge names none.
std::vector<Server> servers_of(const std::vector<std::string>& origins);

/// Where one fetch may go.
class Reach {
  public:
    /// @param named by the owner
    Reach(std::vector<Server> own, std::vector<Server> named)
        : own_(std::move(own)), named_(std::move(named)) {}

    bool may_ask(const Server& server) const;
    /// One of the input's own that the owner named: no other input leads there.
    bool may_be_inside(const Server& server) const;
    /// As the lock writes it, where it does.
    Server as_written(const Server& server) const;

  private:
    std::vector<Server> own_;
    std::vector<Server> named_;
};

/// `https://host`, with a port where it is not the usual one.
std::string as_origin(const Server& server);

} // namespace agentd::fetching
