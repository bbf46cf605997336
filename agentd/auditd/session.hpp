/// @file
/// One connection to append.sock: requests in, answers out (docs/contracts.md, section 4).
#pragma once

#include "agentd/auditd/committer.hpp"
#include "agentd/core/line_socket.hpp"
#include "audit/reader.hpp"

#include <stop_token>
#include <string>

namespace agentd::auditd {

/// What the sessions share.
struct Desk {
    Committer& committer;
    const audit::Reader& reader;
    std::string vkey{};
};

class Session {
  public:
    Session(Desk& desk, core::LineChannel& channel, core::Peer peer)
        : desk_(desk), channel_(channel), peer_(peer) {}
    /// Answers until the peer goes, misbehaves, or `stop`.
    void serve(std::stop_token stop);

  private:
    /// The answer to one request; empty when the connection was used up by it.
    std::string answer(const std::string& line, const std::stop_token& stop);
    std::string append(const core::Json& request);
    std::string read(const core::Json& request) const;
    std::string head(const core::Json& request) const;
    std::string follow(const core::Json& request, const std::stop_token& stop);
    bool send_from(std::uint64_t& next);

    Desk& desk_;
    core::LineChannel& channel_;
    core::Peer peer_;
};

/// `{"ok":false,"error":{…}}`
std::string error_line(const core::Problem& problem);

} // namespace agentd::auditd
