/// @file
/// Asking the daemon (or the helper) over its socket, one connection a question.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/ctl/exit.hpp"

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace agentd::ctl {

/// What to do while the answer is not there yet.
struct Hearing {
    std::function<void(const core::Json&)> on_event{};
    std::function<void()> on_idle{}; ///< every `idle` without a line
    std::chrono::milliseconds idle{200};
};

/// `admin.sock`: method and parameters. The error object's own `exit` counts when it is there.
class Daemon {
  public:
    Daemon(std::string socket, std::stop_token stop)
        : socket_(std::move(socket)), stop_(std::move(stop)) {}

    const std::string& socket() const noexcept { return socket_; }
    /// 69 when nobody answers, 77 when this user may not ask.
    Reply call(std::string_view method, const core::Json& params,
               const Hearing& hearing = {}) const;

  private:
    std::string socket_;
    std::stop_token stop_;
};

/// One request to `apply.sock`, which answers with the whole object.
Reply ask_helper(const std::string& socket, const core::Json& request, std::stop_token stop,
                 const Hearing& hearing = {});

} // namespace agentd::ctl
