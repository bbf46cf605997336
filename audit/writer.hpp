/// @file
/// The only thing that writes a log: k entries and one seal in one write and one fdatasync.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/crypto.hpp"
#include "agentd/core/result.hpp"
#include "audit/entry.hpp"
#include "audit/layout.hpp"
#include "audit/seal.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace agentd::audit {

struct WriterOptions {
    Layout layout{};
    std::string origin{};   ///< `agentd/<host>`
    std::string key_path{}; ///< empty: `key` in the directory; made when the log is new
    /// A person said so: a log that lost sealed entries is cut to what still verifies and goes on.
    bool accept_loss = false;
};

/// Opens (or starts) a log and holds its lock. Not for several threads at once.
class Writer {
  public:
    /// Failure: `busy` when another writer has it, `corrupt` when sealed entries are missing or
    /// altered, `misconfigured` when key or origin are another log's. What lies behind the last
    /// valid seal was never acknowledged: it is moved to `quarantine/` and recorded.
    Writer(WriterOptions options, const core::Clock& clock);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    struct Appended {
        std::vector<std::uint64_t> numbers{}; ///< entry number of each draft, in order
        Checkpoint head{};
    };
    /// Returns when all of them are durable and signed; a draft whose id is in the log is not
    /// written again. Problems: those of `check`, `too_large`, `id_reused` (other content under a
    /// known id), `disk_full` (nothing was written; go on once there is room). Failure: the disk
    /// broke. Nothing more is written then; reopen to recover.
    core::Result<Appended> append(std::span<const Draft> drafts);

    const Checkpoint& head() const noexcept;
    VerifierKey key() const;
    bool disk_full() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace agentd::audit
