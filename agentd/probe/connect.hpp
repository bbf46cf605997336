/// @file
/// One TCP connection within a time, and whether there is one.
#pragma once

#include "agentd/core/fd.hpp"
#include "agentd/core/result.hpp"
#include "agentd/probe/answer.hpp"
#include "agentd/probe/endpoint.hpp"

#include <chrono>

namespace agentd::probe {

/// The end of what one question may take.
class Patience {
  public:
    explicit Patience(std::chrono::seconds limit)
        : limit_(limit), end_(std::chrono::steady_clock::now() + limit) {}
    /// 0 when it is over.
    std::chrono::milliseconds left() const;
    /// `no answer in 10 s`, with these words in front of the time.
    std::string over(const std::string& words) const;

  private:
    std::chrono::seconds limit_;
    std::chrono::steady_clock::time_point end_;
};

/// Tries each address the name has, all of them within the patience; the socket is blocking. The
/// problem's code is `cannot` when there is no such address. The caller ends a resolver that hangs.
core::Result<core::Fd> connect_to(const Endpoint& endpoint, const Patience& patience);
Answer answer_of(const core::Problem& problem);

/// Accepts a connection?
Answer tcp(const Endpoint& endpoint, std::chrono::seconds limit);

} // namespace agentd::probe
