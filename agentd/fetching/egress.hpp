/// @file
/// The only way out for what runs inside: to the servers of one input, and nowhere else.
#pragma once

#include "agentd/core/fd.hpp"
#include "agentd/core/result.hpp"
#include "agentd/fetching/servers.hpp"

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace agentd::fetching {

/// Accepts on a socket in the network of its own of whoever fetches, and speaks SOCKS 5 there.
/// Names are looked up here, once, and what is connected to is what was looked at. Threads of its
/// own, until it goes.
class Egress {
  public:
    static constexpr std::size_t most_at_once = 64;
    static constexpr std::size_t most_ever = 2'000;

    /// @param most_bytes that all servers together may send
    Egress(core::Fd listener, Reach reach, std::uint64_t most_bytes);
    ~Egress();
    Egress(const Egress&) = delete;
    Egress& operator=(const Egress&) = delete;

    /// The first that was not let through, and why. Codes: `input_origin`, `input_private`,
    /// `fetch_limit`, `input_not_fetched` (nobody is there).
    std::optional<core::Problem> refused() const;

  private:
    struct Connection {
        std::unique_ptr<std::atomic<bool>> over = std::make_unique<std::atomic<bool>>(false);
        std::jthread thread{};
    };
    void begin(core::Fd inner);
    void accept_all(const std::stop_token& stop);
    void serve(core::Fd inner, const std::stop_token& stop);
    core::Fd connect_to(const Server& server);
    void pump(int inner, int outer, const std::stop_token& stop);
    bool carry(int from, int to, bool counted, const std::stop_token& stop);
    void note(core::Problem problem);

    core::Fd listener_;
    Reach reach_;
    std::uint64_t most_bytes_;
    std::atomic<std::uint64_t> bytes_ = 0;
    std::atomic<std::size_t> open_ = 0;
    mutable std::mutex mutex_;
    std::optional<core::Problem> refused_{};
    std::list<Connection> connections_{}; ///< of `accepting_` alone
    std::jthread accepting_;
};

} // namespace agentd::fetching
