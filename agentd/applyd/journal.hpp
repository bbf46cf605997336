/// @file
/// What root is in the middle of, on disk before it happens: one file, and one for each spent
/// nonce.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/result.hpp"
#include "audit/entry.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::applyd {

/// How far an apply has come. After `healthy` it goes forward when it is picked up again, before it
/// back.
enum class Phase { intent, armed, activated, confirming, healthy, profile_set };
std::string_view to_string(Phase phase) noexcept;

struct InFlight {
    std::string proposal{};
    std::string intent{}; ///< id of the log's apply.intent, which may not be written yet
    std::string statement_sha256{};
    std::string nonce{};
    std::string mode{};
    std::string from{};
    std::string to{};
    std::string profile{}; ///< what the next boot took before; "" when nothing
    std::string act{};     ///< canonical bytes of the act; "" when it is none
    Phase phase = Phase::intent;
    core::Instant deadline{};           ///< when the way back is taken if nobody says otherwise
    std::string confirm{};              ///< why an approver has to confirm; "" when nobody has to
    std::vector<std::string> residue{}; ///< what taking back would not undo
    std::string boot_id{};              ///< of the boot it began in
    friend bool operator==(const InFlight&, const InFlight&) = default;
};

class Journal {
  public:
    /// @param directory root's own, 0700; made when missing.
    explicit Journal(std::string directory);

    /// The lock of everything that moves the machine; nullopt when somebody holds it.
    std::optional<core::Fd> try_lock() const;

    std::optional<InFlight> in_flight() const;
    /// Whether there is something in flight, also when it cannot be read.
    bool unsettled() const noexcept;
    void write(const InFlight& in_flight);
    /// Nothing is in flight any more. A trouble of the disk is only said: the outcome is in the log
    /// already.
    void clear() noexcept;

    /// The outcome of what is in flight, as the entry that the log is asked to take, on disk before
    /// it is asked: sent again it is the same entry, and in the log once.
    void write_outcome(const std::string& nonce, const audit::Draft& draft);
    /// nullopt when there is none for this nonce.
    std::optional<audit::Draft> outcome(const std::string& nonce) const;

    /// Durable. Those whose statement has run out long ago are forgotten, and none that ran out
    /// before them is taken again, whatever the clock says then. Problems: `used`, and
    /// `nonces_forgotten` when it may have been: then a person has the word.
    /// @param expires when the statement runs out.
    core::Result<core::Done> spend(const std::string& nonce, core::Instant expires,
                                   core::Instant now);
    bool spent(const std::string& nonce) const;
    /// For a statement that nothing was done with, and of which the log knows nothing.
    void give_back(const std::string& nonce);

    const std::string& directory() const noexcept { return directory_; }

  private:
    void forget_nonces(core::Instant now) const;
    std::string forgotten_file() const;
    std::optional<core::Instant> forgotten_until() const;

    std::string directory_;
};

} // namespace agentd::applyd
