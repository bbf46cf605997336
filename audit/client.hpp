/// @file
/// The other end of `append.sock` (docs/contracts.md, section 4).
#pragma once

#include "agentd/core/digest.hpp"
#include "agentd/core/line_socket.hpp"
#include "agentd/core/result.hpp"
#include "audit/entry.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::audit {

/// Speaks to agentd-auditd. Connects when needed and again after a break; not for several threads
/// at once.
class Client {
  public:
    explicit Client(std::string socket_path,
                    std::chrono::milliseconds patience = std::chrono::seconds(30))
        : path_(std::move(socket_path)), patience_(patience) {}

    struct Appended {
        std::uint64_t first = 0; ///< number of the first draft's entry
        std::uint64_t size = 0;
        core::Digest root{core::Digest::Bytes{}};
    };
    /// Durable and signed when it returns. Asking again with the same ids is safe: after a Failure
    /// (`unavailable`) nobody knows whether they were written. Problems carry the writer's code,
    /// e.g. `disk_full`, `denied`, `too_large`. At most 1024 drafts and 1 MiB.
    core::Result<Appended> append(std::span<const Draft> drafts);

    struct Page {
        std::uint64_t size = 0;
        std::vector<std::string> lines{}; ///< may be fewer than asked for
    };
    core::Result<Page> read(std::uint64_t from, std::size_t limit);

    struct Head {
        std::uint64_t size = 0;
        core::Digest root{core::Digest::Bytes{}};
        std::string vkey{};
    };
    core::Result<Head> head();

    /// Every entry from `from` on, for ever: until `stop`, or `visit` returns false (then Done).
    /// Uses a connection of its own. Failure when the writer goes away.
    core::Result<core::Done>
    follow(std::uint64_t from, const std::function<bool(std::uint64_t, std::string_view)>& visit,
           std::stop_token stop);

  private:
    core::Result<core::Json> ask(const std::string& request);

    std::string path_;
    std::chrono::milliseconds patience_;
    std::optional<core::LineChannel> channel_;
};

} // namespace agentd::audit
