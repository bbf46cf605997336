/// @file
/// How often each passkey has signed, by its own count: a count that goes back is a copy of the
/// key.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/presence.hpp"

#include <mutex>
#include <string>

namespace agentd::applyd {

/// Root's own files, `<directory>/passkeys/<key>`, durable when a function returns. An assertion
/// that was seen when it was made may come again later, out of turn: an approval waits. Passkeys
/// that do not count (those a phone keeps in its cloud) say 0 for ever. Thread-safe.
class PasskeyCounters {
  public:
    explicit PasskeyCounters(std::string directory) : directory_(std::move(directory)) {}

    /// Problem `cloned_key`: it has signed more often by then, and this was never seen. For what is
    /// no passkey's there is nothing to say.
    core::Result<core::Done> look(const proposals::Presence& presence);
    /// The same, and remembers it. Only for what was verified: an invented count would lock its
    /// owner out.
    core::Result<core::Done> take(const proposals::Presence& presence);
    /// A new passkey begins here, or one that is enrolled again.
    void begin(const std::string& key_id, std::uint32_t counter);

  private:
    core::Result<core::Done> see(const proposals::Presence& presence, bool keep);
    std::string file_of(const std::string& key_id) const;
    std::string directory_;
    std::mutex mutex_;
};

} // namespace agentd::applyd
