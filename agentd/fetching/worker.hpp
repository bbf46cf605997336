/// @file
/// One question to `agentd-fetch`, and what comes back, as long as there is time.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/line_socket.hpp"
#include "agentd/core/result.hpp"
#include "evaluator/own_fetch.hpp"

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace agentd::fetching {

class Worker {
  public:
    /// @param wanted for messages
    Worker(std::string socket, evaluator::OwnFetch wanted, std::chrono::milliseconds patience,
           const std::stop_token& stop);

    /// The `result` of its answer, or why there is none. It met hostile bytes: its words are only
    /// words, of the codes of SourceGiver. Bytes may follow.
    core::Result<core::Json> ask(std::string_view line);
    /// At most `most` bytes, at least one; "" at the end, when time is up, or on a stop.
    std::string some(std::size_t most);
    /// Why nothing more comes.
    core::Problem ended() const;

  private:
    std::string read_line();
    bool late() const { return std::chrono::steady_clock::now() >= end_; }

    std::string socket_;
    evaluator::OwnFetch wanted_;
    std::chrono::milliseconds patience_;
    const std::stop_token& stop_;
    std::chrono::steady_clock::time_point end_;
    std::optional<core::LineChannel> channel_{};
    std::string held_{};
};

/// What is asked of it: a whole number of seconds within its bounds.
std::chrono::seconds asked_seconds(std::chrono::milliseconds patience);

} // namespace agentd::fetching
