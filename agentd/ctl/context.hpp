/// @file
/// What a command has at hand: what was asked, the terminal, the daemon, the settings.
#pragma once

#include "agentd/config.hpp"
#include "agentd/ctl/daemon.hpp"
#include "agentd/ctl/parse.hpp"
#include "agentd/ctl/terminal.hpp"

#include <optional>
#include <string>
#include <variant>

namespace agentd::ctl {

class Context {
  public:
    Context(Asked asked, const Surroundings& around);

    const Asked& asked() const noexcept { return asked_; }
    const Surroundings& around() const noexcept { return around_; }
    Terminal& terminal() noexcept { return terminal_; }

    /// Asks agentd. The socket: --socket, AGENTD_SOCKET, else `sockets.admin` of the configuration.
    Reply call(std::string_view method, const core::Json& params, const Hearing& hearing = {});
    std::variant<std::string, Trouble> admin_socket();

    /// --config, AGENTD_CONFIG, else /etc/agentd/agentd.toml.
    std::string config_file() const;
    /// nullopt when there is no file in the usual place; a file that was named has to be good.
    std::variant<std::optional<Config>, Trouble> config();

    /// The ID argument: a short number, or at least six characters of an id.
    std::variant<std::string, Trouble> proposal() const;
    /// `{"proposal": {…}}` of the method, opened.
    Reply proposal_of(std::string_view method, core::Json params, const Hearing& hearing = {});
    /// A relative path means one below the caller's directory.
    std::string absolute(const std::string& path) const;
    /// Sleeps; false when it was asked to stop.
    bool pause(std::chrono::milliseconds time) const;

  private:
    Asked asked_;
    const Surroundings& around_;
    Terminal terminal_;
};

/// The path of a program in the fixed folders; nullopt when it is in none.
std::optional<std::string> find_program(const Surroundings& around, std::string_view name);

} // namespace agentd::ctl
